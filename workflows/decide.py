"""The heart: one act on one dossier, decided from what is known, with every reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from workflows.account.adjusting import adjusted
from workflows.account.asked_back import absorbed
from workflows.account.lines import numbered
from workflows.account.putting_right import put_right
from workflows.actors import Actor, Role, decides_at
from workflows.acts import ACTS
from workflows.acts.answers import answer_of
from workflows.acts.base import Act, ActInputs, Context, Guard
from workflows.calls.model import Call
from workflows.calls.sources import UnknownValueError
from workflows.deadlines import local_day
from workflows.dossier import KEPT, Dossier, LastAct
from workflows.effects import Effect
from workflows.findings import Check, Finding, Severity, check, refusal
from workflows.french import listing
from workflows.guards.common import standing
from workflows.machine import fires
from workflows.money.terms import MissingFactError
from workflows.proofs import followed_up
from workflows.repaying.proposing import proposed_after
from workflows.states import State
from workflows.table import CORRECTABLE, RECORDING, sources_of, targets_of

UNKNOWN_ACT = refusal(
    "unknown_act",
    "L’acte « {act} » n’existe pas.",
    "Rechargez la page et choisissez un acte de la liste.",
)
WRONG_STATE = refusal(
    "wrong_state",
    "Impossible à l’état « {state} » : cet acte part de {sources}.",
    "Rechargez la page : le dossier a peut-être avancé.",
)
VALUE_UNKNOWN = refusal(
    "value_unknown",
    "L’appel ne dit pas ce qu’il faut savoir pour cet acte ({source}).",
    "Complétez l’appel : l’acte deviendra possible.",
)
FACT_MISSING = refusal(
    "fact_missing",
    "{sentence}",
    "Complétez le dossier : l’acte deviendra possible.",
)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one guard looked at and the codes of what it found: kept with the decision so that it can be explained."""

    guard: str
    looked_at: Mapping[str, Any]
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """An act that goes through.

    `changes` are the new values of members of the dossier, `version`, `state` and `last` included; `after` is the
    dossier they give. `findings` are the warnings, and the holds that were lifted.
    """

    act: str
    source: State
    target: State
    changes: Mapping[str, Any]
    effects: tuple[Effect, ...]
    findings: tuple[Finding, ...]
    evaluation: tuple[Evaluation, ...]
    after: Dossier


@dataclass(frozen=True, slots=True)
class Refused:
    """An act that does not go through, with every reason found. The dossier is unchanged.

    `lifted`: codes of the holds that the actor lifted; they are among the findings, and stop nothing.
    """

    act: str
    source: State
    findings: tuple[Finding, ...]
    evaluation: tuple[Evaluation, ...] = ()
    lifted: frozenset[str] = frozenset()

    @property
    def codes(self) -> frozenset[str]:
        """Codes of what stops the act."""
        return frozenset(f.code for f in _stopping(self.findings, self.lifted))


@dataclass(frozen=True, slots=True)
class Possibility:
    """What an act would answer now, before its form is filled in.

    `held`: a head may lift what stops it. `target` is None when the form decides it, or when the act is impossible.
    """

    act: Act
    target: State | None
    allowed: bool
    held: bool
    findings: tuple[Finding, ...]


def decide(
    view: Dossier, act_name: str, inputs: ActInputs, *, by: Actor, call: Call, now: datetime
) -> Decision | Refused:
    """Decide one act. Pure: the same arguments give the same answer. `now` must be aware."""
    act = ACTS.get(act_name)
    if act is None:
        return Refused(act_name, view.state, (UNKNOWN_ACT(act=act_name[:80]),))
    if not isinstance(inputs, act.inputs):
        raise TypeError(f"{act_name} takes {act.inputs.__name__}, not {type(inputs).__name__}")
    context = Context(act_name, view, inputs, by, call, now, local_day(now, call.authority.zone))
    ground = _ground(act, context)
    if isinstance(ground, Finding):
        return Refused(act_name, view.state, (ground,))
    entitled = standing(act, context)
    if entitled.findings:
        return Refused(act_name, view.state, entitled.findings)
    evaluation, findings = _run((g for g in act.guards if not g.reads_outcome), context)
    lifted = _lifted(context)

    def passes() -> bool:
        return not _stopping(findings, lifted)

    through = passes() if act.keeps_state else fires(act_name, view.state, ground, passes)
    if not through:
        return Refused(act_name, view.state, tuple(findings), tuple(evaluation), lifted)
    return _judged(_decision(act, context, ground, tuple(findings), tuple(evaluation)), act, context, lifted)


def _judged(made: Decision, act: Act, context: Context[Any], lifted: frozenset[str]) -> Decision | Refused:
    """The decision, once the guards that look at what it makes of the dossier let it through."""
    if not any(g.reads_outcome for g in act.guards):
        return made
    after = replace(context, after=act.carried_out(context, made.after))
    evaluation, findings = _run((g for g in act.guards if g.reads_outcome), after)
    looked_at, told = (*made.evaluation, *evaluation), (*made.findings, *findings)
    if _stopping(findings, lifted):
        return Refused(made.act, made.source, told, looked_at, lifted)
    return replace(made, findings=told, evaluation=looked_at)


