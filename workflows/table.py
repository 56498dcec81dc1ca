"""The one table of the acts that change the state of a dossier, the same for every call."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.states import State

S = State


@dataclass(frozen=True, slots=True)
class Edge:
    """An act may take a dossier from any of `sources` to `target`."""

    act: str
    sources: tuple[State, ...]
    target: State

    @property
    def trigger(self) -> str:
        """Name of the event in the machine: one per act and target, so that an event has a single outcome."""
        return f"{self.act}>{self.target}"


EDGES: tuple[Edge, ...] = (
    Edge("submit", (S.DRAFT,), S.SUBMITTED),
    Edge("register_received", (S.DRAFT,), S.SUBMITTED),
    Edge("declare_complete", (S.SUBMITTED,), S.COMPLETE),
    Edge("reopen", (S.COMPLETE, S.COMMITTEE), S.SUBMITTED),
    Edge("declare_inadmissible", (S.SUBMITTED, S.COMPLETE, S.COMMITTEE), S.REJECTED),
    Edge("put_to_committee", (S.COMPLETE,), S.COMMITTEE),
    Edge("take_back", (S.COMMITTEE,), S.COMPLETE),
    Edge("select", (S.COMMITTEE, S.RESERVE), S.SELECTED),
    Edge("put_on_reserve", (S.COMMITTEE,), S.RESERVE),
    Edge("reject", (S.COMMITTEE, S.RESERVE), S.REJECTED),
    Edge("notify", (S.SELECTED,), S.NOTIFIED),
    Edge("back_to_reserve", (S.SELECTED, S.NOTIFIED), S.RESERVE),
    Edge("record_start", (S.NOTIFIED,), S.IN_POST),
    Edge(
        "withdraw",
        (S.SUBMITTED, S.COMPLETE, S.COMMITTEE, S.RESERVE, S.SELECTED, S.NOTIFIED, S.IN_POST),
        S.WITHDRAWN,
    ),
    Edge("replace", (S.WITHDRAWN,), S.NOTIFIED),
    Edge("replace", (S.WITHDRAWN,), S.SELECTED),
    Edge("close", (S.WITHDRAWN,), S.ENDED),
    Edge("lapse", (S.NOTIFIED, S.SELECTED), S.REJECTED),
    Edge("reexamine", (S.REJECTED,), S.COMPLETE),
    Edge("reexamine", (S.REJECTED,), S.COMMITTEE),
    Edge("record_end", (S.IN_POST, S.WITHDRAWN), S.ENDED),
    Edge("open_clawback", (S.ENDED,), S.CLAWBACK),
    Edge("settle", (S.CLAWBACK,), S.ENDED),
)

#: Acts that take the last act back: their target is the state it started from.
CORRECTIONS = ("revert", "rectify")

#: Acts whose decision may be taken back by a correction.
CORRECTABLE = frozenset(
    {
        "declare_complete",
        "reopen",
        "declare_inadmissible",
        "put_to_committee",
        "take_back",
        "select",
        "put_on_reserve",
        "reject",
        "notify",
        "back_to_reserve",
        "record_start",
        "withdraw",
        "replace",
        "close",
        "lapse",
        "reexamine",
        "record_end",
    }
)


#: Acts that only record what happened to a letter, or what came, or ask for a letter: no decision rests on them, and
#: none waits for them to be undone.
RECORDING = frozenset({"ask_letter", "file_message", "record_proof", "withdraw_proof"})


#: Acts that leave every fact as it is: a form that was open meanwhile shows nothing that has changed.
FILING = frozenset({"ask_letter", "file_message"})


def correction_edges() -> tuple[Edge, ...]:
    """Every state an act may reach, back to a state it may have started from."""
    pairs = sorted({(e.target, s) for e in EDGES if e.act in CORRECTABLE for s in e.sources if s is not e.target})
    return tuple(Edge(name, (target,), source) for name in CORRECTIONS for target, source in pairs)


ALL_EDGES: tuple[Edge, ...] = EDGES + correction_edges()


def sources_of(act: str) -> frozenset[State]:
    """The states an act may leave; empty for an act that leaves the state as it is."""
    return frozenset(s for e in ALL_EDGES if e.act == act for s in e.sources)


def targets_of(act: str, source: State) -> tuple[State, ...]:
    """The states an act may reach from a state."""
    return tuple(e.target for e in ALL_EDGES if e.act == act and source in e.sources)
