"""Guards on the succession of the legal entity of a recruiter."""

from __future__ import annotations

from typing import Any

from workflows.acts.base import Context, guard, input_guard
from workflows.findings import Check, check, refusal
from workflows.french import short_day
from workflows.guards.ledger import SIRET_WRONG
from workflows.identifiers import compact, is_finess, is_siret
from workflows.parts.successions import Succession, corrected, standing

NO_RECRUITER = refusal(
    "no_recruiter",
    "Ce dossier n’a pas d’établissement recruteur.",
    "Vérifiez que c’est le bon dossier : une fois déposé, il ne change plus d’établissements.",
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
OUT_OF_ORDER = refusal(
    "succession_out_of_order",
    "{name} a succédé le {last} : une autre succession ne peut pas être du {since}.",
    "Corrigez la date ; pour rectifier la dernière succession, reprenez son jour ou son entité juridique.",
)
DEED_MISSING = refusal(
    "succession_deed_missing",
    "Une succession repose sur un acte.",
    "Indiquez l’arrêté ou la décision, et sa date.",
)


@guard
def recruiter_known(context: Context[Any]) -> Check:
    """There is a recruiter, which credits were paid to, and which another may succeed (A5)."""
    return check(None if context.dossier.recruiter else NO_RECRUITER())


@input_guard
def heir_sound(context: Context[Any]) -> Check:
    """The new entity has a well-formed number, which is not the present one, and the establishment a name."""
    entity, site = compact(context.inputs.legal_entity), context.dossier.recruiter
    if not is_finess(entity):
        return check(ENTITY_WRONG(entity=entity[:20]))
    mended = corrected(_of_recruiter(context), entity, context.inputs.since)
    moved = mended is not None and mended.on != context.inputs.since
    same = site is not None and site.legal_entity == entity and not moved
    unnamed = not context.inputs.name.strip()
    return check(ENTITY_SAME() if same else None, NAME_MISSING() if unnamed else None, entity=entity)


@input_guard
def since_in_order(context: Context[Any]) -> Check:
    """A succession comes after those that stand; one of the same day, or to the same entity, corrects the last."""
    known, since = _of_recruiter(context), context.inputs.since
    mended = corrected(known, compact(context.inputs.legal_entity), since)
    before = [taken for taken in standing(known) if taken is not mended]
    late = before and since <= before[-1].on
    found = OUT_OF_ORDER(last=short_day(before[-1].on), name=before[-1].name, since=short_day(since)) if late else None
    return check(found, since=since)


def _of_recruiter(context: Context[Any]) -> tuple[Succession, ...]:
    site, known = context.dossier.recruiter, context.dossier.successions
    return tuple(taken for taken in known if site is not None and taken.site == site.id)


@input_guard
def siret_sound(context: Context[Any]) -> Check:
    """The SIRET of the new entity, where it is told, is a right one."""
    siret = compact(context.inputs.siret or "")
    return check(SIRET_WRONG(siret=siret[:20]) if siret and not is_siret(siret) else None)


@input_guard
def deed_given(context: Context[Any]) -> Check:
    """A succession has its deed."""
    return check(None if (context.inputs.deed or "").strip() else DEED_MISSING())
