"""The legal clocks of a dossier as a page shows them: what waits for a proof of receipt, what runs, what is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import url_for

from backoffice.web.addressees import is_for, name_of
from backoffice.web.letters import is_addressed_to
from backoffice.web.reader import Page
from workflows.acts import ACTS
from workflows.describe import letter_name
from workflows.dossier import Dossier
from workflows.french import listing, short_day, typography, unbroken
from workflows.guards.common import may
from workflows.legal_clocks import ClockKind, LegalClock, legal_clocks
from workflows.parts.receipts import OFFER, PIECES, Receipt
from workflows.proofs import pending
from workflows.silence_words import refusal

_PROOF = "record_proof"


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One legal clock: what runs, on which letter and for whom, where it stands, on what it rests.

    `proof`: how the receipt is proven, for agents. `prove`: where the proof is recorded, while it is awaited.
    """

    what: str
    letter: str
    to: str
    stands: str
    rule: str
    tone: str = ""
    distant: str = ""
    proof: str = ""
    prove: str | None = None


def clock_lines(
    page: Page, wanted: Callable[[LegalClock, Receipt | None], bool] | None = None, **back: Any
) -> list[ClockLine]:
    """The legal clocks of a dossier that its visitor may read; those that wait for a proof first.

    `wanted`: those to give, all unless it is said. `back`: where a form leads back to, as its address says.
    """
    proves, seen = may(ACTS[_PROOF], page.facts, page.visitor.actor, page.call), set[str]()
    found: list[ClockLine] = []
    for known in legal_clocks(page.facts, page.call, page.today):
        # what the agency cannot prove is its own business, as among the clocks of the page
        clock = known if page.visitor.is_agent else replace(known, earlier=None)
        receipt = page.facts.receipt(clock.receipt)
        if not _shown(page, clock, receipt) or (wanted is not None and not wanted(clock, receipt)):
            continue
        asks = proves and receipt is not None and receipt.is_awaited and receipt.id not in seen
        line = _line(page, clock, receipt)
        prove = url_for("acts.form", number=page.view.number, name=_PROOF, receipt=clock.receipt, **back)
        found.append(replace(line, prove=prove) if asks else line)
        seen |= {receipt.id} if receipt else set()
    return found


def started(page: Page, after: Dossier) -> list[str]:
    """The legal clocks that start, stop or move once a dossier is as `after`, one sentence each, for its visitor."""
    before = {(c.kind, c.receipt, c.about): c.starts_on for c in legal_clocks(page.facts, page.call, page.today)}
    found = []
    for clock in legal_clocks(after, page.call, page.today):
        receipt, key = after.receipt(clock.receipt), (clock.kind, clock.receipt, clock.about)
        if key in before and before[key] != clock.starts_on and _shown(page, clock, receipt):
            whom = f" ({name_of(page, receipt)})" if receipt else ""
            told = _told(clock, receipt, page.today)
            found.append(unbroken(typography(f"{clock.kind.label.capitalize()}{whom} : {told}")))
    return found


def _told(clock: LegalClock, receipt: Receipt | None, today: date) -> str:
    stands = _stands(clock, receipt, today)
    return stands[:1].lower() + stands[1:]


def awaited(page: Page) -> int:
    """How many letters of a dossier wait for a proof of receipt, for agents; others record none."""
    return len(pending(page.facts)) if page.visitor.is_agent else 0


def _shown(page: Page, clock: LegalClock, receipt: Receipt | None) -> bool:
    if page.visitor.is_agent or receipt is None:
        return page.visitor.is_agent or clock.kind is ClockKind.SILENCE or (clock.about is not None and page.sees_money)
    if receipt.party is not None:
        return is_for(page, receipt)
    entry = next((e for e in page.past.entries if e.seq == receipt.entry), None)
    return entry is not None and is_addressed_to(page, receipt.to.value, entry.id, entry.at)


