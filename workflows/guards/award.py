"""Guards of the award: its content, its signature, its candidate, its lapse."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from workflows.acts.answers import answer_of
from workflows.acts.base import Context, guard, input_guard
from workflows.calls.gates import Moment
from workflows.effects import Addressee
from workflows.findings import Check, Finding, check, hold, refusal, warning
from workflows.french import listing, short_day
from workflows.guards.candidate import candidate_findings
from workflows.guards.common import months_finding
from workflows.guards.content import contract_findings
from workflows.guards.days import start_past
from workflows.guards.filing import SAME_DOCTOR
from workflows.parts.awards import Award
from workflows.parts.receipts import Receipt
from workflows.proofs import accepting, answer_by, is_over, of_award, of_notice, of_party

START_UNKNOWN = refusal(
    "start_unknown",
    "La date prévue de prise de fonctions n’est pas connue.",
    "Donnez-la : la décision d’attribution la porte.",
)
CONDITION_INCOMPLETE = refusal(
    "condition_incomplete",
    "Une attribution sous condition dit laquelle, et jusqu’à quand.",
    "Complétez la condition et sa date.",
)
CONDITION_OPEN = hold(
    "award_condition_open",
    "L’attribution attend que sa condition soit remplie, au plus tard le {by}.",
    "Enregistrez la preuve ; un responsable peut lever la réserve avec un motif.",
    rule="A46",
)
NO_CONDITION_OPEN = refusal(
    "no_condition_open",
    "Aucune condition de l’attribution n’attend de preuve.",
    "Rien n’est à faire.",
)
NOT_A_SIGNATORY = refusal(
    "not_a_signatory",
    "Cette personne n’a pas de délégation de signature en vigueur aujourd’hui.",
    "Choisissez un signataire en vigueur.",
    rule="CRPA art. L. 212-1",
)
ALREADY_NAMED = refusal(
    "candidate_already_named",
    "Un candidat est déjà nommé sur ce poste.",
    "Pour changer de personne, enregistrez un désistement puis un remplacement.",
)
CANDIDATE_NOT_NAMED = refusal(
    "candidate_not_named",
    "Aucun candidat n’est nommé sur ce poste.",
    "Nommez le candidat.",
)
ALREADY_ACCEPTED = refusal(
    "award_already_accepted",
    "Vous avez déjà accepté cette attribution.",
    "Rien n’est à faire.",
)
NOTICE_MISSING = refusal(
    "notice_missing",
    "Une attribution ne tombe qu’après un courrier contradictoire.",
    "Envoyez le courrier et attendez la réponse, ou la fin du délai.",
    rule="CRPA art. L. 122-1",
)
NOTICE_RUNNING = refusal(
    "notice_running",
    "Le délai de réponse court jusqu’au {answer_by} {whom}.",
    "Attendez la réponse ou la fin du délai : la réponse de l’un ne vaut pas pour l’autre.",
    rule="CRPA art. L. 122-1",
)
NOTICE_NOT_RECEIVED = refusal(
    "notice_not_received",
    "Rien ne prouve que le courrier contradictoire a été reçu {whom} : son délai de réponse n’est pas parti.",
    "Enregistrez la preuve de réception de chacun ; le délai court de ce jour.",
    rule="CRPA art. L. 122-1",
)
NOTICE_ALREADY_SENT = refusal(
    "notice_already_sent",
    "Un courrier contradictoire est déjà parti le {sent_on}.",
    "Enregistrez sa preuve de réception, puis attendez la réponse ou la fin du délai.",
)
POST_SERVED = refusal(
    "post_already_served",
    "Ce poste a déjà été occupé : son attribution ne peut plus tomber.",
    "Enregistrez le désistement, puis la fin du poste.",
)
SILENCE_NOT_OPPOSABLE = refusal(
    "silence_not_opposable",
    "Le silence n’est opposable à personne : {stands}.",
    "Enregistrez les preuves de réception et attendez la fin du délai, ou retenez un autre fondement.",
)


@input_guard
def award_content(context: Context[Any]) -> Check:
    """The award carries a start and a duration that the call allows (NA-02, NA-13, IDF-06, IDF-08 for a renewal).

    The duration of the application is known: no dossier goes to the committee without one.
    """
    inputs = context.inputs
    start = inputs.planned_start or context.dossier.wished_start
    months = inputs.months or context.dossier.months
    return check(
        None if start else START_UNKNOWN(),
        months_finding(months),
        None if bool(inputs.condition) == bool(inputs.condition_by) else CONDITION_INCOMPLETE(),
        contract_findings(context, start, months),
        start_past(start, context.today, "à la décision"),
        start=start,
        months=months,
    )


@guard
def condition_met(context: Context[Any]) -> Check:
    """The condition of the award is met; unmet, it holds for a head, it cancels nothing by itself (A46)."""
    award = context.dossier.award
    by = open_condition(award)
    return check(CONDITION_OPEN(by=short_day(by)) if by else None)


def open_condition(award: Award | None) -> date | None:
    """The day by which the condition of an award must be met; None when it has none, or its evidence came (A46)."""
    return None if award is None or award.condition_met_on is not None else award.condition_by


@guard
def condition_waits(context: Context[Any]) -> Check:
    """The award has a condition that waits for its evidence."""
    return check(None if open_condition(context.dossier.award) else NO_CONDITION_OPEN())


@guard
def doctor_elsewhere(context: Context[Any]) -> Check:
    """The doctor of another dossier will have to choose, and is told so; nothing is stopped (A34)."""
    others = context.dossier.around.same_doctor
    return check(SAME_DOCTOR(numbers=listing(others)) if others else None)


@input_guard
def signed_in_force(context: Context[Any]) -> Check:
    """The letter is signed by a signatory in force (CRPA L. 212-1)."""
    known = context.dossier.around.signatories
    signer = context.inputs.signed_by
    return check(NOT_A_SIGNATORY() if known is not None and signer not in known else None, signed_by=signer)


@guard
def candidate_not_yet_named(context: Context[Any]) -> Check:
    """The post was awarded without a name."""
    return check(ALREADY_NAMED() if context.dossier.candidate else None)


@guard
def candidate_named(context: Context[Any]) -> Check:
    """A candidate is named on the post."""
    return check(None if context.dossier.candidate else CANDIDATE_NOT_NAMED())


@input_guard
def new_candidate_fits(context: Context[Any]) -> Check:
    """The candidate named passes the gates checked at the award."""
    return check(candidate_findings(context.inputs.candidate, context.call, Moment.AWARD))


@guard
def candidate_fits_at_award(context: Context[Any]) -> Check:
    """The candidate of the application passes the gates checked at the award."""
    candidate = context.dossier.candidate
    return check(candidate_findings(candidate, context.call, Moment.AWARD) if candidate else None)


@guard
def acceptance_open(context: Context[Any]) -> Check:
    """Whoever accepts has not accepted yet."""
    award = context.dossier.award
    done = award and (
        award.candidate_accepted_on if context.by.role.value == "candidate" else award.recruiter_accepted_on
    )
    return check(ALREADY_ACCEPTED() if done else None)


@guard
def no_notice_yet(context: Context[Any]) -> Check:
    """No contradictory notice is running; another may follow one that was answered or whose period is over."""
    notice = context.dossier.notice
    waits = notice is not None and notice.answered_on is None
    running = notice is not None and (notice.answer_by is None or context.today <= notice.answer_by)
    live = waits and running and notice
    return check(NOTICE_ALREADY_SENT(sent_on=short_day(notice.sent_on)) if live and notice else None)


@guard
def never_served(context: Context[Any]) -> Check:
    """Nobody served on the post yet: its place is not consumed, nothing was paid for it (A16)."""
    return check(POST_SERVED() if context.dossier.tenures else None)


@guard
def notice_over(context: Context[Any]) -> Check:
    """Every addressee of the contradictory notice has answered, or let a period proven pass (CRPA L. 122-1)."""
    dossier, notice = context.dossier, context.dossier.notice
    if notice is None:
        return check(NOTICE_MISSING())
    noticed = of_notice(dossier)
    if not noticed:  # sent before receipts were kept
        running = notice.answered_on is None and (notice.answer_by is None or context.today <= notice.answer_by)
        return check(_running(notice.answer_by, "pour ses destinataires") if running else None)
    waiting = [r for r in noticed if not is_over(dossier, r, context.call, context.today)]
    unproven = [r.to for r in waiting if r.is_awaited]
    days = {r.to: answer_by(dossier, r, context.call) for r in waiting if not r.is_awaited}
    until = max((day for day in days.values() if day), default=None)
    return check(
        NOTICE_NOT_RECEIVED(whom=_named("par {}", unproven, last="ni")) if unproven else None,
        _running(until, _named("pour {}", days)) if days else None,
        waiting=_values(r.to for r in waiting),
    )


def _running(until: date | None, whom: str) -> Finding:
    if until is None:
        return NOTICE_NOT_RECEIVED(whom=whom.replace("pour", "par", 1))
    return NOTICE_RUNNING(answer_by=short_day(until), whom=whom)


def _values(addressees: Iterable[Addressee]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(to.value for to in addressees))


def _named(words: str, addressees: Iterable[Addressee], *, last: str = "et") -> str:
    return listing(list(dict.fromkeys(words.format(to.label) for to in addressees)), last=last)


@input_guard
def silence_opposable(context: Context[Any]) -> Check:
    """A lapse for silence rests on somebody asked to accept, silent past the last day of a period proven (A45)."""
    dossier, award = context.dossier, context.dossier.award
    if context.inputs.ground.value != "silence" or award is None:
        return check()
    asked = accepting(dossier, of_award(dossier))
    if not asked:  # never notified, or notified before receipts were kept
        late = award.reply_by is not None and award.reply_by < context.today
        stands = "aucun délai pour accepter n’est passé"
        return check(None if late else SILENCE_NOT_OPPOSABLE(stands=stands))
    silent = [r for r in asked if r.answered_on is None and is_over(dossier, r, context.call, context.today)]
    stands = listing(list(dict.fromkeys(_stands(context, r) for r in asked)))
    return check(None if silent else SILENCE_NOT_OPPOSABLE(stands=stands), silent=_values(r.to for r in silent))


def _stands(context: Context[Any], receipt: Receipt) -> str:
    """Where one of those asked to accept stands, while their silence says nothing."""
    until = answer_by(context.dossier, receipt, context.call)
    if receipt.answered_on is not None:
        return f"{receipt.to.label} a répondu"
    if receipt.is_awaited:
        return f"rien ne prouve que {receipt.to.label} a reçu la décision"
    if until is None:
        return "l’appel ne fixe pas de délai pour accepter"
    return f"le délai court jusqu’au {short_day(until)} pour {receipt.to.label}"


PERIOD_PAST = warning(
    "acceptance_late",
    "La réponse était attendue jusqu’au {reply_by}.",
    "Un responsable apprécie ; le silence n’annule rien de lui-même.",
    rule="A45",
)


@guard
def acceptance_in_time(context: Context[Any]) -> Check:
    """The acceptance comes within the period of the one who accepts, counted from their own receipt (A45)."""
    dossier, award = context.dossier, context.dossier.award
    asked = accepting(dossier, of_award(dossier))
    mine = of_party(dossier, asked, answer_of(context).party)
    days = [answer_by(dossier, receipt, context.call) for receipt in mine]
    if not asked and award is not None:  # notified before receipts were kept
        days = [award.reply_by]
    reply_by = max((day for day in days if day is not None), default=None)
    late = reply_by is not None and context.today > reply_by
    return check(PERIOD_PAST(reply_by=short_day(reply_by)) if late and reply_by else None, reply_by=reply_by)
