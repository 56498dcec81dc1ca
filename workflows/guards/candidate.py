"""Gates on the candidate, each checked at its moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from workflows.calls.gates import CandidateGate, Comparison, Moment
from workflows.calls.model import Call
from workflows.findings import Finding, refusal
from workflows.french import short_day
from workflows.parts.candidates import Candidate

CANDIDATE_UNKNOWN_FACT = refusal(
    "candidate_fact_unknown",
    "Personne n’a encore indiqué, pour le candidat, {fact}.",
    "Demandez cette information au candidat ou au recruteur.",
)
CANDIDATE_LACKS = refusal(
    "candidate_lacks",
    "Le candidat n’a pas {fact}, que l’appel exige.",
    "Vérifiez le justificatif ; sans lui, proposez une autre personne.",
)
CANDIDATE_HAS = refusal(
    "candidate_has",
    "Le candidat a {fact}, que l’appel écarte.",
    "Vérifiez le justificatif, ou proposez une autre personne.",
)
CANDIDATE_TOO_LATE = refusal(
    "candidate_too_late",
    "Pour {fact}, le {actual} est après le {reference} fixé par l’appel.",
    "Proposez une personne qui remplit la condition.",
)
CANDIDATE_TOO_EARLY = refusal(
    "candidate_too_early",
    "Pour {fact}, le {actual} est avant le {reference} fixé par l’appel.",
    "Proposez une personne qui remplit la condition.",
)


def candidate_findings(candidate: Candidate, call: Call, moment: Moment) -> Iterator[Finding]:
    """What the candidate fails among the gates of the call to be checked at this moment."""
    for gate in call.clauses.gates.candidate:
        if gate.moment is moment and gate.comparison.is_known:
            yield from _candidate_gate(candidate, gate)


def _candidate_gate(candidate: Candidate, gate: CandidateGate) -> Iterator[Finding]:
    actual: Any = getattr(candidate, gate.fact.value)
    comparison, fact = gate.comparison.needed, gate.fact.label
    if actual is None:
        yield CANDIDATE_UNKNOWN_FACT.on(gate.comparison, fact=fact)
    elif comparison is Comparison.IS_TRUE and not actual:
        yield CANDIDATE_LACKS.on(gate.comparison, fact=fact)
    elif comparison is Comparison.IS_FALSE and actual:
        yield CANDIDATE_HAS.on(gate.comparison, fact=fact)
    elif isinstance(actual, date):
        yield from _dated(actual, gate)


def _dated(actual: date, gate: CandidateGate) -> Iterator[Finding]:
    if gate.reference is None or gate.reference.value is None:
        return
    reference = gate.reference.value
    words = {"fact": gate.fact.label, "actual": short_day(actual), "reference": short_day(reference)}
    if gate.comparison.value is Comparison.ON_OR_BEFORE and actual > reference:
        yield CANDIDATE_TOO_LATE.on(gate.reference, **words)
    if gate.comparison.value is Comparison.ON_OR_AFTER and actual < reference:
        yield CANDIDATE_TOO_EARLY.on(gate.reference, **words)