def _ground(act: Act, context: Context[Any]) -> State | Finding:
    """The target of the act from here, or why there is none."""
    source = context.dossier.state
    if act.keeps_state:
        return source if source in act.sources else _wrong_state(act, source)
    targets = targets_of(act.name, source)
    if not targets:
        return _wrong_state(act, source)
    if len(targets) == 1:
        return targets[0]
    chosen = act.choose(context)
    return chosen if chosen in targets else targets[0]


def _wrong_state(act: Act, source: State) -> Finding:
    sources = act.sources if act.keeps_state else tuple(s for s in State if s in sources_of(act.name))
    return WRONG_STATE(state=source.label, sources=listing([f"« {s.label} »" for s in sources], last="ou"))


def _run(guards: Iterable[Guard], context: Context[Any]) -> tuple[list[Evaluation], list[Finding]]:
    evaluation: list[Evaluation] = []
    findings: list[Finding] = []
    for guard in guards:
        result = _answer(guard, context)
        evaluation.append(Evaluation(guard.name, result.looked_at, tuple(f.code for f in result)))
        findings += result
    return evaluation, findings


def _answer(guard: Guard, context: Context[Any]) -> Check:
    try:
        return guard.run(context)
    except MissingFactError as error:
        return check(FACT_MISSING(error.rule, sentence=str(error)))
    except UnknownValueError as error:
        return check(VALUE_UNKNOWN(error.rule, source=error.rule))


def _lifted(context: Context[Any]) -> frozenset[str]:
    """The holds that somebody entitled lifts with a reason."""
    entitled = decides_at(context.by.role, Role.HEAD) or context.by.role is Role.CLOCK
    return frozenset(code for code, why in context.inputs.lifts.items() if entitled and why.strip())


def _stopping(findings: Iterable[Finding], lifted: frozenset[str]) -> list[Finding]:
    """What stops an act: refusals, and the holds that are not lifted."""
    return [
        f for f in findings if f.severity is Severity.REFUSAL or (f.severity is Severity.HOLD and f.code not in lifted)
    ]


def _decision(
    act: Act, context: Context[Any], target: State, findings: tuple[Finding, ...], evaluation: tuple[Evaluation, ...]
) -> Decision:
    view = context.dossier
    outcome = act.perform(context)
    asked = followed_up(
        act.name,
        view,
        outcome.changes,
        outcome.effects,
        answer=answer_of(context),
        on=context.today,
        call=context.call,
    )
    made = absorbed(view, adjusted(view, asked, act=act.name, on=context.today, call=context.call))
    made, righted = put_right(view, numbered(view, made), act=act.name, on=context.today)
    changes = {name: value for name, value in made.items() if value != getattr(view, name)}
    changes |= {"state": target} if target is not view.state else {}
    changes |= {"last": _last(act, context, changes), "version": view.version + 1}
    after = replace(view, **changes)
    return Decision(
        act=act.name,
        source=view.state,
        target=target,
        changes=changes,
        effects=(*outcome.effects, *righted, *proposed_after(view, after, context.call)),
        findings=findings,
        evaluation=evaluation,
        after=after,
    )


def _last(act: Act, context: Context[Any], changes: Mapping[str, Any]) -> LastAct | None:
    view = context.dossier
    if act.keeps_state:
        if view.last is None:
            return None
        if act.is_mechanical or act.name in RECORDING:
            return view.last  # nobody’s decision stands in the way of no correction
        # what the machine only looks at rests on the decision, and goes on without it
        since = changes.keys() & set(view.last.touched) if context.by.role is Role.CLOCK else changes.keys()
        return replace(view.last, since=tuple(sorted({*view.last.since, *since} - KEPT)))
    if act.name not in CORRECTABLE:
        return None
    touched = tuple(sorted(set(changes) - {"state", *KEPT}))
    return LastAct(act.name, view.version + 1, context.now, view.state, touched)


def fold(draft: Dossier, entries: Iterable[Mapping[str, Any]]) -> Dossier:
    """The dossier that a journal gives: the changes of its entries applied in order."""
    known = {f.name for f in fields(Dossier)}
    view = draft
    for changes in entries:
        view = replace(view, **{name: value for name, value in changes.items() if name in known})
    return view


def explain(view: Dossier, *, by: Actor, call: Call, now: datetime) -> tuple[Possibility, ...]:
    """Every act with what it would answer to this actor now, by the guards that need no form."""
    today = local_day(now, call.authority.zone)
    return tuple(
        _possibility(act, Context(name, view, ActInputs(), by, call, now, today)) for name, act in ACTS.items()
    )


def _possibility(act: Act, context: Context[Any]) -> Possibility:
    view = context.dossier
    targets = (view.state,) if view.state in act.sources else targets_of(act.name, view.state)
    if not targets:
        return Possibility(act, None, allowed=False, held=False, findings=(_wrong_state(act, view.state),))
    target = targets[0] if len(targets) == 1 else None
    entitled = standing(act, context)
    if entitled.findings:
        return Possibility(act, target, allowed=False, held=False, findings=entitled.findings)
    _, findings = _run((g for g in act.guards if not g.reads_inputs), context)
    refused = any(f.severity is Severity.REFUSAL for f in findings)
    held = not refused and any(f.severity is Severity.HOLD for f in findings)
    return Possibility(act, target, allowed=not refused, held=held, findings=tuple(findings))
