"""Guards around the committee: sessions, gates or derogations, opinions, ranking, grounds of a refusal."""

from __future__ import annotations

from typing import Any

from workflows.acts.base import Context, guard, input_guard
from workflows.calls.model import is_default_id
from workflows.findings import Check, Finding, Severity, check, hold, refusal, warning
from workflows.french import listing, short_day
from workflows.guards.days import IN_FUTURE
from workflows.guards.gates import PROJECT_INCOMPLETE, project_findings
from workflows.states import State

SESSION_UNKNOWN = refusal(
    "session_unknown",
    "L’appel n’a pas de séance « {session} ».",
    "Choisissez une séance de l’appel, ou ajoutez-la à ses paramètres.",
)
SESSION_UNANNOUNCED = warning(
    "session_unannounced",
    "L’appel n’annonce aucune séance : « {session} » est prise telle quelle.",
    "Faites ajouter la séance au fichier de l’appel.",
)
SESSION_OVER = refusal(
    "session_over",
    "La séance « {label} » est passée depuis le {last}.",
    "Choisissez une séance à venir.",
)
DEROGATED = warning(
    "derogated",
    "Dérogation : {sentence} Motif : {why}",
    "Le motif figure sur la fiche d’instruction.",
)
REQUEST_PENDING = warning(
    "piece_request_pending",
    "Une demande de pièces court encore jusqu’au {due_on}.",
    "L’usage est de la clore avant l’envoi à la commission.",
    rule="A33",
)
ALREADY_JUDGED = refusal(
    "already_judged",
    "La commission s’est déjà prononcée le {judged_on}.",
    "Décidez au vu de l’avis ; pour le corriger, saisissez-le de nouveau avec un motif.",
)
OPINION_TOO_EARLY = warning(
    "opinion_too_early",
    "Le dossier n’a été inscrit à une séance que le {put_on}, après celle du {judged_on}.",
    "C’est possible s’il a été inscrit après coup ; sinon, corrigez la date de la séance.",
)
OPINION_OFF_SESSION = warning(
    "opinion_off_session",
    "Le {judged_on} est hors des dates annoncées pour « {label} ».",
    "Vérifiez la date au procès-verbal.",
)
NOT_JUDGED = refusal(
    "not_judged",
    "La commission ne s’est pas encore prononcée sur ce dossier.",
    "Saisissez son avis et le rang au vu du procès-verbal.",
)
UNFAVOURABLE = refusal(
    "opinion_unfavourable",
    "L’avis de la commission est défavorable.",
    "Écrivez le motif de la décision si elle s’écarte de l’avis.",
)
CONFLICTED_VOTE = hold(
    "conflicted_vote",
    "Un membre lié au dossier a pris part au vote.",
    "Faites revoter sans ce membre ; un responsable peut lever la réserve avec un motif.",
    rule="A40",
)
PASSED_OVER = refusal(
    "better_ranked_passed_over",
    "Des dossiers mieux classés attendent encore : {numbers}.",
    "Décidez-les d’abord, ou écrivez pourquoi ils sont passés.",
)
PROJECT_SPLIT = warning(
    "project_split",
    "Le projet groupe {size} postes et la commission en retient moins.",
    "Vérifiez que le projet reste viable avec moins de postes.",
    rule="A37",
)
GROUND_IS_DEFAULT = refusal(
    "ground_is_default",
    "« {ground} » est un usage par défaut, pas une règle de l’appel : il ne peut pas fonder ce refus.",
    "Citez une règle imprimée dans l’appel ou un article.",
)
GROUND_UNKNOWN = refusal(
    "ground_unknown",
    "« {ground} » n’est ni une règle de cet appel ni un article de loi.",
    "Citez une règle imprimée dans l’appel ou un article.",
)
ABSENT_VOTED = refusal(
    "absent_voted",
    "Un membre est compté dans un vote sans être compté présent.",
    "Cochez-le parmi les présents, ou retirez son vote.",
)
VOTED_TWICE = refusal(
    "voted_twice",
    "Un membre est compté à la fois contre et parmi les abstentions.",
    "Gardez l’un des deux.",
)
VOTE_SAYS_OTHERWISE = warning(
    "vote_says_otherwise",
    "Le décompte ({in_favour} pour, {against} contre) ne donne pas cet avis.",
    "Vérifiez l’avis et les votes au procès-verbal.",
)
RANK_MISSING = refusal(
    "rank_missing",
    "Un dossier classé porte un rang, à partir de 1.",
    "Saisissez le rang du procès-verbal.",
)
NO_COMMITTEE_FILE = refusal(
    "no_committee_file",
    "Ce dossier n’est jamais allé en commission.",
    "Reprenez-le à l’état complet.",
)


