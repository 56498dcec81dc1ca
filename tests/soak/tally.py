"""What a run has seen, and what it still lacks: edges taken, reasons met, and where each came from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from workflows.decide import Decision, Refused
from workflows.dossier import Dossier
from workflows.findings import Severity, declared_reasons
from workflows.parts.places import PlaceStatus
from workflows.states import State
from workflows.table import ALL_EDGES, CORRECTABLE, CORRECTIONS

EdgeKey = tuple[str, State, State]

EDGES: frozenset[EdgeKey] = frozenset((e.act, s, e.target) for e in ALL_EDGES for s in e.sources)
#: (act, state it leaves) -> the edges it may take.
TARGETS: dict[tuple[str, State], tuple[EdgeKey, ...]] = {}
for _edge in sorted(EDGES):
    TARGETS[_edge[:2]] = (*TARGETS.get(_edge[:2], ()), _edge)

#: Codes that may stop an act.
STOPPING = tuple(code for code, reason in declared_reasons().items() if reason.severity is not Severity.WARNING)

#: Codes that no act brings about, and why (`test_driver` proves it): no run waits for them, and none may meet them.
OUT_OF_REACH: dict[str, str] = {
    "preparer_unknown": "only the facts of an older release do not tell who opened the contradictory procedure",
}


def _may_come(edge: EdgeKey, dossier: Dossier) -> bool:
    """Leaves out what cannot come next: a place given back that is not provisional."""
    provisional = dossier.place is not None and dossier.place.status is PlaceStatus.PROVISIONAL
    return edge[0] not in CORRECTIONS and (provisional or edge[0] != "back_to_reserve")


def _wanted(count: int, goal: int, margin: float) -> float:
    """How much something is wanted: a good deal until its goal is met, then a little, up to a margin above it."""
    return max(0.0 if count >= goal else 0.5, 1 - count / (margin * goal))


@dataclass(frozen=True)
class Goals:
    """How often each edge must be taken and each reason met."""

    edge: int = 100
    code: int = 10


@dataclass
class Tally:
    """The counts of a run. `acts`, `stages` and `states`: the reasons met there, so as to go there again."""

    goals: Goals = Goals()
    steps: int = 0
    edges: Counter[EdgeKey] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    worlds: Counter[str] = field(default_factory=Counter)
    acts: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    stages: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    states: defaultdict[State, set[str]] = field(default_factory=lambda: defaultdict(set))

    #: Reasons still wanted, and how much.
    needed: dict[str, float] = field(
        default_factory=lambda: {code: 1.0 for code in STOPPING if code not in OUT_OF_REACH}
    )

    def see(self, stage: str, act: str, answer: Decision | Refused) -> None:
        """Count an answer. A hold that the actor lifted stopped nothing: it is not counted."""
        self.steps += 1
        if isinstance(answer, Decision) and answer.target is not answer.source:
            self.edges[act, answer.source, answer.target] += 1
        for finding in answer.findings:
            if finding.severity is Severity.WARNING:
                self.warnings[finding.code] += 1
            elif isinstance(answer, Refused) and finding.code in answer.codes:
                self.codes[finding.code] += 1
                self._update(finding.code)
                for places, place in ((self.acts, act), (self.stages, stage)):
                    places[place].add(finding.code)
                self.states[answer.source].add(finding.code)

    def add(self, other: Tally) -> None:
        """Count what another run met."""
        self.steps += other.steps
        for mine, theirs in (
            (self.codes, other.codes),
            (self.warnings, other.warnings),
            (self.worlds, other.worlds),
        ):
            mine.update(theirs)
        self.edges.update(other.edges)
        for act, codes in other.acts.items():
            self.acts[act] |= codes
        for stage, codes in other.stages.items():
            self.stages[stage] |= codes
        for state, codes in other.states.items():
            self.states[state] |= codes
        for code in other.codes:
            self._update(code)

    def _update(self, code: str) -> None:
        need = self.code_need(code)
        if need > 0:
            self.needed[code] = need
        else:
            self.needed.pop(code, None)

    # how much something is wanted, from 1 (never seen) to 0 (seen often enough)

    def code_need(self, code: str) -> float:
        """How much a reason is wanted."""
        return _wanted(self.codes[code], self.goals.code, 1.3)

    def edge_need(self, edge: EdgeKey) -> float:
        """How much an edge is wanted for itself."""
        return _wanted(self.edges[edge], self.goals.edge, 1.1)

    def need_through(self, edge: EdgeKey) -> float:
        """How much an edge is wanted, for itself or for what takes it back."""
        act, source, target = edge
        back = [self.edge_need((name, target, source)) for name in CORRECTIONS] if act in CORRECTABLE else []
        return max(self.edge_need(edge), 0.6 * max(back, default=0.0))

    def need_from(self, dossier: Dossier) -> float:
        """How much is wanted of what may happen next to a dossier."""
        state, last = dossier.state, dossier.last
        back = [(name, state, last.source) for name in CORRECTIONS] if last is not None else []
        onward = [edge for (_, source), edges in TARGETS.items() if source is state for edge in edges]
        edges = [self.edge_need(edge) for edge in back if edge in EDGES]
        edges += [self.edge_need(edge) for edge in onward if _may_come(edge, dossier)]
        codes = sum(need for code, need in self.needed.items() if code in self.states[state])
        return max(edges, default=0.0) + min(0.1 * codes, 1.0)

    @property
    def lacks_edges(self) -> bool:
        """True while some edge was not taken often enough."""
        return any(self.edges[edge] < self.goals.edge for edge in EDGES)

    # the verdict

    def lacking(self) -> Iterator[str]:
        """Every edge or reason that was not met often enough, in words, and every one met that none can meet."""
        for act, source, target in sorted(EDGES):
            count = self.edges[act, source, target]
            if count < self.goals.edge:
                yield f"{act}: {source} -> {target}, {count} times of {self.goals.edge}"
        for code in sorted(STOPPING):
            if self.codes[code] < self.goals.code and code not in OUT_OF_REACH:
                yield f"{code}, {self.codes[code]} times of {self.goals.code}"
        for code in sorted(OUT_OF_REACH):
            if self.codes[code]:
                yield f"{code} was said to be out of reach, and was met {self.codes[code]} times"
