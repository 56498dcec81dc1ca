"""Guards of the life of a post: start, deferral, renewal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from workflows.acts.base import Context, guard, input_guard
from workflows.calls.gates import Moment
from workflows.calls.model import DeferralEnd
from workflows.contract import in_windows, months_late
from workflows.dossier import EndOutcome, StartGround
from workflows.findings import Check, Finding, check, hold, refusal, warning
from workflows.french import short_day
from workflows.guards.candidate import candidate_findings
from workflows.guards.common import months_finding
from workflows.guards.days import IN_FUTURE

RPPS_MISSING = refusal(
    "rpps_missing",
    "Le numéro RPPS du médecin n’est pas connu.",
    "Demandez-le au recruteur.",
    rule="CSP art. L. 4113-1",
)
NOT_REGISTERED = refusal(
    "not_registered",
    "L’inscription du médecin au tableau de l’Ordre n’est pas confirmée.",
    "Demandez l’attestation au recruteur.",
    rule="CSP art. L. 4111-1",
)
START_NOT_ALLOWED = refusal(
    "start_not_allowed",
    "L’appel ne prévoit pas de prise de fonctions le {start}, et aucun report ne l’a accordée.",
    "Instruisez d’abord une demande de report.",
)
START_UNDEFERRED_HELD = hold(
    "start_undeferred_held",
    "La prise de fonctions était prévue le {planned} et aucun report n’a été accordé : l’appel prévoit alors qu’il n’y "
    "a pas de financement.",
    "Instruisez une demande de report ; un responsable peut aussi lever la réserve avec un motif.",
)
START_BEFORE_VACANCY = refusal(
    "start_before_vacancy",
    "Le nouveau titulaire ne peut pas commencer avant le départ du précédent ({since}).",
    "Corrigez la date de prise de fonctions.",
)
START_AFTER_END = refusal(
    "start_after_end",
    "Le {start} est après la fin du poste ({end}).",
    "Corrigez la date de prise de fonctions.",
)
DEFERRAL_NOT_ALLOWED = refusal(
    "deferral_not_allowed",
    "L’appel ne permet pas de reporter la prise de fonctions.",
    "Refusez la demande en citant l’appel.",
)
DEFERRAL_BACKWARDS = refusal(
    "deferral_backwards",
    "Un report repousse la prise de fonctions : le {new_start} n’est pas après le {planned}.",
    "Corrigez la nouvelle date.",
)
DEFERRAL_LONG = refusal(
    "deferral_long",
    "Le report est de {months} mois, au-delà de {longest} mois.",
    "Ramenez-le à cette durée ; si l’appel ne la fixe pas, un responsable décide avec un motif.",
)
DEFERRAL_UNUSUAL = warning(
    "deferral_unusual",
    "Le report est de {months} mois ; {usual} mois sont l’usage.",
    "Un responsable décide.",
)
DEFERRAL_OUT_OF_WINDOWS = warning(
    "deferral_out_of_windows",
    "Le {new_start} est hors des dates prévues par l’appel.",
    "Un responsable décide.",
)
TOLD_LATE_HELD = hold(
    "told_late_held",
    "L’agence a été informée tard : l’appel prévoit alors qu’il n’y a pas de financement.",
    "Le financement est suspendu jusqu’à la décision motivée d’un responsable.",
)
TOLD_LATE = warning(
    "told_late",
    "L’agence a été informée le {told}, {late}.",
    "Un responsable apprécie.",
)
RENEWAL_NOT_ALLOWED = refusal(
    "renewal_not_allowed",
    "L’appel ne prévoit pas de renouvellement.",
    "Déposez une nouvelle demande à la prochaine campagne.",
)
RENEWAL_TOO_LONG = refusal(
    "renewal_too_long",
    "Le renouvellement est limité à {allowed} mois ; {asked} sont demandés.",
    "Ramenez la durée à ce que permet l’appel.",
)
RENEWAL_SILENT = hold(
    "renewal_silent",
    "L’appel ne dit rien d’un renouvellement.",
    "L’usage est une nouvelle demande à la campagne suivante ; un responsable peut décider autrement, avec un motif.",
    rule="A31",
)
RENEWAL_AFTER_BREAK = refusal(
    "renewal_after_break",
    "Ce poste n’est pas allé à son terme ({outcome}) : il n’y a rien à renouveler.",
    "Déposez une nouvelle demande à la prochaine campagne.",
)
RENEWED_ALREADY = refusal(
    "renewed_already",
    "Ce poste a déjà été renouvelé autant que l’appel le permet.",
    "Déposez une nouvelle demande à la prochaine campagne.",
)


@guard
def doctor_identified(context: Context[Any]) -> Check:
    """The doctor has an RPPS number and is registered with the Ordre: needed before the start, not before filing."""
    doctor = context.dossier.candidate
    if doctor is None:
        return check()
    return check(None if doctor.rpps else RPPS_MISSING(), None if doctor.registered else NOT_REGISTERED())


@guard
def candidate_fits_at_start(context: Context[Any]) -> Check:
    """The candidate passes the gates checked at the start (ARA-05)."""
    doctor = context.dossier.candidate
    return check(candidate_findings(doctor, context.call, Moment.START) if doctor else None)


@input_guard
def start_allowed(context: Context[Any]) -> Check:
    """The start is past, in a window of the call, or the one that a deferral, a replacement or a renewal granted."""
    start, award = context.inputs.start_on, context.dossier.award
    clause = context.call.clauses.contract
    found: list[Finding] = []
    if start > context.today:
        found.append(IN_FUTURE(day=short_day(start)))
    elsewhere = context.dossier.start_ground is not StartGround.WINDOW or context.dossier.is_renewal
    granted = elsewhere and award and start == award.expected_start
    if not granted and not in_windows(clause, start):
        found.append(START_NOT_ALLOWED.on(clause.windows, start=short_day(start)))
    served = context.dossier.tenures
    last_day = served[-1].ends_on if served else None
    if last_day is not None and start <= last_day:
        found.append(START_BEFORE_VACANCY(since=short_day(last_day + timedelta(days=1))))
    if award and award.planned_end and start > award.planned_end:
        found.append(START_AFTER_END(start=short_day(start), end=short_day(award.planned_end)))
    return check(found, start=start, ground=context.dossier.start_ground)


@input_guard
def start_deferred(context: Context[Any]) -> Check:
    """The post starts in the month granted (A36): a later start is a deferral that nobody asked for (CVL-17, A8)."""
    duty, award = context.call.clauses.deferral.duty, context.dossier.award
    planned = award.planned_start if award and not context.dossier.tenures else None
    late = planned is not None and context.inputs.start_on.replace(day=1) > planned
    if planned is None or not late or not duty.value or duty.is_default:
        return check(planned=planned)
    return check(START_UNDEFERRED_HELD(duty.rule, planned=short_day(planned)), planned=planned)


@guard
def deferral_open(context: Context[Any]) -> Check:
    """The call allows deferrals (CVL-18)."""
    allowed = context.call.clauses.deferral.allowed
    return check(DEFERRAL_NOT_ALLOWED.on(allowed) if allowed.value is False else None)


@input_guard
def deferral_reasonable(context: Context[Any]) -> Check:
    """The new start is later than the planned one, not too far (A7), and before the end of the post when it stays."""
    clause, award, new = context.call.clauses.deferral, context.dossier.award, context.inputs.new_start
    planned = award.expected_start if award else None
    if award is None or planned is None:
        return check()
    if new <= planned:
        return check(DEFERRAL_BACKWARDS(new_start=short_day(new), planned=short_day(planned)))
    origin = context.dossier.deferred_from or planned  # successive deferrals add up
    months, longest = months_late(origin, new), clause.longest_months.value
    too_long = longest is not None and months > longest
    usual = clause.usual_months.value
    unusual = usual is not None and months > usual and not too_long
    out = not in_windows(context.call.clauses.contract, new)
    stays = bool(context.dossier.tenures) or clause.end.value is DeferralEnd.KEEP_END
    end = award.planned_end if stays else None
    return check(
        START_AFTER_END(start=short_day(new), end=short_day(end)) if end and new > end else None,
        DEFERRAL_LONG.on(clause.longest_months, months=months, longest=longest) if too_long else None,
        DEFERRAL_UNUSUAL(clause.usual_months.rule, months=months, usual=usual) if unusual else None,
        DEFERRAL_OUT_OF_WINDOWS(context.call.clauses.contract.windows.rule, new_start=short_day(new)) if out else None,
        months=months,
    )


@input_guard
def told_in_time(context: Context[Any]) -> Check:
    """The authority was told before the planned start and soon after the fact (CVL-17, A8)."""
    clause, award = context.call.clauses.deferral, context.dossier.award
    planned = award.expected_start if award else None
    told, known = context.inputs.told_on, context.inputs.known_on
    days = clause.tell_within_days.value
    late = []
    if planned and told >= planned:
        late.append("le jour prévu ou après")
    if days is not None and told > known + timedelta(days=days):
        late.append(f"plus de {days} jours après avoir connu le fait")
    if not late:
        return check(told=told)
    if clause.duty.value and not clause.duty.is_default:
        return check(TOLD_LATE_HELD(clause.duty.rule), told=told, late=tuple(late))
    rule = clause.tell_within_days.rule
    return check(TOLD_LATE(rule, told=short_day(told), late=" et ".join(late)), told=told, late=tuple(late))


@input_guard
def renewal_allowed(context: Context[Any]) -> Check:
    """The call allows this renewal: same project, partners and candidate, once, not too long (IDF-08, A30)."""
    clause = context.call.clauses.renewal
    if clause is None:
        return check(RENEWAL_NOT_ALLOWED())
    found = [finding for finding in (months_finding(context.inputs.months),) if finding is not None]
    end = context.dossier.end
    if end is not None and end.outcome is not EndOutcome.COMPLETED:
        found.append(RENEWAL_AFTER_BREAK(outcome=end.outcome.label))
    if clause.months.value is None:
        found.append(RENEWAL_SILENT())
    if clause.months.value is not None and context.inputs.months > clause.months.value:
        words = {"allowed": clause.months.value, "asked": context.inputs.months}
        found.append(RENEWAL_TOO_LONG.on(clause.months, **words))
    times = clause.times.value
    done = len(context.dossier.renewed_by) + (1 if context.dossier.renewal_of else 0)
    if times is not None and done >= times:
        found.append(RENEWED_ALREADY.on(clause.times))
    return check(found, done=done)
