"""Guards on asking for pieces again."""

from __future__ import annotations

from typing import Any

from workflows.acts.base import Context, input_guard
from workflows.findings import Check, check, warning
from workflows.french import listing
from workflows.guards.filing import known_requirements
from workflows.parts.pieces import PieceState

HERE_ALREADY = warning(
    "piece_here_already",
    "Cette pièce est arrivée et attend son examen : {what}.",
    "Examinez-la d’abord ; la redemander ne se justifie que si elle ne convient pas.",
)


@input_guard
def not_here_yet(context: Context[Any]) -> Check:
    """Asking again for a piece that waits to be read is pointed out."""
    known = known_requirements(context)
    here = {p.key for p in context.dossier.pieces if p.state is PieceState.RECEIVED}
    labels = [known[key].label for key in context.inputs.keys if key in known and key in here]
    return check(HERE_ALREADY(what=listing(labels)) if labels else None)