def _line(page: Page, clock: LegalClock, receipt: Receipt | None) -> ClockLine:
    left = _left(page, receipt) if clock.waiting_since and receipt else ""
    return ClockLine(
        clock.kind.label.capitalize(),
        typography(letter_name(clock.letter)).capitalize() if clock.letter else "",
        name_of(page, receipt) if receipt else "",
        unbroken(typography(_stands(clock, receipt, page.today, left))),
        clock.rule,
        _tone(clock, page.today),
        _distant(clock),
        _proof(page, receipt),
    )


def _left(page: Page, receipt: Receipt) -> str:
    """What is known of the sending of a letter whose receipt is awaited; empty when nothing is."""
    entry = next((e.id for e in page.past.entries if e.seq == receipt.entry), None)
    about = (entry, receipt.letter)
    asked = [(due, made) for due, made in page.correspondence.letters if (due.entry, due.code) == about]
    sent = [letter.sent_on for _, made in asked for letter in made if letter.party == receipt.party and letter.sent_on]
    if sent:
        return f"elle a été envoyée le {short_day(max(sent))}"
    elsewhere = any(due.elsewhere_at and due.addressee == receipt.to.value for due, _ in asked)
    return "elle est écrite hors de l’application" if elsewhere else ""


def _stands(clock: LegalClock, receipt: Receipt | None, today: date, left: str = "") -> str:
    """Where a clock stands, in a sentence. `left`: what is known of the sending of its letter."""
    last = f" La date imprimée reste le {short_day(clock.until)}." if clock.until else ""
    if clock.waiting_since is not None:
        return f"Délai non parti : {_unsent(clock, clock.waiting_since, left)}.{last}"
    if clock.answered:
        return "Réponse reçue."
    if clock.starts_on is None or clock.until is None:
        return ""
    if clock.kind is ClockKind.SILENCE and (clock.stopped or (clock.earlier and not clock.over)):
        told = refusal(clock.until, clock.earlier, today, stopped=clock.stopped)
        verb = "Suspendu, parti le" if clock.stopped else "Court depuis le"
        return f"{verb} {short_day(clock.starts_on)} : {told}."
    verb = "A couru" if clock.over else "Court"
    shown = receipt is not None and receipt.received_on is None
    tail = ", date de la réponse qui montre la réception" if shown else ""
    return f"{verb} du {short_day(clock.starts_on)} au {short_day(clock.until)}{tail}."


def _unsent(clock: LegalClock, since: date, left: str) -> str:
    """What is awaited before a clock starts. A mail leaves by itself; a letter, by a person’s hand."""
    asked = f"preuve de réception attendue depuis le {short_day(since)}"
    if clock.kind is ClockKind.CLAIM and clock.letter is None:
        return "rien ne dit encore que le débiteur a reçu le titre"
    if clock.letter in {PIECES, OFFER}:
        return asked
    return f"{asked}, jour où la lettre a été demandée ; {left or 'elle est à signer et à envoyer'}"


def _tone(clock: LegalClock, today: date) -> str:
    if clock.waiting_since is not None:
        return "soon"
    first = clock.earlier or clock.until
    return "late" if clock.kind is ClockKind.SILENCE and first is not None and first <= today else ""


def _distant(clock: LegalClock) -> str:
    """The last day of who lives far from the court, which the machine does not know (CJA R.421-7)."""
    if clock.kind is not ClockKind.COURT or not clock.distant:
        return ""
    overseas, abroad = clock.distant
    found = [f"{short_day(overseas)} outre-mer ou hors du territoire de la juridiction"]
    found.append(f"{short_day(abroad)} à l’étranger")
    return unbroken(typography(f"Délai de distance possible : {listing(found, last='ou')} (CJA art. R. 421-7)."))


def _proof(page: Page, receipt: Receipt | None) -> str:
    if receipt is None or receipt.channel is None or receipt.received_on is None or not page.visitor.is_agent:
        return ""
    told = f"Reçu le {short_day(receipt.received_on)} : {receipt.channel.label}"
    return typography(f"{told} ({page.said(receipt.evidence)})." if receipt.evidence else f"{told}.")
