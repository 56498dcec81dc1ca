"""Guards of a replacement, and of giving a vacant post back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from workflows.actors import Role
from workflows.acts.base import Context, guard, input_guard
from workflows.calls.gates import Moment
from workflows.calls.model import PieceEvent, SecondOpinion
from workflows.dossier import Dossier
from workflows.findings import Check, Finding, check, hold, refusal
from workflows.french import short_day
from workflows.guards.candidate import candidate_findings
from workflows.guards.filing import pieces_findings
from workflows.guards.gates import planned, time_share_findings
from workflows.parts.requests import Repercussions, Request, RequestKind

NEVER_AWARDED = refusal(
    "never_awarded",
    "Ce dossier n’a jamais été retenu : il n’y a pas de poste à pourvoir.",
    "Clôturez le dossier.",
)
REPLACEMENT_NOT_ALLOWED = refusal(
    "replacement_not_allowed",
    "L’appel ne permet pas de remplacer le candidat.",
    "Clôturez le poste ; la liste complémentaire pourra servir.",
)
REPLACEMENT_PIECES_UNCONFIRMED = hold(
    "replacement_pieces_unconfirmed",
    "L’agence n’a pas confirmé la liste des pièces à fournir pour un remplacement.",
    "Confirmez la liste dans le fichier de l’appel, ou faites lever la réserve par un responsable.",
)
LETTER_MISSING = refusal(
    "withdrawal_letter_missing",
    "Il manque la lettre du recruteur donnant le motif du désistement.",
    "Demandez-la au recruteur.",
)
REPERCUSSIONS_UNSAID = refusal(
    "repercussions_unsaid",
    "Le recruteur n’a pas dit si le changement a des répercussions sur le projet et les quotités.",
    "Demandez-lui cette déclaration.",
)
OPINION_MISSING = hold(
    "replacement_opinion_missing",
    "L’avis de la présidence de la commission sur la personne proposée manque.",
    "Recueillez cet avis écrit ; un responsable peut lever la réserve avec un motif.",
)
COMMITTEE_NEEDED = hold(
    "replacement_committee_needed",
    "Le remplacement a des répercussions : la commission est consultée de nouveau.",
    "Recueillez son avis ; un responsable peut lever la réserve avec un motif.",
)
REPLACEMENT_LATE = refusal(
    "replacement_late",
    "La proposition était attendue jusqu’au {replace_by}.",
    "Clôturez le poste ; si l’appel ne fixe pas ce délai, un responsable apprécie.",
)
NEW_START_TOO_EARLY = refusal(
    "replacement_start_too_early",
    "La prise de fonctions proposée ({new_start}) est avant le {since}, premier jour possible.",
    "Corrigez la date.",
)
NEW_START_TOO_LATE = refusal(
    "replacement_start_too_late",
    "La prise de fonctions proposée ({new_start}) est après la fin du poste ({end}).",
    "Corrigez la date, ou clôturez le poste.",
)
PLAN_MISSING = refusal(
    "replacement_plan_missing",
    "Les quotités de travail changent, et la nouvelle répartition du temps n’est pas donnée.",
    "Demandez-la au recruteur, avec l’avenant à la convention.",
)
PLAN_UNSAID = refusal(
    "replacement_plan_unsaid",
    "Une nouvelle répartition du temps est jointe, et la demande dit que les quotités ne changent pas.",
    "Dites que les quotités de travail changent, ou retirez la nouvelle répartition.",
)
REPERCUSSIONS_CONTRADICT = refusal(
    "repercussions_contradict",
    "La demande dit à la fois « {none} » et « {some} ».",
    "Ne gardez que ce qui est exact.",
)
DEPARTURE_ENDS_POST = refusal(
    "departure_ends_post",
    "Le départ annoncé met fin au poste : il n’y aura personne à remplacer.",
    "Annulez l’annonce et faites-en un désistement si le poste doit être pourvu.",
)
NOT_AGREED = refusal(
    "replacement_not_agreed",
    "Aucun responsable n’a accordé ce remplacement.",
    "Un responsable décide ; la machine ne fait qu’exécuter.",
)
AGREED_ALREADY = refusal(
    "replacement_agreed",
    "Un remplacement est déjà accordé : il prend effet au départ du médecin.",
    "Pour changer de personne, un instructeur annule l’annonce du départ et en enregistre une nouvelle.",
)
REPLACEMENT_OPEN = refusal(
    "replacement_open",
    "Une proposition de remplacement attend encore une réponse.",
    "Accordez-la ou refusez-la d’abord.",
)
GIVEN_BACK_EARLY = hold(
    "given_back_early",
    "Le délai laissé au recruteur court jusqu’au {give_back_on}.",
    "Attendez, ou faites lever la réserve par un responsable avec un motif.",
)


def proposal(context: Context[Any]) -> Request | None:
    """The replacement request the act is about."""
    request = context.dossier.request(context.inputs.request)
    return request if request is not None and request.kind is RequestKind.REPLACEMENT else None


@guard
def was_awarded(context: Context[Any]) -> Check:
    """The dossier was selected before it was vacated."""
    return check(None if context.dossier.award else NEVER_AWARDED())


@guard
def replacement_open(context: Context[Any]) -> Check:
    """The call allows replacements and its list of pieces is confirmed (CVL-15, A10, A12)."""
    clause = context.call.clauses.replacement
    if clause.allowed.value is False:
        return check(REPLACEMENT_NOT_ALLOWED.on(clause.allowed))
    confirmed = clause.pieces_confirmed
    if confirmed.value or carried_out(context):
        return check(confirmed=confirmed.value)
    return check(REPLACEMENT_PIECES_UNCONFIRMED(confirmed.rule))


def carried_out(context: Context[Any]) -> bool:
    """True when the machine carries out what a head agreed to: what the head lifted then is not held again."""
    return context.by.role is Role.CLOCK


@input_guard
def proposal_complete(context: Context[Any]) -> Check:
    """The proposal names somebody who fits, with the pieces, the letter and the repercussions (CVL-15)."""
    request, clause = proposal(context), context.call.clauses.replacement
    if request is None:
        return check()
    found: list[Finding] = []
    if request.candidate is not None:
        found += candidate_findings(request.candidate, context.call, Moment.AWARD)
    if clause.letter.value and not request.letter:
        found.append(LETTER_MISSING.on(clause.letter))
    if clause.repercussions.value and not request.repercussions:
        found.append(REPERCUSSIONS_UNSAID.on(clause.repercussions))
    found += pieces_findings(context, PieceEvent.REPLACEMENT, request.id)
    return check(found, request=request.id)


def has_repercussions(request: Request) -> bool:
    """True when the change of candidate changes the project or the time shares."""
    return any(r is not Repercussions.NONE for r in request.repercussions or ())


@input_guard
def opinion_given(context: Context[Any]) -> Check:
    """The chair or the committee gave an opinion where the person, or the project, is judged anew (A13)."""
    request, rule = proposal(context), context.call.clauses.replacement.opinion
    if request is None or request.chair_opinion_on is not None or carried_out(context):
        return check()
    if has_repercussions(request):
        return check(COMMITTEE_NEEDED(rule.rule))
    return check(OPINION_MISSING(rule.rule) if rule.value is SecondOpinion.CHAIR else None)


@input_guard
def shares_rechecked(context: Context[Any]) -> Check:
    """Changed time shares pass their gates again, on the new plan (A14)."""
    request = proposal(context)
    if request is None or Repercussions.TIME_SHARE not in (request.repercussions or ()):
        return check(changed=False)
    if request.plan is None or not planned(request.plan):
        return check(PLAN_MISSING(), changed=True)
    proposed = replace(context, dossier=replace(context.dossier, plan=request.plan))
    return check(time_share_findings(proposed), changed=True)


@input_guard
def new_plan_said(context: Context[Any]) -> Check:
    """A new time share is among what the recruiter says of the change: otherwise nobody would look at it (A14)."""
    plan, said = context.inputs.plan, context.inputs.repercussions or ()
    unsaid = plan not in (None, context.dossier.plan) and Repercussions.TIME_SHARE not in said
    return check(PLAN_UNSAID() if unsaid else None)


@input_guard
def repercussions_consistent(context: Context[Any]) -> Check:
    """A change is without repercussion, or has some: never both (CVL-15)."""
    said = context.inputs.repercussions or ()
    some = [r.label for r in Repercussions if r in said and r is not Repercussions.NONE]
    both = Repercussions.NONE in said and some
    return check(REPERCUSSIONS_CONTRADICT(none=Repercussions.NONE.label, some=" », « ".join(some)) if both else None)


@input_guard
def proposed_in_time(context: Context[Any]) -> Check:
    """The proposal came within the period left to the recruiter (A11); late, it warns."""
    request, vacancy = proposal(context), context.dossier.vacancy
    if request is None or vacancy is None or request.dates.known_on <= vacancy.replace_by:
        return check()
    source = context.call.clauses.replacement.propose_within_days
    return check(REPLACEMENT_LATE.on(source, replace_by=short_day(vacancy.replace_by)))


@input_guard
def new_start_possible(context: Context[Any]) -> Check:
    """The new holder starts when the post is vacant, not before the start awarded, and before its end (A12)."""
    request = proposal(context)
    if request is None:
        return check()
    new = request.dates.effective_on
    return check(_start_findings(context.dossier, new), new_start=new)


@input_guard
def proposed_start_possible(context: Context[Any]) -> Check:
    """The same as soon as it is proposed: nobody examines a start that cannot be."""
    new: date = context.inputs.new_start
    return check(_start_findings(context.dossier, new), new_start=new)


def _start_findings(dossier: Dossier, new: date) -> Iterator[Finding]:
    since, end = _first_day_free(dossier), dossier.award.planned_end if dossier.award else None
    if since and new < since:
        yield NEW_START_TOO_EARLY(new_start=short_day(new), since=short_day(since))
    if end and new > end:
        yield NEW_START_TOO_LATE(new_start=short_day(new), end=short_day(end))


def _first_day_free(dossier: Dossier) -> date | None:
    """The first day a new holder may serve: the start awarded, or the departure of the holder who served."""
    planned = dossier.award.planned_start if dossier.award else None
    leaves = dossier.departure.dates.effective_on if dossier.departure else None
    if dossier.started_on is None:
        # a doctor who leaves later than the start awarded may still come first
        return max(planned, leaves) if planned and leaves else planned
    return leaves or (dossier.vacancy.since if dossier.vacancy else None)


@guard
def departure_leaves_post(context: Context[Any]) -> Check:
    """The departure announced leaves a post to fill."""
    departure = context.dossier.departure
    return check(DEPARTURE_ENDS_POST() if departure and departure.act != "withdraw" else None)


@input_guard
def agreed_before(context: Context[Any]) -> Check:
    """The machine only carries out a replacement that a head agreed to before the departure."""
    if context.by.role is not Role.CLOCK:
        return check()
    request, vacancy = proposal(context), context.dossier.vacancy
    agreed = request is not None and request.is_open and vacancy is not None and vacancy.replacement == request.id
    return check(None if agreed else NOT_AGREED())


@guard
def nobody_agreed(context: Context[Any]) -> Check:
    """No replacement is agreed for the departure announced."""
    departure = context.dossier.departure
    return check(AGREED_ALREADY() if departure and departure.replacement else None)


@guard
def no_open_replacement(context: Context[Any]) -> Check:
    """No replacement request waits for an answer."""
    waiting = any(r.kind is RequestKind.REPLACEMENT and r.is_open for r in context.dossier.requests)
    return check(REPLACEMENT_OPEN() if waiting else None)


@input_guard
def given_back_in_time(context: Context[Any]) -> Check:
    """A post is given back for expiry only after the period left to the recruiter (A11)."""
    vacancy = context.dossier.vacancy
    early = vacancy is not None and context.inputs.ground.value == "expired" and (context.today < vacancy.give_back_on)
    rule = context.call.clauses.replacement.give_back_after_days.rule
    return check(GIVEN_BACK_EARLY(rule, give_back_on=short_day(vacancy.give_back_on)) if early and vacancy else None)
