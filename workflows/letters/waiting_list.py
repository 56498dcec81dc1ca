"""L9: a line on the reserve list, which creates no right."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from workflows.french import short_day
from workflows.letters.data import LetterData, labelled
from workflows.letters.matter import Matter, common


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveLetter(LetterData):
    """A rank and until when it counts. `replaces`: the day of the award that the line takes back, with its reason."""

    rank: int = field(metadata=labelled("Rang sur la liste complémentaire"))
    valid_until: str = field(metadata=labelled("Fin de validité de l’inscription"))
    judged_on: date | None = field(metadata=labelled("Date de l’avis de la commission"))
    replaces: date | None = field(metadata=labelled("Date de l’attribution sous réserve qui est retirée"))
    facts: str | None = field(metadata=labelled("Motif du retrait"))


def reserve_letter(matter: Matter) -> ReserveLetter:
    """The line as it stands. Raises NothingToTellError when it is gone."""
    entry, committee = matter.present(matter.view.reserve), matter.view.committee
    until = matter.given(lambda call: call.clauses.committee.reserve_until)
    last_day = entry.valid_until or until.value
    taken_back = matter.told_day("replaces")
    return ReserveLetter(
        **common(
            matter,
            "Retrait d’une attribution sous réserve et inscription sur la liste complémentaire"
            if taken_back
            else "Inscription d’une demande sur la liste complémentaire",
            until,
            clauses=sorted({criterion.rule for criterion in matter.call.clauses.committee.criteria}),
        ),
        rank=entry.rank,
        valid_until=matter.wanted(
            short_day(last_day) if last_day else None,
            "la fin de validité de la liste complémentaire",
            "l’agence la donne dans le fichier de l’appel, clauses.committee, reserve_until",
        ),
        judged_on=committee.judged_on if committee else None,
        replaces=taken_back,
        facts=matter.written() if taken_back else None,
    )
