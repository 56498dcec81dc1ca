"""Guards on places: an award takes one in every nested quota, in the same decision."""

from __future__ import annotations

from typing import Any

from workflows.acts.base import Context, guard
from workflows.dossier import Dossier
from workflows.findings import Check, Finding, check, hold, refusal, warning
from workflows.french import count, short_day
from workflows.parts.places import PlaceStatus, QuotaUse, quotas_of
from workflows.table import CORRECTIONS

NO_PLACE = refusal(
    "no_place_left",
    "Plus de place : « {label} » compte {taken} sur {places}.",
    "Attendez qu’une place revienne, ou inscrivez le dossier sur la liste complémentaire.",
)
PLACES_EARMARKED = hold(
    "places_earmarked",
    "Les places qui restent dans « {label} » ({left}) sont réservées à un établissement ou à une spécialité.",
    "Retenez un dossier qu’elles concernent ; un responsable peut lever la réserve avec un motif.",
)
QUOTA_UNKNOWN = warning(
    "quota_unknown",
    "Le nombre de postes de « {label} » n’est pas encore connu : la place est provisoire.",
    "L’attribution se fait sous réserve de délégation.",
    rule="A18",
)
QUOTA_NOT_CONFIRMED = warning(
    "quota_not_confirmed",
    "La place n’est pas confirmée : l’attribution reste sous réserve de délégation.",
    "Confirmez la place quand le contingent est connu.",
    rule="A18",
)
PLACE_NOT_PROVISIONAL = refusal(
    "place_not_provisional",
    "La place de ce dossier est déjà {status}.",
    "Rien n’est à faire pour la place.",
)
QUOTA_STILL_UNKNOWN = refusal(
    "quota_still_unknown",
    "Le nombre de postes de « {label} » n’est toujours pas connu.",
    "Faites-le compléter dans le fichier de l’appel : la partie « Places » de la page Budget dit par qui et comment.",
)
QUOTA_EXCEEDED = refusal(
    "quota_exceeded",
    "« {label} » compte {taken} pour {places} : la place ne peut pas être confirmée.",
    "Remettez un dossier sur la liste complémentaire, en suivant le classement.",
)
QUOTA_LARGE_ENOUGH = refusal(
    "quota_large_enough",
    "Le contingent suffit à ce dossier : rien n’impose de le remettre sur la liste complémentaire.",
    "Confirmez sa place.",
)

AWARD_FIRM = refusal(
    "award_is_firm",
    "La décision du {notified_on} a été notifiée sans réserve : un contingent qui baisse ne la reprend pas.",
    "Pour la retirer, envoyez un courrier contradictoire, puis constatez la caducité.",
    rule="CRPA art. L. 122-1",
)
QUOTAS_UNMOVED = refusal(
    "quotas_unmoved",
    "La place de ce dossier est déjà comptée dans les contingents en vigueur.",
    "Rien n’est à faire pour la place.",
)


def quotas_now(context: Context[Any]) -> tuple[str, ...]:
    """Ids of the quotas in force that the dossier counts in."""
    dossier = context.dossier
    found = quotas_of(
        context.call.parameters.quotas, category=dossier.category, specialty=dossier.specialty, sites=dossier.sites
    )
    return tuple(quota.id for quota in found)


@guard
def quotas_moved(context: Context[Any]) -> Check:
    """A quota arrived or changed: the place is counted in others than those in force, or one of them is exceeded."""
    place = context.dossier.place
    held, now = place.quotas if place else (), quotas_now(context)
    right = place is None or (held == now and not shaken(context))
    return check(QUOTAS_UNMOVED() if right else None, held=list(held), now=list(now))


def no_place(use: QuotaUse) -> Finding:
    """What a full quota says."""
    return NO_PLACE(use.rule, label=use.label, taken=_taken(use), places=use.places)


def _taken(use: QuotaUse) -> str:
    return count(use.taken, "poste retenu", "postes retenus")


def exceeded(context: Context[Any]) -> bool:
    """True when a quota of the dossier holds fewer places than are taken in it."""
    return any(use.places is not None and use.taken > use.places for use in context.dossier.around.quotas)


def shaken(context: Context[Any]) -> bool:
    """True for a confirmed place that persons sort out: its quota was lowered, and its award is not firm (A18)."""
    place, award = context.dossier.place, context.dossier.award
    firm = award is not None and award.is_firm
    return place is not None and place.status is PlaceStatus.CONFIRMED and not firm and exceeded(context)


def takes_place(act: str, dossier: Dossier) -> bool:
    """True when an act that may take a place does: the dossier has none, and a correction gives it its own back."""
    before = dossier.around.before_last
    back = act not in CORRECTIONS or (before is not None and before.place is not None)
    return dossier.place is None and back


@guard
def place_left(context: Context[Any]) -> Check:
    """A place is left in every quota the dossier counts in; an unknown quota gives a provisional place (A18).

    Places earmarked for others are left to them, unless a head says otherwise.
    """
    if context.dossier.place is not None:
        return check(place=context.dossier.place.status)
    if not takes_place(context.act, context.dossier):
        return check()
    found: list[Finding] = []
    for use in context.dossier.around.quotas:
        if use.places is None:
            found.append(QUOTA_UNKNOWN(label=use.label))
        elif use.taken >= use.places:
            found.append(no_place(use))
        elif use.taken + use.kept >= use.places:
            found.append(PLACES_EARMARKED(use.rule, label=use.label, left=use.places - use.taken))
    return check(found, quotas={u.id: (u.taken, u.places) for u in context.dossier.around.quotas})


@guard
def place_confirmed(context: Context[Any]) -> Check:
    """The quota is known and the place confirmed, else the award stays under reserve (A18)."""
    place = context.dossier.place
    provisional = place is not None and place.status is PlaceStatus.PROVISIONAL
    return check(QUOTA_NOT_CONFIRMED() if provisional else None)


def _provisional(context: Context[Any]) -> Check:
    place = context.dossier.place
    if place is not None and place.status is PlaceStatus.PROVISIONAL:
        return check(status=place.status)
    return check(PLACE_NOT_PROVISIONAL(status=place.status.label if place else "rendue"))


@guard
def place_provisional(context: Context[Any]) -> Check:
    """The place is provisional."""
    return _provisional(context)


@guard
def place_may_return(context: Context[Any]) -> Check:
    """The place is provisional, and nobody was told that the award is firm (A18)."""
    award = context.dossier.award
    if award is not None and award.is_firm and award.notified_on is not None:
        return check(AWARD_FIRM(notified_on=short_day(award.notified_on)))
    return _provisional(context)


@guard
def quota_covers(context: Context[Any]) -> Check:
    """Every quota is known now and covers the places taken in it."""
    found: list[Finding] = []
    for use in context.dossier.around.quotas:
        if use.places is None:
            found.append(QUOTA_STILL_UNKNOWN(label=use.label))
        elif use.taken > use.places:
            found.append(QUOTA_EXCEEDED(use.rule, label=use.label, taken=_taken(use), places=use.places))
    return check(found)


@guard
def quota_too_small(context: Context[Any]) -> Check:
    """A quota came out smaller than the places taken in it."""
    return check(None if exceeded(context) else QUOTA_LARGE_ENOUGH())
