"""Short words for checks: a dossier of a call at a state, what an act answers, what the explanation of a call tells.

A dossier is driven once to a state under the call as published (with the test complement), then looked at under the
call of the check: what differs afterwards comes from that call alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from operator import attrgetter
from typing import Any

from tests.builders import Hat, rewritten, shared
from tests.lives import Life, life_of
from tests.rules.registry import Body, proves
from workflows.calls.explain import SILENCES, Line, sentences
from workflows.calls.model import Call
from workflows.calls.sources import Origin, Sourced
from workflows.decide import Decision, Refused
from workflows.due import Due, DueKind, due_items
from workflows.effects import EffectKind
from workflows.findings import Finding, Severity
from workflows.sites import Period, Site
from workflows.states import State

Answer = Decision | Refused

NA, IDF, CVL, ARA, DG = "na-2024", "idf-2025", "cvl-ville-hopital", "ara-2017", "guyane-2020"
EVERY = (NA, IDF, CVL, ARA, DG)


@cache
def _road(call_id: str, state: State) -> Life:
    return life_of(call_id).to(state)


@cache
def _judged(call_id: str) -> Life:
    life = life_of(call_id).to(State.COMMITTEE)
    life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR)
    return life.on(life.profile.decided)


def at(call: Call, state: State) -> Life:
    """The nominal dossier of a call at a state, now under this call."""
    return _road(call.id, state).copy().under(call)


def ready(call: Call) -> Life:
    """The nominal draft on the day of its filing, confirmed by its depositors."""
    life = at(call, State.DRAFT)
    life.on(life.profile.filed, life.profile.filed_at)
    depositors = tuple(replace(d, confirmed=True) for d in life.dossier.depositors)
    return life.changed(depositors=depositors)


def complete(call: Call) -> Life:
    """The nominal dossier on the day it goes to the committee."""
    life = at(call, State.COMPLETE)
    return life.on(life.profile.put)


def judged(call: Call) -> Life:
    """The nominal dossier on the day of the decision, its opinion recorded."""
    return _judged(call.id).copy().under(call)


def proposed(call: Call, **given: Any) -> Life:
    """The nominal post left before its start, a new doctor proposed with every piece, the letter, and no repercussion.

    The list of pieces is confirmed: the rest of what a replacement asks can be seen alone.
    """
    life = at(gave(call, replacement__pieces_confirmed=True), State.WITHDRAWN)
    return life.later(5).propose_replacement(**given).later(2)


def every_call(rule: str, *calls: str) -> Callable[[Body], Body]:
    """Register a check as a proof of a rule in several calls (all of them unless some are named)."""

    def register(body: Body) -> Body:
        for call in calls or EVERY:
            proves(rule, call=call)(body)
        return body

    return register


# Answers.


def _codes(answer: Answer, severity: Severity) -> set[str]:
    return {f.code for f in answer.findings if f.severity is severity}


def refusals(answer: Answer) -> set[str]:
    """Codes of the refusals."""
    return _codes(answer, Severity.REFUSAL)


def holds(answer: Answer) -> set[str]:
    """Codes of what a head may lift."""
    return _codes(answer, Severity.HOLD)


def warnings(answer: Answer) -> set[str]:
    """Codes of the warnings."""
    return _codes(answer, Severity.WARNING)


def found(answer: Answer, code: str) -> Finding:
    """The finding of that code; AssertionError when there is none."""
    matching = [f for f in answer.findings if f.code == code]
    assert matching, f"{code} not among {[f.code for f in answer.findings]}"
    return matching[0]


def rests_on(answer: Answer, code: str, severity: Severity, rule: str) -> None:
    """Assert that the answer holds this finding, that severe, resting on that rule."""
    finding = found(answer, code)
    assert (finding.severity, finding.rule) == (severity, rule), finding


def refused(answer: Answer, code: str, rule: str) -> None:
    """Assert that the act is refused for this reason, printed or law."""
    assert isinstance(answer, Refused)
    rests_on(answer, code, Severity.REFUSAL, rule)


def held(answer: Answer, code: str, rule: str) -> None:
    """Assert that this reason alone stops the act, and that a head may lift it with a reason."""
    assert isinstance(answer, Refused)
    assert answer.codes == {code}, answer.codes
    rests_on(answer, code, Severity.HOLD, rule)


def warned(answer: Answer, code: str, rule: str) -> Decision:
    """Assert that the act goes through with this warning."""
    decision = done(answer)
    rests_on(answer, code, Severity.WARNING, rule)
    return decision


def done(answer: Answer) -> Decision:
    """Assert that the act goes through."""
    assert isinstance(answer, Decision), [f"{f.code}: {f.sentence}" for f in answer.findings]
    return answer


def letters(answer: Answer, name: str) -> set[str]:
    """To whom a letter goes."""
    effects = done(answer).effects
    return {e.to.value for e in effects if e.kind is EffectKind.LETTER and e.name == name and e.to}


# Dossiers.


def placed(life: Life, *places: Site) -> Life:
    """The same dossier at other places of work, half the time at the first, half at the last."""
    return life.changed(sites=places, plan=shared(24, (places[0], 5), (places[-1], 5)))


def half_days(life: Life, *weekly: int | str) -> Life:
    """The same dossier with other half-days a week, place by place (`"4.5"`, `"1/3"`)."""
    parts = tuple((place.id, Fraction(n)) for place, n in zip(life.dossier.sites, weekly, strict=True))
    return life.changed(plan=(Period(24, parts),))


def due(life: Life, kind: DueKind) -> list[Due]:
    """What falls due of that kind on the dossier as it stands."""
    return [item for item in due_items(life.seen(), life.call, life.today) if item.kind is kind]


def due_on(life: Life, kind: DueKind) -> list[date]:
    """The days on which something of that kind falls due."""
    return [item.on for item in due(life, kind)]


# Calls.


def gave(call: Call, **values: Any) -> Call:
    """The call where somebody gives what it leaves open; `__` stands for the dot of a path inside the clauses."""
    for name, value in values.items():
        path = f"clauses.{name.replace('__', '.')}"
        before: Sourced[Any] = attrgetter(path)(call)
        filled: Call = rewritten(call, path, Sourced(value, Origin.COMPLEMENT, before.rule))
        call = filled
    return call


def gave_parameter(call: Call, name: str, value: Any) -> Call:
    """The call where somebody gives a parameter that it leaves open."""
    before = getattr(call.parameters, name)
    filled: Call = rewritten(call, f"parameters.{name}", Sourced(value, Origin.COMPLEMENT, before.rule))
    return filled


# What is shown of a call.


def _lines(call: Call) -> list[tuple[str, Line]]:
    return [(section.title, line) for section in sentences(call) for line in section.lines]


def _plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def silences(call: Call, rule: str) -> set[str]:
    """What a call is told not to say, under a rule; with plain spaces."""
    return {_plain(line.text) for title, line in _lines(call) if title == SILENCES and line.rule == rule}


def shown(call: Call, mark: str, *texts: str) -> None:
    """Assert that the explanation of the call tells these sentences with this mark, each once."""
    marks: dict[str, list[str]] = {}
    for title, line in _lines(call):
        if title != SILENCES:
            marks.setdefault(_plain(line.text), []).append(line.mark)
    for text in texts:
        assert marks.get(text) == [mark], f"{text!r}: {marks.get(text)}"


def by_default(rule: str) -> str:
    """The mark of a default beside what it fills in."""
    return f"[{rule}, valeur par défaut]"
