"""The freeze of the drafts: after the closing, whoever files changes nothing any more (J1)."""

from __future__ import annotations

from typing import Any

from workflows.actors import DECISION_LEVELS
from workflows.acts.base import Context, guard
from workflows.findings import Check, check, refusal

DRAFT_FROZEN = refusal(
    "draft_frozen",
    "L’appel est clos : {closing}. Le brouillon ne se modifie plus.",
    "Rien n’est effacé. Si le dossier est parvenu à l’agence à temps par une autre voie, écrivez-lui ; une "
    "prolongation rouvrirait le brouillon.",
)


@guard
def draft_open(context: Context[Any]) -> Check:
    """A draft is changed before the closing in force, an excluded instant on the authority’s clock.

    Agents still enter what was received in time by another way; no closing binds a renewal.
    """
    closing = context.call.parameters.closing_at(context.today)
    free = context.by.role in DECISION_LEVELS or context.dossier.is_renewal
    if free or closing.value is None or closing.value.accepts(context.now):
        return check(now=context.now)
    return check(DRAFT_FROZEN.on(closing, closing=closing.value.as_sentence()), now=context.now)