@input_guard
def session_open(context: Context[Any]) -> Check:
    """The session exists and is not over; a call that announces none takes any."""
    sessions = {s.id: s for s in context.call.parameters.sessions}
    session = sessions.get(context.inputs.session)
    if session is None:
        reason = SESSION_UNKNOWN if sessions else SESSION_UNANNOUNCED
        return check(reason(session=context.inputs.session))
    over = context.today > session.last
    return check(SESSION_OVER(session.rule, label=session.label, last=short_day(session.last)) if over else None)


def derogated(findings: tuple[Finding, ...], derogations: dict[str, str]) -> list[Finding]:
    """The same findings where a refusal for which a derogation is reasoned becomes a warning.

    Only gates of the call are derogated: what the application does not say has to be said.
    """
    reasoned = {code for code, why in derogations.items() if why.strip()} - {PROJECT_INCOMPLETE.code}
    return [
        DEROGATED(f.rule, sentence=f.sentence, why=derogations[f.code])
        if f.severity is Severity.REFUSAL and f.code in reasoned
        else f
        for f in findings
    ]


@input_guard
def gates_pass(context: Context[Any]) -> Check:
    """Printed gates pass or are derogated with a reason; defaults only warn."""
    findings = project_findings(context)
    return check(derogated(findings, dict(context.inputs.derogations)), failed=tuple(f.code for f in findings))


@guard
def no_pending_piece_request(context: Context[Any]) -> Check:
    """The request for pieces is over before the file goes to the committee (A33)."""
    pending = context.dossier.open_piece_request
    return check(REQUEST_PENDING(due_on=short_day(pending.due_on)) if pending else None)


@guard
def not_judged_yet(context: Context[Any]) -> Check:
    """The committee has not given its opinion."""
    committee = context.dossier.committee
    judged = committee.judged_on if committee else None
    return check(ALREADY_JUDGED(judged_on=short_day(judged)) if judged else None)


@input_guard
def corrected_with_reason(context: Context[Any]) -> Check:
    """An opinion already given is entered again only with a written reason: a new vote, a mistake of entry."""
    return check(None if context.inputs.reason else not_judged_yet.run(context))


@guard
def judged(context: Context[Any]) -> Check:
    """The committee has given its opinion on the dossier."""
    committee = context.dossier.committee
    return check(None if committee and committee.judged_on else NOT_JUDGED())


@input_guard
def opinion_followed(context: Context[Any]) -> Check:
    """A decision against the opinion is reasoned."""
    committee = context.dossier.committee
    against = committee is not None and committee.favourable is False
    return check(UNFAVOURABLE() if against and not context.inputs.reason else None, against=against)


@guard
def no_conflicted_vote(context: Context[Any]) -> Check:
    """No member linked to the dossier took part in the vote (A40)."""
    committee = context.dossier.committee
    members = committee.conflicted_votes if committee else ()
    return check(CONFLICTED_VOTE(members=members) if members else None, members=members)


@input_guard
def ranking_followed(context: Context[Any]) -> Check:
    """Passing over a better-ranked eligible dossier of the category needs a reason."""
    waiting = [b.number for b in context.dossier.around.better_ranked if b.eligible]
    unsaid = waiting and not context.inputs.reason
    return check(PASSED_OVER(numbers=listing(waiting)) if unsaid else None, waiting=tuple(waiting))


