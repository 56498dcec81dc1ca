"""L5 and L10: an application is inadmissible or not retained, an award lapses; and the bare result for the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from workflows.calls.model import Call, Channel, Unit
from workflows.calls.sources import Origin, Sourced
from workflows.deadlines import Closing
from workflows.french import count, day, instant, zone_label
from workflows.letters.award import Clause
from workflows.letters.data import LetterData, labelled
from workflows.letters.matter import Matter, SaidTooLittleError, common, spelt
from workflows.parts.notices import Rejection

_POST = "d’un poste d’assistant spécialiste à temps partagé"
_LAPSED, _SILENCE = "lapsed:", "silence"
#: Why an award lapses, in a sentence.
LAPSE_GROUNDS = {
    _SILENCE: "Aucune réponse n’a été donnée à la notification de l’attribution",
    "unmet_condition": "La condition mise à l’attribution n’a pas été remplie",
    "no_start": "Aucune prise de fonctions n’a eu lieu",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InadmissibleLetter(LetterData):
    """Why an application is not examined. `received`: the instant that counts, on the clock of the authority.

    `closed` and `last_day` are told of an application received after the closing. `clause`: the words of the rule where
    the call file has them.
    """

    received: str | None = field(metadata=labelled("Réception de la demande"))
    channel: str | None = field(metadata=labelled("Voie du dépôt"))
    closed: str | None = field(metadata=labelled("Instant de clôture, pour une demande tardive"))
    last_day: str | None = field(metadata=labelled("Dernier jour pour déposer, pour une demande tardive"))
    ground: str = field(metadata=labelled("Règle ou article appliqué"))
    clause: Clause | None = field(metadata=labelled("Texte de la clause appliquée"))
    facts: str = field(metadata=labelled("Motif"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalLetter(LetterData):
    """Why an application is not retained, or why an award lapses.

    `facts` is None for an establishment where the call chooses persons: reasons on a person are for that person only
    (CRPA L. 311-6). `opinion` goes with them. `lapse`: the ground of a lapse, None for an application not retained.
    """

    facts: str | None = field(metadata=labelled("Motif"))
    criteria: tuple[str, ...] = field(metadata=labelled("Clauses des critères de choix"))
    judged_on: date | None = field(metadata=labelled("Date de l’avis de la commission"))
    opinion: str | None = field(metadata=labelled("Sens de l’avis de la commission"))
    lapse: str | None = field(metadata=labelled("Cause de la caducité"))
    awarded_on: date | None = field(metadata=labelled("Date de l’attribution caduque"))
    heard_on: date | None = field(metadata=labelled("Date du courrier contradictoire"))
    to_person: bool = field(metadata=labelled("Adressé à une personne"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultLetter(LetterData):
    """What came of an application, without the reasons, which are not for this addressee."""

    outcome: str = field(metadata=labelled("Résultat"))


def inadmissible_letter(matter: Matter) -> InadmissibleLetter:
    """The refusal to examine. Raises NothingToTellError when it is gone."""
    rejection, call, filing = _rejection(matter, lapsed=False), matter.call, matter.view.filing
    rule = matter.present(rejection.rule)
    printed = call.rules.has(rule)
    closing = call.parameters.closing_at(matter.decided_on).value
    late = filing is not None and closing is not None and not closing.accepts(filing.received_at)
    return InadmissibleLetter(
        **common(
            matter,
            f"Irrecevabilité d’une demande de financement {_POST}",
            Sourced(None, Origin.PRINTED if printed else Origin.LAW, rule),
        ),
        received=_received(filing.received_at, closing, call.authority.zone) if filing else None,
        channel=_CHANNELS.get(filing.channel) if filing else None,
        closed=instant(closing.at, closing.zone, with_zone=True) if closing and late else None,
        last_day=day(closing.last_day) if closing and late else None,
        ground=f"la clause {rule} de l’appel" if printed else spelt(rule),
        clause=_in_words(call, rule),
        facts=matter.written(),
    )


def _received(at: datetime, closing: Closing | None, zone: str) -> str:
    """The instant of a receipt; to the second within the minute in which the call closed."""
    told = instant(at, zone)
    if closing is not None and not closing.accepts(at) and told == instant(closing.at, zone):
        seconds = (at - closing.at).seconds
        told += f" et {count(seconds, 'seconde', 'secondes')}" if seconds else ", l’instant de la fermeture étant exclu"
    return f"{told}, {zone_label(zone)}"


_CHANNELS = {channel.value: channel.label for channel in Channel}


def _in_words(call: Call, rule: str) -> Clause | None:
    """A clause in the words of the call, where the call file has them."""
    clauses = call.clauses
    told = [(note.rule, note.text) for note in clauses.notes]
    told += [(criterion.rule, criterion.text) for criterion in clauses.committee.criteria]
    found = [text for told_rule, text in told if told_rule == rule]
    return Clause(text=found[0], rule=rule) if len(found) == 1 else None


def refusal_letter(matter: Matter) -> RefusalLetter:
    """The refusal, or the lapse of an award. Raises NothingToTellError when it is gone, SaidTooLittleError."""
    lapsed, found = "heard" in matter.details, matter.present(matter.view.rejection)
    if not lapsed and found.ground.startswith(_LAPSED):
        raise SaidTooLittleError
    rejection, committee = _rejection(matter, lapsed=lapsed), matter.view.committee
    cause = rejection.ground.removeprefix(_LAPSED)
    criteria = tuple(sorted({criterion.rule for criterion in matter.call.clauses.committee.criteria}))
    told = lapsed or hears_reasons(matter)
    judged = committee if told and not lapsed and committee and committee.favourable is not None else None
    return RefusalLetter(
        **common(
            matter,
            f"Caducité de l’attribution {_POST}" if lapsed else f"Refus de financement {_POST}",
            *((matter.call.clauses.award.acceptance_days,) if cause == _SILENCE else ()),
            clauses=() if lapsed else criteria,
        ),
        facts=matter.written() if told else None,
        criteria=() if lapsed else criteria,
        judged_on=committee.judged_on if committee and not lapsed else None,
        opinion=("favorable" if judged.favourable else "défavorable") if judged else None,
        lapse=LAPSE_GROUNDS.get(cause) if lapsed else None,
        awarded_on=matter.told_day("awarded"),
        heard_on=matter.told_day("heard"),
        to_person=matter.reader is None,
    )


def hears_reasons(matter: Matter) -> bool:
    """True for a doctor, and for an establishment where the call chooses posts, or where no doctor was named."""
    unit = matter.call.clauses.filing.unit.value
    return matter.reader is None or matter.view.candidate is None or unit is Unit.POST


def result_letter(matter: Matter) -> ResultLetter:
    """The result. Raises NothingToTellError when it is gone."""
    rejection = matter.present(matter.view.rejection)
    outcome = "n’est pas retenue"
    if rejection.ground.startswith(_LAPSED):
        outcome = "avait reçu une attribution, qui est devenue caduque"
    elif rejection.rule is not None:
        outcome = "est irrecevable"
    return ResultLetter(
        **common(matter, f"Résultat d’une demande de financement {_POST}", decides=False), outcome=outcome
    )


def _rejection(matter: Matter, *, lapsed: bool) -> Rejection:
    """The rejection that the letter tells; gone when the dossier was rejected on another ground since."""
    found = matter.present(matter.view.rejection)
    same = found.ground.startswith(_LAPSED) is lapsed
    return matter.present(found if same else None)
