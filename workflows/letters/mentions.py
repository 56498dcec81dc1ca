"""The mandatory mentions of letters: what an agency that changes a template may not leave out.

The authority, the service, the date, the number, the addressee, the signatory, the remedies and the notice on personal
data are in the layout, which no template changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from workflows.letters.kinds import LetterKind
from workflows.letters.members import AMOUNT_PARTS, Member, members

#: What every decision rests on: texts, clauses of the call.
_DECISION = ("texts", "rules")
_AWARD = (
    *("version", "post.specialty", "post.places[].share", "start", "end", "months", "rates[].rate"),
    *("monthly[].amount.figures", "total.figures", "tranches[].due_on", "tranches[].amount.figures"),
    *("clawback[].text", "clawback[].rule"),
)
_CALCULATION = (
    *("calculation.paid[].amount.figures", "calculation.total_paid.figures", "calculation.earned[].amount.figures"),
    "calculation.due.figures",
)
_DEBTOR = ("debtor.name", "debtor.entity")

#: Paths of members, by the code of the letter.
MENTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "L1": ("received",),
        "L2": ("received", "refusal_on", "refusal_delay", "ways.appeal", "ways.court"),
        "L3": ("groups[].lines[].label", "due", "suspension.before", "suspension.latest"),
        "L4": ("complete_on", "session"),
        "L5": ("received", "facts", "clause.text", "clause.rule"),
        "L6": ("on", "at", "place", "agenda[].number", "quorum"),
        "L7": (
            *("members[].name", "deliberations[].number", "deliberations[].present", "deliberations[].in_favour"),
            *("deliberations[].against", "deliberations[].abstaining", "deliberations[].motive"),
            *("rankings[].lines[].rank", "rankings[].lines[].number"),
        ),
        "L7b": ("judged_on", "opinion", "motive"),
        "L8": _AWARD,
        "L8b": (*_AWARD, "awaited"),
        "L9": ("rank", "valid_until"),
        "L10": ("facts",),
        "L11": (
            *("tranche.amount.figures", "tranche.budget_year", "line", "total.figures"),
            *("lapses_on", "lapses[].amount.figures", "lapses[].last_day"),
        ),
        "L12": ("repercussions", "start", "end", "remaining"),
        "L13": (
            *("facts", "old_start", "old_end", "new_start", "new_end"),
            *("amounts.before.figures", "amounts.after.figures"),
        ),
        "L14": (*("end.last_day", "clause.text", "clause.rule", "amount.figures", *_CALCULATION, "answer_days"),),
        "L15": ("answers", "amount.figures", "clause.text", "clause.rule", *_CALCULATION),
        "L16": (*_DEBTOR, "siret", "amount.figures", *_CALCULATION, "decision"),
        "L17a": ("served", "worked[].share", "paid.figures"),
        "L17b": ("renews", "start", "end", "months"),
        "L17c": ("year", "served", "worked[].share", "paid.figures"),
        "L18": (
            *("version", "checked[].rule", "checked[].inputs", "checked[].result"),
            *("warnings[].rule", "warnings[].result", "pieces[].label", "pieces[].state"),
        ),
        "result": ("outcome",),
        "award_confirmed": ("awarded_on", "awaited"),
        "contradictory_notice": ("facts", "answer_days"),
        "correction": ("act", "basis", "facts"),
        "tranche_reduced": ("before.figures", "amount.figures", "after.figures", "budget_year", "line", "reasons"),
        "relief_granted": ("measure", "authority", "amount.figures", "left.figures", "reasons"),
        "claim_answer": ("filed_on", "contested.figures", "reasons"),
        "way_changed": (*_DEBTOR, "way", "left.figures", "reasons"),
        "title_changed": ("debtor.name", "reasons"),
        "repayment_dropped": ("amount.figures", "reasons"),
    }
)


def mentions_of(kind: LetterKind) -> tuple[str, ...]:
    """The paths of the members that a letter must print, somewhere in its body."""
    return (*(_DECISION if kind.decides else ()), *MENTIONS[kind.code])


_SENTENCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "L2": ("if-complete",),
        "L6": ("declare-interests",),
        "L8": ("the-duties",),
        "L8b": ("the-duties", "no-payment-yet"),
        "L9": ("no-right",),
        "L14": ("hearing-rights",),
        "L15": ("claim-way",),
        "contradictory_notice": ("hearing-rights",),
    }
)


def sentences_of(kind: LetterKind) -> tuple[str, ...]:
    """The sentences that the law asks of a letter, by the name under which its layout lends each."""
    return _SENTENCES.get(kind.code, ())


@dataclass(frozen=True, slots=True)
class Marked:
    """An invented letter, as a template sees it, whose every value is a mark: `marks` gives that of each member.

    Nothing lacks in it, every list has two items. Its flags are all set, or none is.
    """

    data: Mapping[str, Any]
    marks: Mapping[str, str]


def marked(kind: type[Any], *, flags: bool) -> Marked:
    """A marked letter of a data class."""
    marks: dict[str, str] = {}
    return Marked(dict(_group(kind, "", marks, flags=flags)), marks)


def _group(kind: type[Any], prefix: str, marks: dict[str, str], *, flags: bool) -> Iterator[tuple[str, Any]]:
    for member in members(kind).values():
        path = f"{prefix}{member.name}"
        many = is_dataclass(member.of) and member.many
        value = _value(member, f"{path}[]" if many else path, marks, flags=flags)
        yield member.name, [value, value] if member.many else value


def _value(member: Member, path: str, marks: dict[str, str], *, flags: bool) -> Any:
    if is_dataclass(member.of):
        return dict(_group(member.of, f"{path}.", marks, flags=flags))
    if member.of is bool:
        return flags
    if member.of is Decimal:
        return {part: _mark(f"{path}.{part}", marks) for part in AMOUNT_PARTS}
    return int(_mark(path, marks, _NUMBERS)) if member.of is int else _mark(path, marks)


#: What a mark begins with: no word of a template looks like one.
_WORDS, _NUMBERS = "zq", "7000"


def _mark(path: str, marks: dict[str, str], start: str = _WORDS) -> str:
    return marks.setdefault(path, f"{start}{len(marks):03}")


def label_of(kind: type[Any], path: str) -> str:
    """What a member is called, by its path. Raises KeyError for a path that leads to nothing."""
    label = ""
    for name in path.replace("[]", "").split("."):
        if name in AMOUNT_PARTS and not is_dataclass(kind):
            break
        member = members(kind)[name]
        label, kind = member.label, member.of
    return label