@guard
def project_kept_whole(context: Context[Any]) -> Check:
    """The posts of a project are retained together unless it stays viable with fewer (A37)."""
    project, states = context.dossier.project, context.dossier.around.project_states
    if project is None or project.size == 1:
        return check()
    lost = sum(1 for s in states if s in {State.REJECTED, State.RESERVE})
    partial = context.call.clauses.committee.partial_project
    viable = project.viable_from if partial.value is not False else None
    kept, least = project.size - lost, viable or project.size
    return check(PROJECT_SPLIT(partial.rule, size=project.size) if kept < least else None, kept=kept)


@input_guard
def ground_printed(context: Context[Any]) -> Check:
    """A refusal rests on a printed rule or an article, never on a default."""
    rule = context.inputs.rule
    if is_default_id(rule):
        return check(GROUND_IS_DEFAULT(ground=rule), rule=rule)
    return check(None if context.call.may_ground_refusal(rule) else GROUND_UNKNOWN(ground=rule), rule=rule)


@input_guard
def opinion_sound(context: Context[Any]) -> Check:
    """A favourable opinion carries a rank; the day of the session is past, and usually after the file went there."""
    inputs, day = context.inputs, short_day(context.inputs.judged_on)
    committee = context.dossier.committee
    early = committee is not None and inputs.judged_on < committee.put_on
    return check(
        IN_FUTURE(day=day) if inputs.judged_on > context.today else None,
        OPINION_TOO_EARLY(put_on=short_day(committee.put_on), judged_on=day) if early and committee else None,
        _off_session(context),
        RANK_MISSING() if inputs.favourable and not _is_rank(inputs.rank) else None,
    )


@input_guard
def votes_sound(context: Context[Any]) -> Check:
    """Who voted was there, once, and the votes give the opinion; on a tie the chair decides (CRPA R.133-11)."""
    inputs = context.inputs
    present, against, abstaining = (frozenset(getattr(inputs, n)) for n in ("present", "against", "abstaining"))
    voted = against | abstaining | (frozenset(inputs.conflicted_votes) if present else frozenset())
    for_it, against_it = len(present - against - abstaining), len(against)
    won = for_it >= against_it if inputs.favourable else for_it <= against_it
    return check(
        ABSENT_VOTED() if voted - present else None,
        VOTED_TWICE() if against & abstaining else None,
        VOTE_SAYS_OTHERWISE(in_favour=for_it, against=against_it) if present and not won else None,
    )


def _off_session(context: Context[Any]) -> Finding | None:
    """The opinion of a session given on another day than those announced: they may have moved."""
    committee, on = context.dossier.committee, context.inputs.judged_on
    named = committee.session if committee else None
    session = next((s for s in context.call.parameters.sessions if s.id == named), None)
    if session is None or session.first <= on <= session.last:
        return None
    return OPINION_OFF_SESSION(session.rule, judged_on=short_day(on), label=session.label)


@input_guard
def rank_given(context: Context[Any]) -> Check:
    """A place on the reserve list carries a rank: the one given, or that of the opinion."""
    return check(None if _is_rank(reserve_rank(context)) else RANK_MISSING())


def reserve_rank(context: Context[Any]) -> int:
    """The rank on the reserve list; 0 while neither the inputs nor the opinion give one."""
    committee = context.dossier.committee
    given: int | None = context.inputs.rank
    if given is None and committee is not None:
        given = committee.rank
    return given or 0


def _is_rank(rank: int | None) -> bool:
    return rank is not None and rank >= 1


@input_guard
def committee_file_exists(context: Context[Any]) -> Check:
    """Going back to the committee needs its file."""
    back = context.inputs.to is State.COMMITTEE
    return check(NO_COMMITTEE_FILE() if back and context.dossier.committee is None else None)
