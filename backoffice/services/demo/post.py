"""What the post brings back: the proofs of receipt of the letters that the stories had sent."""

from __future__ import annotations

from datetime import timedelta

from backoffice.services.demo.life import Life
from workflows.parts.receipts import ProofChannel, Receipt
from workflows.proofs import pending

#: A registered letter is handed over after so many days; its slip is back and recorded some days later.
_ON_THE_WAY = timedelta(days=2)
_BACK = timedelta(days=6)


def came_back(life: Life) -> None:
    """The instructor records the slips that have come back since, all but those the post lost; the last letters still
    wait for theirs.
    """
    if not life.is_open:
        return
    for receipt in pending(life.view):
        if receipt.asked_on + _BACK <= life.today and receipt.to not in life.lost:
            _record(life, receipt, ProofChannel.REGISTERED, f"Recommandé 2C 000 {receipt.entry:03}", _ON_THE_WAY)


def signed_for(life: Life) -> None:
    """The letters sent today are handed over against a signature."""
    for receipt in pending(life.view):
        if receipt.asked_on == life.today:
            _record(life, receipt, ProofChannel.HAND, "Décharge signée le jour même", timedelta())


def _record(life: Life, receipt: Receipt, channel: ProofChannel, evidence: str, after: timedelta) -> None:
    on = receipt.asked_on + after
    life.do("record_proof", life.instructor, receipt=receipt.id, channel=channel, received_on=on, evidence=evidence)
