"""What the page of a repayment tells its visitor. Nothing is decided nor counted here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from backoffice.store import reading
from backoffice.store.dossiers import JournalEntry
from backoffice.web.letters import LetterLine, letters_of
from backoffice.web.pictures import WIDTH, units
from backoffice.web.reader import Page
from backoffice.web.receipts import ClockLine, clock_lines
from backoffice.web.words import agents_in, capital, with_agents
from workflows.actors import DECISION_LEVELS
from workflows.acts import ACTS
from workflows.deadlines import local_day
from workflows.french import amount, months, short_day, siret, thirtieths, typography, unbroken
from workflows.legal_clocks import LegalClock
from workflows.parts.claims import Claim
from workflows.parts.receipts import Receipt
from workflows.parts.repayment_steps import REPAYMENT_MOVES, UNDECIDED, RepaymentState
from workflows.parts.repayments import TIME_BAR_RULE, RepaymentFile, RepaymentKind
from workflows.repaying import track as repayment_track
from workflows.repaying.track import Awaited, Stage, TrackStep
from workflows.repaying.view import ReadingLine, RepaymentView, repayment_view

#: The letters of a repayment: what opens it to remarks, decides it, has it collected, answers about it.
LETTERS = frozenset(
    {"L14", "L15", "L16", "relief_granted", "claim_answer", "repayment_dropped", "way_changed", "title_changed"}
)
_ABOUT = frozenset(REPAYMENT_MOVES) | {"open_overpayment", "settle", "settle_overpayment"}
_CORRECTION = "correct_ledger_entry"
_WHOLE = 30
_AGENCY, _YOURS = "l’agence", "votre établissement"
_AGENTS = frozenset(role.label for role in DECISION_LEVELS)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the calculation: what, with which detail, in euros; `strong` for a sum."""

    what: str
    detail: str
    amount: Decimal
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote with an act: when, what they did, who they are, their words."""

    on: date
    act: str
    who: str
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """The debt as segments of a bar, in units of the picture: recovered, relieved; the rest is due."""

    recovered: int
    relieved: int


@dataclass
class RepaymentPage:
    """A repayment as its page shows it, `rank` among those of its dossier."""

    page: Page
    repayment: RepaymentFile
    rank: int

    @cached_property
    def view(self) -> RepaymentView:
        """Its figures."""
        return repayment_view(self.page.facts, self.repayment, self.page.call)

    @property
    def stage(self) -> Stage:
        """The stage at which it stands."""
        return repayment_track.stage_of(self.repayment, self.page.facts.state, self.page.today)

    @property
    def stands(self) -> str:
        """The stage in words, the same as in the list and on the track; an end says whether it was given up."""
        return repayment_track.stands(self.repayment, self.page.facts.state, self.page.today)

    @cached_property
    def closed(self) -> bool:
        """True once it is closed."""
        return repayment_track.is_closed(self.repayment, self.page.facts.state)

    # Who is awaited.

    @cached_property
    def awaited(self) -> tuple[Awaited, ...]:
        """Who is awaited; for the recruiter, the agency is one, and prepares what it prepares."""
        page = self.page
        found = repayment_track.awaited(self.repayment, page.facts.state, page.call, page.today)
        if page.visitor.is_agent:
            return found
        relief = self.repayment.awaited_relief
        shown = found if relief is None else found[:-1]
        return tuple(replace(each, who=self._outside(each.who)) for each in shown)

    def _outside(self, who: str) -> str:
        """How the recruiter names who is awaited."""
        if who in _AGENTS:
            return _AGENCY
        return _YOURS if who.startswith("l’établissement") else who

    @property
    def lead(self) -> str:
        """The first line: where it stands, who must act, until when."""
        if self.closed:
            on = self.repayment.settled_on
            return unbroken(f"Le reversement est clos{f' depuis le {short_day(on)}' if on else ''}.")
        told = [f"Le reversement attend {each.who} : {each.what}{each.limit}." for each in self.awaited[:1]]
        told += [f"Il attend aussi {each.who} : {each.what}{each.limit}." for each in self.awaited[1:]]
        return unbroken(typography(" ".join(told)))

    @property
    def elsewhere(self) -> str:
        """What is awaited of the recruiter and is not done here; empty for agents, and when nothing is."""
        if self.page.visitor.is_agent:
            return ""
        mine = [each for each in self.awaited if each.who == _YOURS]
        told = " ".join(f"{capital(each.what)}{each.limit} : cela ne se fait pas sur cette page." for each in mine)
        return unbroken(typography(told))

    # The track.

    @cached_property
    def steps(self) -> list[tuple[TrackStep, str]]:
        """The stages, each with who saw to it: a person for agents, the agency for the recruiter."""
        found = repayment_track.track(self.page.facts, self.repayment, self.page.today)
        names = reading.authors(self.page.session, {i for step in found for i in agents_in(step.by or "")})
        return [(step, self._by(step.by, names)) for step in found]

    def _by(self, by: str | None, names: dict[str, str]) -> str:
        if by is None or self.page.visitor.is_agent:
            return with_agents(by or "", names)
        return by if by == "la machine" else _AGENCY

    @property
    def siret(self) -> str:
        """The SIRET of the debtor as one reads it aloud; empty when it is not known."""
        owes = self.view.debtor
        return siret(owes.siret) if owes and owes.siret else ""

    # The sum, its readings, its claims.

    @property
    def sums(self) -> list[Row]:
        """What it asks, and what becomes of it once it is decided."""
        debt = self.view.debt
        proposed = Row("Proposé", "", self.repayment.proposed, strong=debt.decided is None)
        if debt.decided is None:
            return [proposed]
        lowered = (
            *(("Recouvré", debt.recovered), ("Réduit", debt.reduced), ("Remis", debt.remitted)),
            ("Admis en non-valeur", debt.written_off),
        )
        found = [proposed, Row("Décidé", "", debt.decided, strong=True)]
        found += [Row(what, "", -euros) for what, euros in lowered if euros]
        found.append(Row("Reste dû", "", debt.due, strong=True))
        return found + ([Row("À rendre au recruteur", "", debt.to_refund, strong=True)] if debt.to_refund else [])

    def choice(self, line: ReadingLine) -> str:
        """Why a reading stands out; empty for one that does not."""
        signed = line.signed and len(self.repayment.readings) > 1
        if line.retained and self.view.debt.decided is not None:
            return "retenue par la décision"
        if signed:
            return "signée" if line.retained else "signée, sans clause ici"
        if not line.retained:
            return ""
        return "seule possible ici" if self.view.decidable else "montrée"

    def answer(self, claim: Claim) -> str:
        """Where a claim stands, without the day of its answer."""
        if not claim.is_open:
            return claim.state.label
        silent = short_day(claim.silent_on)
        if claim.waits(self.page.today):
            return unbroken(typography(f"attend sa réponse ; le silence vaut rejet le {silent}"))
        return unbroken(f"rejetée par le silence depuis le {silent}")

    # The calculation.

    @cached_property
    def rows(self) -> list[Row]:
        """The calculation, line by line, to what the reading retained asks back."""
        return list(self._rows())

    def _rows(self) -> Iterator[Row]:
        found = self.view.calculation
        for paid in found.payments:
            what = "Versement annulé le" if paid.amount < 0 else "Versé le"
            yield Row(f"{what} {short_day(paid.on)}", f"exercice {paid.budget_year}, écriture {paid.id}", paid.amount)
        yield Row("Total versé", "", found.paid, strong=True)
        if found.asked_elsewhere:
            yield Row("Déjà demandé, rendu ou laissé, par un autre reversement", "", -found.asked_elsewhere)
        for line in found.months:
            part = "" if line.thirtieths == _WHOLE else f" à {thirtieths(line.thirtieths)}"
            each = f" × {amount(line.monthly)}"
            if part:  # a part of a month is worth what it is worth: it is the amount of the line when it is alone
                each = f", soit {amount(line.monthly)}{' par mois' if line.months > 1 else ''}"
            detail = f"{line.months} mois{part}{each}, année {line.post_year} du poste"
            yield Row(months(line.first, line.last).capitalize(), detail, -line.amount)
        over = self.repayment.kind is RepaymentKind.OVERPAYMENT
        yield Row("Total de l’échéancier" if over else "Total servi", self._served(), -found.earned, strong=True)
        excess = "Versé au-delà de l’échéancier" if over else "Versé et non servi"
        yield Row(excess, "au prorata" if not over else "", self.repayment.amounts.prorata, strong=True)

    def _served(self) -> str:
        years = (f"année {year.post_year} : {thirtieths(year.thirtieths)}" for year in self.view.calculation.years)
        return ", ".join(years)

    @property
    def bar(self) -> Bar | None:
        """The debt as a bar; None before the decision."""
        debt = self.view.debt
        if not debt.decided:
            return None
        recovered, relieved = (min(units(part, debt.decided), WIDTH) for part in (debt.recovered, debt.relieved))
        return Bar(recovered, min(relieved, WIDTH - recovered))

    # Letters, clocks, words.

    @cached_property
    def entries(self) -> list[JournalEntry]:
        """The journal entries about this repayment: those that name it, or that could be about no other one."""
        return [entry for entry in self.page.readable.history(self.page.past.entries) if self._concerns(entry)]

    def _concerns(self, entry: JournalEntry) -> bool:
        if entry.act == _CORRECTION:
            return str(entry.inputs.get("entry", "")).startswith(f"R{self.rank}-")
        asked = [effect for effect in entry.effects if effect["name"] in LETTERS]
        named = entry.inputs.get("repayment") or next((effect["details"].get("repayment") for effect in asked), None)
        if named is not None:
            return bool(named == self.repayment.cause)
        return (bool(asked) or entry.act in _ABOUT) and len(self.page.facts.repayments) == 1

    @cached_property
    def letters(self) -> list[LetterLine]:
        """The letters about this repayment, with where they stand."""
        asking: set[UUID] = {e.id for e in self.entries if any(effect["name"] in LETTERS for effect in e.effects)}
        return letters_of(self.page, asking) if asking else []

    @cached_property
    def clocks(self) -> list[ClockLine]:
        """The legal clocks of this repayment that its visitor may read: those of its letters, and the time-bar."""
        return [*clock_lines(self.page, self._counts, **self.back), *self._time_bar()]

    def _time_bar(self) -> Iterator[ClockLine]:
        """The five years to ask for the sum, while nothing is decided, or no title is asked for."""
        repayment = self.repayment
        if repayment.state not in {*UNDECIDED, RepaymentState.DECIDED} or repayment.is_over:
            return
        since, last = short_day(repayment.barred_from), short_day(repayment.barred_after)
        barred = repayment.barred_after < self.page.today
        why = "" if repayment.decided is not None else ", jour où l’agence a su,"
        stands = f"{'A couru' if barred else 'Court'} du {since}{why} au {last}."
        tone = "late" if barred else ""
        yield ClockLine("Prescription de la demande", "", "", unbroken(typography(stands)), TIME_BAR_RULE, tone)

    def _counts(self, clock: LegalClock, receipt: Receipt | None) -> bool:
        if receipt is None:
            return clock.about == self.repayment.cause
        return receipt.letter in LETTERS and receipt.about in {None, self.repayment.cause}

    @cached_property
    def written(self) -> list[Written]:
        """What was written about it, by whom, for those who may read it (A39)."""
        page = self.page
        said = [entry for entry in self.entries if page.may_read(entry) and _words(entry)]
        names = reading.authors(page.session, {entry.author for entry in said})
        zone = page.call.authority.zone
        return [
            Written(local_day(e.at, zone), ACTS[e.act].label, names.get(e.author, ""), page.said(_words(e)))
            for e in said
            if e.act in ACTS
        ]

    @property
    def back(self) -> dict[str, Any]:
        """What the address of a form says to lead back here."""
        return {"retour": "reversement", "repayment": self.repayment.cause}


def repayment_page(page: Page, rank: int | None) -> RepaymentPage | None:
    """The repayment of that rank, the first is 1, or the one to see to; None when there is none."""
    found = page.facts.repayments
    current = page.facts.repayment
    if rank is None:
        return RepaymentPage(page, current, found.index(current) + 1) if current else None
    return RepaymentPage(page, found[rank - 1], rank) if 1 <= rank <= len(found) else None


def _words(entry: JournalEntry) -> str:
    return str(entry.inputs.get("grounds") or entry.inputs.get("reason") or "")
