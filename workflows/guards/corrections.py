"""Guards of corrections: taking the last act back before, or after, something of it left the house."""

from __future__ import annotations

from typing import Any

from workflows.acts.base import Context, guard, input_guard
from workflows.findings import Check, check, refusal, warning
from workflows.french import listing, short_day
from workflows.parts.departures import Departure
from workflows.proofs import proven_of
from workflows.table import CORRECTABLE

NOTHING_TO_CORRECT = refusal(
    "nothing_to_correct",
    "Aucune décision récente ne peut être reprise.",
    "Consultez l’historique : seule la dernière décision peut l’être.",
)
LEFT_THE_HOUSE = refusal(
    "left_the_house",
    "Un courrier de cette décision est déjà parti.",
    "Faites une rectification : elle produit le courrier qui corrige le premier.",
)
STILL_IN_THE_HOUSE = refusal(
    "still_in_the_house",
    "Rien de cette décision n’est encore parti.",
    "Annulez-la simplement : aucun courrier rectificatif n’est nécessaire.",
)
FACTS_SINCE = refusal(
    "facts_since",
    "D’autres faits ont été enregistrés depuis : {what}.",
    "Corrigez d’abord ces faits.",
)
LEGAL_BASIS_MISSING = refusal(
    "legal_basis_missing",
    "Une rectification cite son fondement.",
    "Écrivez l’article ou la règle qui la fonde.",
)
DEPARTURE_OVER = warning(
    "departure_over",
    "Le départ était annoncé pour le {effective} : il ne sera plus annoncé.",
    "S’il a lieu, enregistrez-le, ou annoncez-le pour un autre jour.",
)

_MEMBERS = {
    "award": "l’attribution",
    "candidate": "le candidat",
    "committee": "l’avis de la commission",
    "departure": "un départ annoncé",
    "money_notice": "la notification financière",
    "notice": "un courrier contradictoire",
    "pause": "des rappels mis en attente",
    "piece_requests": "une demande de pièces",
    "pieces": "des pièces",
    "place": "la place",
    "presence_confirmed_on": "la présence",
    "renewed_by": "un renouvellement",
    "repayments": "un reversement",
    "requests": "une demande",
    "reserve": "la liste complémentaire",
    "silence": "le délai de silence",
    "sites": "les établissements",
    "start_ground": "un report",
    "successions": "la succession du recruteur",
    "deferred_from": "un report",
    "tenures": "les périodes servies",
    "tranches": "une tranche",
}

#: Facts that rest on the last decision without touching what it touched: it cannot be pulled from under them.
_RESTING = frozenset({"departure", "money_notice", "notice", "place", "renewed_by", "repayments", "tranches"})


def _correctable_act(context: Context[Any]) -> bool:
    last = context.dossier.last
    return last is not None and last.act in CORRECTABLE


@guard
def correctable(context: Context[Any]) -> Check:
    """The last change of state may be taken back: nothing it touched was touched since, and nothing rests on it."""
    last = context.dossier.last
    if last is None or not _correctable_act(context):
        return check(NOTHING_TO_CORRECT())
    since = set(last.since)
    facts = sorted((since & set(last.touched)) | (since & _RESTING))
    words = dict.fromkeys(_MEMBERS.get(name, name) for name in facts)
    return check(FACTS_SINCE(what=listing(words)) if facts else None, facts=tuple(facts))


def _left(context: Context[Any]) -> bool:
    """Something of the last act has left: the machine sent it, or somebody is known to have received it."""
    dossier = context.dossier
    received = dossier.last is not None and proven_of(dossier, dossier.last.entry)
    return received or dossier.around.last_act_left_house


@guard
def nothing_left(context: Context[Any]) -> Check:
    """No effect of the last act has left the house."""
    left = _correctable_act(context) and _left(context)
    return check(LEFT_THE_HOUSE() if left else None)


@guard
def something_left(context: Context[Any]) -> Check:
    """Something of the last act has left the house."""
    inside = _correctable_act(context) and not _left(context)
    return check(STILL_IN_THE_HOUSE() if inside else None)


@input_guard
def legal_basis_given(context: Context[Any]) -> Check:
    """A rectification cites its legal basis."""
    return check(None if context.inputs.legal_basis else LEGAL_BASIS_MISSING())


def departure_over(context: Context[Any]) -> Departure | None:
    """The announced departure that a correction does not bring back: its day has come, and the machine carries it out
    once. With a replacement agreed it comes back all the same, for somebody to record.
    """
    last, before = context.dossier.last, context.dossier.around.before_last
    departure = before.departure if before and last and "departure" in last.touched else None
    if departure is None or departure.replacement is not None:
        return None
    return departure if departure.dates.effective_on <= context.today else None


@guard
def departure_told(context: Context[Any]) -> Check:
    """A departure that was announced, and whose day has come, is announced no more once it is taken back."""
    over = departure_over(context) if _correctable_act(context) else None
    return check(DEPARTURE_OVER(effective=short_day(over.dates.effective_on)) if over else None)
