"""Amounts of an account and of what comes back: paid, taken back, decided, relieved, claimed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from tests.nominal_money import payee_on
from tests.soak.world import Scene
from workflows.account.correcting import correctable
from workflows.calls.funding import Vehicle
from workflows.dossier import Dossier
from workflows.parts.claims import ClaimState
from workflows.parts.reliefs import Relief
from workflows.parts.repayment_steps import REPAYMENT_MOVES
from workflows.repaying.liquidation import liquidation

Values = dict[str, Any]

_CENT = Decimal("0.01")
_WAYS = (None, *Vehicle)


def part(rng: Random, whole: Decimal) -> Decimal:
    """Some cents of an amount, at least one."""
    return max(_CENT, (whole * rng.randint(5, 100) / 100).quantize(_CENT)) if whole > 0 else _CENT


def one_of_several(rng: Random, dossier: Dossier, act: str) -> str | None:
    """Which repayment an act is about, mostly said where it fits several; the present one among them, mostly."""
    fitting = [r.cause for r in dossier.repayments if act in REPAYMENT_MOVES and r.allows(act)]
    if len(fitting) < 2 or rng.random() < 0.1:
        return None
    present = dossier.repayment
    return present.cause if present and present.cause in fitting and rng.random() < 0.8 else rng.choice(fitting)


def tranche_paid(rng: Random, _: Any, scene: Scene, nominal_values: Values) -> Values:
    """The whole of a tranche or a part of it; today, or since it was notified."""
    credit = rng.choice([c for c in scene.dossier.credits if c.to_pay > 0] or [None])
    if credit is None:
        return {}
    amount = credit.to_pay if rng.random() < 0.6 else part(rng, credit.to_pay)
    late = max((scene.today - credit.notified_on).days, 0)
    paid_on = None if rng.random() < 0.6 else scene.today - timedelta(days=rng.randint(0, late))
    payee = payee_on(scene, paid_on or scene.today)
    return {"tranche": credit.id, "amount": amount, "paid_on": paid_on, "legal_entity": payee}


def tranche_reduced(rng: Random, _: Any, __: Scene, nominal_values: Values) -> Values:
    """A part of what is left of a tranche."""
    return {"amount": part(rng, nominal_values["amount"])}


def account_opened(rng: Random, _: Any, scene: Scene, ___: Values) -> Values:
    """A tranche notified elsewhere, and what was paid of it."""
    notified, on = Decimal(rng.randint(1, 6_000_000)) / 100, scene.today - timedelta(days=rng.randint(0, 40))
    before = timedelta(days=rng.randint(0, 500))
    return {"notified": notified, "paid": part(rng, notified), "on": on, "notified_on": on - before}


def entry_corrected(rng: Random, _: Any, scene: Scene, ___: Values) -> Values:
    """Any entry that may be taken back."""
    entries = correctable(scene.dossier)
    return {"entry": rng.choice(entries).id} if entries and rng.random() < 0.7 else {}


def decision(rng: Random, _: Any, scene: Scene, ___: Values) -> Values:
    """What was announced or what is due today, or a part; mostly by a title; the hearing asked for was held, mostly."""
    current = scene.dossier.repayment
    proposed = current.proposed if current else Decimal(1000)
    if current is not None and rng.random() < 0.4:
        proposed = liquidation(scene.dossier, scene.call, current).amount
    heard_on = scene.today if current and current.hearing_asked_on and rng.random() < 0.8 else None
    amount = part(rng, proposed) if rng.random() < 0.4 else proposed
    return {"amount": amount, "heard_on": heard_on} | ({"vehicle": rng.choice(_WAYS)} if rng.random() < 0.2 else {})


def _outstanding(scene: Scene) -> Decimal:
    current = scene.dossier.repayment
    return current.outstanding if current is not None and current.decided is not None else Decimal(1000)


def repaid(rng: Random, _: Any, scene: Scene, ___: Values) -> Values:
    """What is left, or a part of it."""
    left = _outstanding(scene)
    return {"amount": left if rng.random() < 0.6 and left > 0 else part(rng, left)}


def relief_prepared(rng: Random, stage: Any, scene: Scene, values: Values) -> Values:
    """What may be prepared now, mostly; else any relief."""
    relief = values["relief"] if rng.random() < 0.3 else rng.choice(list(Relief))
    abandons = relief is Relief.ABANDONED
    return {"relief": relief, "amount": None if abandons else repaid(rng, stage, scene, values)["amount"]}


def relief_granted(rng: Random, _: Any, scene: Scene, ___: Values) -> Values:
    """What was prepared, or a part of it."""
    current = scene.dossier.repayment
    prepared = (current.relief.amount if current and current.relief else None) or _outstanding(scene)
    return {"amount": prepared if rng.random() < 0.7 and prepared > 0 else part(rng, prepared)}


def claim_answered(rng: Random, _: Any, scene: Scene, ___: Values) -> Values:
    """Any answer to the claim that waits."""
    current = scene.dossier.repayment
    claim = current.open_claim if current else None
    outcome = rng.choice([ClaimState.ACCEPTED, ClaimState.REDUCED, ClaimState.REJECTED])
    whole = claim.contested if claim else Decimal(1000)
    return {"outcome": outcome, "granted": part(rng, whole) if outcome is ClaimState.REDUCED else None}


def other_way(rng: Random, _: Any, scene: Scene, ___: Values) -> Values:
    """Any vehicle, with its deed mostly; mostly a title for the rest of what came back otherwise in part."""
    current = scene.dossier.repayment
    rest = current is not None and current.repaid > 0 and rng.random() < 0.7
    vehicle = Vehicle.TITLE if rest else rng.choice(list(Vehicle))
    return {"vehicle": vehicle, "deed": "DM-2026-7" if rng.random() < 0.8 else None}
