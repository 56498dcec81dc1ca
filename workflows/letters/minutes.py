"""L7: the procès-verbal of a session of the committee, for the file; and its extract, for the doctor it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from workflows.calls.sources import Sourced
from workflows.effects import Addressee
from workflows.french import count, listing, short_day
from workflows.letters.convocation import QUORUM, STANDING_ASIDE
from workflows.letters.data import LetterData, Prose, SessionData, labelled
from workflows.letters.matter import Matter, common, specialty_of
from workflows.letters.sessions import Examined, SessionMatter, session_common
from workflows.parts.committee_file import CommitteeFile
from workflows.rounds import first_doctor

_MINUTES = "reportez-le avec l’avis sur ce dossier"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    """A member of the session: `there` in words."""

    name: str = field(metadata=labelled("Nom du membre"))
    there: str = field(metadata=labelled("Présence du membre"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliberation:
    """What the committee said of a dossier. Names are in one text; None when there is none.

    `set_aside`: members linked to the dossier, who stand aside; `linked_votes`: those who voted all the same (A40).
    """

    number: str = field(metadata=labelled("Numéro du dossier"))
    specialty: str = field(metadata=labelled("Spécialité"))
    recruiter: str = field(metadata=labelled("Établissement recruteur"))
    doctor: str | None = field(metadata=labelled("Médecin"))
    judged_on: date | None = field(metadata=labelled("Jour de la délibération"))
    set_aside: str | None = field(metadata=labelled("Membres écartés pour un lien"))
    linked_votes: str | None = field(metadata=labelled("Membres liés qui ont voté"))
    present: int = field(metadata=labelled("Membres présents au vote"))
    members: int = field(metadata=labelled("Nombre de membres"))
    quorum: int = field(metadata=labelled("Quorum"))
    reached: bool = field(metadata=labelled("Quorum atteint"))
    in_favour: int = field(metadata=labelled("Nombre de votes pour"))
    in_favour_names: str | None = field(metadata=labelled("Ont voté pour"))
    against: int = field(metadata=labelled("Nombre de votes contre"))
    against_names: str | None = field(metadata=labelled("Ont voté contre"))
    abstaining: int = field(metadata=labelled("Nombre d’abstentions"))
    abstaining_names: str | None = field(metadata=labelled("Se sont abstenus"))
    opinion: str = field(metadata=labelled("Avis"))
    rank: int | None = field(metadata=labelled("Rang"))
    motive: str = field(metadata=labelled("Motifs de l’avis"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RankLine:
    """A dossier of the ranking."""

    rank: int = field(metadata=labelled("Rang"))
    number: str = field(metadata=labelled("Numéro du dossier"))
    specialty: str = field(metadata=labelled("Spécialité"))
    recruiter: str = field(metadata=labelled("Établissement recruteur"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The dossiers of a category that have a favourable opinion, the best first. `flagged`: a linked member voted."""

    category: str = field(metadata=labelled("Catégorie"))
    flagged: bool = field(metadata=labelled("Classement à revoir : un membre lié a voté"))
    lines: tuple[RankLine, ...] = field(metadata=labelled("Dossiers classés"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesLetter(SessionData):
    """What a procès-verbal tells. `days`: those on which the committee sat."""

    days: str = field(metadata=labelled("Jours de la séance"))
    members: tuple[MemberLine, ...] = field(metadata=labelled("Membres"))
    deliberations: tuple[Deliberation, ...] = field(metadata=labelled("Délibérations"))
    rankings: tuple[Ranking, ...] = field(metadata=labelled("Classements"))
    reserve_until: date | None = field(metadata=labelled("Fin de validité de la liste complémentaire"))


def minutes_letter(matter: SessionMatter) -> MinutesLetter:
    """The procès-verbal of a session, as the opinions entered give it; what nobody entered is missing."""
    judged = [(one, file) for one in matter.examined if (file := one.view.committee) is not None]
    if not judged:
        matter.wanted(None, "tout dossier", "inscrivez des dossiers à la séance et saisissez leurs avis")
    clauses = matter.call.clauses.committee
    return MinutesLetter(
        **session_common(matter, "Procès-verbal de la commission", QUORUM, STANDING_ASIDE),
        days=_days(matter, [file.judged_on for _, file in judged]),
        members=tuple(_member(matter, member, judged) for member in matter.members),
        deliberations=tuple(_deliberation(matter, one, file) for one, file in judged),
        rankings=tuple(_rankings([one for one, _ in judged])),
        reserve_until=clauses.reserve_until.value if _is_told(clauses.reserve_until) else None,
    )


def _is_told(source: Sourced[date]) -> bool:
    return source.is_known and not source.is_default


def _days(matter: SessionMatter, days: Iterable[date | None]) -> str:
    known = sorted({day for day in days if day is not None})
    said = listing([short_day(day) for day in known])
    return matter.wanted(said, "le jour de la séance", "saisissez l’avis d’un dossier au moins")


def _member(matter: SessionMatter, member: str, judged: list[tuple[Examined, CommitteeFile]]) -> MemberLine:
    """A member there for some dossiers only is said to be so: they stood aside, or came late.

    Nothing tells whether whoever is linked to every dossier came to the sitting.
    """
    there = sum(1 for _, file in judged if member in file.present)
    said = f"présent pour {count(there, 'dossier')} sur {len(judged)}" if there else "absent"
    if there == len(judged):
        said = "présent"
    elif not there and all(member in one.linked for one, _ in judged):
        said = "n’a pris part à aucun examen"
    return MemberLine(name=matter.member_name(member), there=said)


def _deliberation(matter: SessionMatter, one: Examined, file: CommitteeFile) -> Deliberation:
    view, about = one.view, f"du dossier {one.view.number}"
    voting = [member for member in file.present if member not in one.linked or member in file.conflicted_votes]
    if not file.present:
        matter.wanted(None, f"les membres présents au vote {about}", _MINUTES)
    opinion = {True: "favorable", False: "défavorable", None: None}[file.favourable]
    in_favour = [member for member in file.in_favour if member in voting]
    return Deliberation(
        number=view.number,
        specialty=specialty_of(view) or "spécialité non précisée",
        recruiter=view.recruiter.name if view.recruiter else "recruteur non précisé",
        doctor=matter.names.get(first_doctor(view) or ""),
        judged_on=file.judged_on,
        set_aside=_named(matter, sorted(one.linked - {*file.conflicted_votes})),
        linked_votes=_named(matter, file.conflicted_votes),
        present=len(voting),
        members=len(matter.members),
        quorum=matter.quorum,
        reached=len(voting) >= matter.quorum,
        in_favour=len(in_favour),
        in_favour_names=_named(matter, in_favour),
        against=len(file.against),
        against_names=_named(matter, file.against),
        abstaining=len(file.abstaining),
        abstaining_names=_named(matter, file.abstaining),
        opinion=matter.wanted(opinion, f"l’avis {about}", "saisissez-le"),
        rank=file.rank,
        motive=Prose(matter.wanted(matter.text(file.motive), f"les motifs de l’avis {about}", _MINUTES)),
    )


def _named(matter: SessionMatter, members: Iterable[str]) -> str | None:
    return listing(sorted(matter.member_name(member) for member in members)) or None


def _rankings(examined: Iterable[Examined]) -> Iterator[Ranking]:
    by_category: dict[str, list[Examined]] = {}
    for one in examined:
        by_category.setdefault(one.view.category, []).append(one)
    for category, found in sorted(by_category.items()):
        files = {one.view.number: one.view.committee for one in found}
        yield Ranking(
            category=category,
            flagged=any(file is not None and file.conflicted_votes for file in files.values()),
            lines=tuple(sorted(_ranked(found), key=lambda line: (line.rank, line.number))),
        )


def _ranked(found: Iterable[Examined]) -> Iterator[RankLine]:
    for one in found:
        file = one.view.committee
        if file is not None and file.favourable and file.rank is not None:
            yield RankLine(
                rank=file.rank,
                number=one.view.number,
                specialty=specialty_of(one.view) or "spécialité non précisée",
                recruiter=one.view.recruiter.name if one.view.recruiter else "recruteur non précisé",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractLetter(LetterData):
    """What a doctor reads of a procès-verbal: the opinion on their own dossier, its motives, its rank, nothing else."""

    session: str = field(metadata=labelled("Nom de la séance"))
    judged_on: date = field(metadata=labelled("Jour de la délibération"))
    opinion: str = field(metadata=labelled("Avis"))
    rank: int | None = field(metadata=labelled("Rang"))
    motive: str = field(metadata=labelled("Motifs de l’avis"))


class NotTheirsError(ValueError):
    """The reasons of an opinion go to the doctor it is about, and to nobody else (A39)."""

    def __init__(self) -> None:
        super().__init__("Cet extrait ne va qu’au médecin dont la commission a examiné la candidature.")


def extract_letter(matter: Matter) -> ExtractLetter:
    """The extract of the doctor whom the committee heard of. Raises NothingToTellError, NotTheirsError."""
    file = matter.present(matter.view.committee)
    judged_on = matter.present(file.judged_on)
    doctor = first_doctor(matter.view)
    if matter.to not in {Addressee.CANDIDATE, Addressee.FORMER_CANDIDATE} or matter.party != doctor:
        raise NotTheirsError
    sessions = {session.id: session.label for session in matter.call.parameters.sessions}
    return ExtractLetter(
        **common(matter, "Extrait du procès-verbal de la commission", decides=False),
        session=sessions.get(file.session, file.session),
        judged_on=judged_on,
        opinion="favorable" if file.favourable else "défavorable",
        rank=file.rank,
        motive=Prose(matter.wanted(matter.text(file.motive), "les motifs de l’avis", _MINUTES)),
    )
