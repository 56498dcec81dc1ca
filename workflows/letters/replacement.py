"""L12: a replacement, granted or refused."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from workflows.effects import Addressee
from workflows.french import thirtieths
from workflows.guards.replacement import has_repercussions
from workflows.letters.data import LetterData, Prose, labelled
from workflows.letters.matter import Matter, SaidTooLittleError, common
from workflows.money.served import FULL_MONTH, served_months
from workflows.parts.requests import Repercussions, Request, RequestState
from workflows.tenure import Tenure


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementLetter(LetterData):
    """The answer to a replacement: who, what it changes, the days it gives to the post.

    `coming` is None for the doctor who leaves, `facts` for whoever is not concerned by a reason on a person (A39).
    `left`: the day of a departure still to come, with which the replacement takes effect. `again`: it changes the
    project, so the award is notified again.
    """

    granted: bool = field(metadata=labelled("Remplacement accordé"))
    asked_on: date = field(metadata=labelled("Date de la demande"))
    leaving: str | None = field(metadata=labelled("Médecin remplacé"))
    coming: str | None = field(metadata=labelled("Médecin proposé"))
    to_leaving: bool = field(metadata=labelled("Adressé au médecin remplacé"))
    declared: bool = field(metadata=labelled("Le recruteur a dit les répercussions"))
    repercussions: tuple[str, ...] = field(metadata=labelled("Répercussions"))
    new_shares: bool = field(metadata=labelled("La répartition du temps change"))
    opinion_on: date | None = field(metadata=labelled("Date de l’avis écrit de la présidence"))
    start: date = field(metadata=labelled("Prise de fonctions du remplaçant"))
    end: date | None = field(metadata=labelled("Fin du poste"))
    remaining: str | None = field(metadata=labelled("Durée restante"))
    left: date | None = field(metadata=labelled("Départ à venir"))
    again: bool = field(metadata=labelled("L’attribution sera notifiée de nouveau"))
    facts: str | None = field(metadata=labelled("Motif"))


def replacement_letter(matter: Matter) -> ReplacementLetter:
    """The answer to a replacement.

    Raises NothingToTellError when the request, or what was granted, is gone, SaidTooLittleError.
    """
    view, clause = matter.view, matter.call.clauses.replacement
    request = matter.present(view.request(matter.details.get("request")))
    granted = "start" in matter.details
    if granted and (request.state is RequestState.REFUSED or view.award is None):
        matter.present(None)
    if not granted and request.state is not RequestState.REFUSED:
        raise SaidTooLittleError
    start = matter.told_day("start") or request.dates.effective_on
    end = matter.told_day("end")
    to_leaving = matter.to is Addressee.FORMER_CANDIDATE
    return ReplacementLetter(
        **common(
            _as_it_will_be(matter, request) if granted else matter,
            "Remplacement d’un médecin : accord" if granted else "Remplacement d’un médecin : refus",
            *(clause.allowed, clause.letter, clause.repercussions, clause.opinion, clause.end_unchanged),
        ),
        granted=granted,
        asked_on=request.dates.recorded_on,
        leaving=matter.name_of(request.about),
        coming=None if to_leaving else _coming(matter, request.candidate.id if request.candidate else None),
        to_leaving=to_leaving,
        declared=request.repercussions is not None,
        repercussions=tuple(r.label for r in request.repercussions or () if r is not Repercussions.NONE),
        new_shares=request.plan is not None,
        opinion_on=request.chair_opinion_on,
        start=start,
        end=end,
        remaining=_remaining(start, end) if end else None,
        left=matter.told_day("left"),
        again=granted and has_repercussions(request),
        facts=_facts(matter, granted=granted, to_leaving=to_leaving),
    )


def _as_it_will_be(matter: Matter, request: Request) -> Matter:
    """The same with the shares that the replacement gives; agreed before a departure, it does not apply them yet."""
    return replace(matter, view=replace(matter.view, plan=request.plan or matter.view.plan))


def _facts(matter: Matter, *, granted: bool, to_leaving: bool) -> str | None:
    """The written reason, which a refusal always has; it may judge the doctor proposed: not for who left."""
    if not granted:
        return matter.written()
    return None if to_leaving or not matter.reason else Prose(matter.reason)


def _coming(matter: Matter, proposed: str | None) -> str:
    name = matter.name_of(proposed)
    return matter.wanted(
        name, "le nom du médecin proposé", "il n’est plus dans le dossier ; écrivez ce courrier ailleurs"
    )


def _remaining(start: date, end: date) -> str:
    """Months left to serve from a start to the end of the post, both included (A6)."""
    n = sum(month.thirtieths for month in served_months((Tenure(None, start, end),), end))
    return "1 mois" if n == FULL_MONTH else thirtieths(n)
