"""Guards on the succession of the legal entity of a recruiter."""

from __future__ import annotations

from typing import Any

from workflows.acts.base import Context, guard, input_guard
from workflows.findings import Check, check, refusal
from workflows.identifiers import compact, is_finess

NO_RECRUITER = refusal(
    "no_recruiter",
    "Ce dossier n’a pas d’établissement recruteur.",
    "Complétez d’abord le dossier.",
)
ENTITY_WRONG = refusal(
    "entity_malformed",
    "« {entity} » n’est pas un numéro FINESS : neuf caractères, dont une clé de contrôle.",
    "Recopiez le numéro de l’entité juridique.",
)
ENTITY_SAME = refusal(
    "entity_unchanged",
    "L’établissement recruteur dépend déjà de cette entité juridique.",
    "Indiquez l’entité qui lui succède.",
)
NAME_MISSING = refusal("entity_unnamed", "L’établissement doit garder un nom.", "Indiquez son nom désormais.")
DEED_MISSING = refusal(
    "succession_deed_missing",
    "Une succession repose sur un acte.",
    "Indiquez l’arrêté ou la décision, et sa date.",
)


@guard
def recruiter_known(context: Context[Any]) -> Check:
    """There is a recruiter to succeed."""
    return check(None if context.dossier.recruiter else NO_RECRUITER())


@input_guard
def heir_sound(context: Context[Any]) -> Check:
    """The new entity has a well-formed number, which is not the present one, and the establishment a name."""
    entity, site = compact(context.inputs.legal_entity), context.dossier.recruiter
    if not is_finess(entity):
        return check(ENTITY_WRONG(entity=entity[:20]))
    same = site is not None and site.legal_entity == entity
    unnamed = not context.inputs.name.strip()
    return check(ENTITY_SAME() if same else None, NAME_MISSING() if unnamed else None, entity=entity)


@input_guard
def deed_given(context: Context[Any]) -> Check:
    """A succession has its deed."""
    return check(None if (context.inputs.deed or "").strip() else DEED_MISSING())
