"""A call as French sentences, each with its rule and where its value comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from workflows.calls.explain.budget import budget
from workflows.calls.explain.decision import committee, deciders, quotas
from workflows.calls.explain.filing import about, closing, depositors
from workflows.calls.explain.jobs import jobs
from workflows.calls.explain.life import deferral, early_end, renewal, replacement
from workflows.calls.explain.lines import Line, Section
from workflows.calls.explain.money import money
from workflows.calls.explain.pieces import pieces
from workflows.calls.explain.project import candidates, contract, establishments, time_share
from workflows.calls.model import Call
from workflows.calls.sources import Origin

__all__ = ["SILENCES", "Line", "Section", "sentences"]

#: The title of the section that gathers what the call leaves unknown.
SILENCES = "Ce que l’appel ne dit pas"

_PARTS: tuple[tuple[str, Callable[[Call], Iterator[Line]]], ...] = (
    ("L’appel", about),
    ("Qui peut déposer", depositors),
    ("Jusqu’à quand", closing),
    ("Les établissements", establishments),
    ("Le temps partagé", time_share),
    ("La spécialité et le candidat", candidates),
    ("La durée et la prise de fonctions", contract),
    ("Pièces", pieces),
    ("Commission et décision", committee),
    ("Financement", money),
    ("Désistement et remplacement", replacement),
    ("Report", deferral),
    ("Fin anticipée et reversement", early_end),
    ("Renouvellement", renewal),
    ("Quotas", quotas),
    ("Crédits", budget),
    ("Ce que la machine rappelle d’elle-même", jobs),
)

_NO_LABEL: Mapping[str, str] = MappingProxyType({})


def sentences(call: Call, act_labels: Mapping[str, str] = _NO_LABEL) -> tuple[Section, ...]:
    """Everything a call holds, in the order an instructor looks for it; what it leaves unknown comes last.

    `act_labels`: the French label of each act, by name; an act without label is shown by its name.
    """
    told = {title: tuple(lines(call)) for title, lines in _PARTS}
    told["Qui décide"] = tuple(deciders(call, act_labels))
    silent = tuple(line for lines in told.values() for line in lines if line.origin is Origin.UNKNOWN)
    known = {title: tuple(x for x in lines if x.origin is not Origin.UNKNOWN) for title, lines in told.items()}
    return tuple(Section(title, lines) for title, lines in {**known, SILENCES: silent}.items() if lines)
