"""The table of states and acts as a page of documentation: pure text, made from the table itself."""

from __future__ import annotations

from workflows.acts import ACTS
from workflows.acts.base import Act
from workflows.french import listing, typography
from workflows.states import State
from workflows.table import CORRECTIONS, EDGES, sources_of

_INTRODUCTION = """\
# Les états et les actes

Cette page est produite à partir de la table des règles (`workflows/table.py`, `workflows/acts/`) : elle ne se modifie
pas à la main. `python -m tests.golden` la récrit.

Un dossier demande un poste. Il est toujours dans un seul des douze états ; chaque flèche est un acte, avec la personne
qui en décide. Un appel peut confier un acte à un échelon plus élevé (`decision_levels`), jamais changer les flèches.
"""

_LEGEND = """\
Pour rester lisible, l’image ne montre pas les corrections : le dernier acte peut être annulé tant que rien n’en est
parti, puis rectifié ; le dossier revient alors à l’état d’où l’acte était parti.
"""


def page() -> str:
    """The whole page, in Markdown."""
    parts = [
        _INTRODUCTION,
        "## Le parcours\n",
        f"```mermaid\n{mermaid()}```\n",
        _LEGEND,
        "## Les actes qui changent l’état\n",
        _table(moving_rows()),
        "## Les actes qui laissent l’état\n",
        _table(keeping_rows()),
    ]
    return "\n".join(parts)


def mermaid() -> str:
    """The diagram of the states, in Mermaid; corrections left out."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{state.label}" as {state.value}' for state in State]
    lines.append(f"    [*] --> {State.DRAFT.value}")
    labels: dict[tuple[State, State], list[str]] = {}
    for edge in EDGES:
        for source in edge.sources:
            labels.setdefault((source, edge.target), []).append(ACTS[edge.act].label)
    for (source, target), acts in labels.items():
        lines.append(f"    {source.value} --> {target.value}: {' / '.join(acts)}")
    lines.append(f"    {State.ENDED.value} --> [*]")
    return "\n".join(lines) + "\n"


def moving_rows() -> list[tuple[str, str, str, str]]:
    """Label, source states, target states and deciders of each act that changes the state."""
    rows = []
    for act in ACTS.values():
        if act.keeps_state:
            continue
        if act.name in CORRECTIONS:
            to = "l’état d’où le dernier acte était parti"
        else:
            to = listing(list(dict.fromkeys(e.target.label for e in EDGES if e.act == act.name)), last="ou")
        rows.append((f"{act.label} (`{act.name}`)", _states(sources_of(act.name)), to, _who(act)))
    return rows


def keeping_rows() -> list[tuple[str, str, str]]:
    """Label, states and doers of each act that leaves the state as it is."""
    return [
        (f"{act.label} (`{act.name}`)", _states(frozenset(act.sources)), _who(act))
        for act in ACTS.values()
        if act.keeps_state
    ]


def _states(states: frozenset[State]) -> str:
    """States in the order of a dossier’s life; short when only a few are missing."""
    absent = [s.label for s in State if s not in states]
    if not absent:
        return "Tous"
    if len(absent) <= len(State) // 4:
        return f"Tous sauf {listing(absent)}"
    return ", ".join(s.label for s in State if s in states)


def _who(act: Act) -> str:
    words = [word for who in act.who for word in who.label.split(" ou ")]
    return listing(dict.fromkeys(words), last="ou")


_HEADS = {4: ("Acte", "Depuis", "Vers", "Qui décide"), 3: ("Acte", "Aux états", "Qui l’accomplit")}


def _table(rows: list[tuple[str, str, str, str]] | list[tuple[str, str, str]]) -> str:
    head = _HEADS[len(rows[0])]
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(typography(cell) for cell in line)} |\n" for line in lines)
