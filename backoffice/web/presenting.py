"""What templates ask of a dossier: sentences, tables and figures made from its facts, nothing decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask import Flask, url_for

from backoffice.web import security
from backoffice.web.choices import known_pieces
from backoffice.web.policy import Policy, admits
from backoffice.web.reader import Page
from workflows import specialties
from workflows.accounts import awarded, funded
from workflows.actors import Role
from workflows.acts.base import Act
from workflows.calls.sources import UnknownValueError
from workflows.dossier import Dossier, Tranche
from workflows.due import DueKind
from workflows.french import listing, share, short_day, thirtieths, typography
from workflows.pieces import missing
from workflows.sites import share_at
from workflows.states import State

_DEADLINES = {
    DueKind.DRAFT_REMINDER: "Rappel avant la clôture",
    DueKind.PIECES_REMINDER: "Rappel des pièces",
    DueKind.PIECES_LAST_DAY: "Dernier jour pour les pièces",
    DueKind.PIECES_OVERDUE: "Délai des pièces passé",
    DueKind.SILENCE_ALERT: "Alerte avant le silence",
    DueKind.SILENCE_ELAPSED: "Silence vaut rejet",
    DueKind.OFFER_REPLY: "Réponse à la place proposée",
    DueKind.RESERVE_END: "Fin de la liste complémentaire",
    DueKind.AWARD_REPLY: "Acceptations attendues",
    DueKind.CHOICE: "Choix du médecin attendu",
    DueKind.CONDITION: "Condition à remplir",
    DueKind.START_WATCH: "Procès-verbal d’installation attendu",
    DueKind.DEPARTURE: "Départ annoncé",
    DueKind.REPLACEMENT_REMINDER: "Rappel pour un remplacement",
    DueKind.REPLACEMENT_DUE: "Fin du délai de remplacement",
    DueKind.GIVE_BACK: "Poste à rendre",
    DueKind.NOTICE_OVER: "Fin du délai de réponse",
    DueKind.CONTRACT_END: "Fin du contrat",
    DueKind.TRANCHE: "Tranche à déléguer",
    DueKind.CONTRADICTORY_OVER: "Fin du délai d’observations",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the navigation."""

    href: str
    label: str
    section: str


def install(app: Flask) -> None:
    """Give these functions to every template."""
    app.jinja_env.globals.update(
        navigation=navigation,
        specialty=specialty,
        summary=summary,
        act_url=act_url,
        time_share=time_share,
        account=account,
        deadline=deadline,
        pieces_of=pieces_of,
    )


def navigation() -> list[Link]:
    """The links of the main navigation besides the list of dossiers."""
    visitor = security.visitor()
    links = []
    if visitor and admits(Policy.DOSSIER, visitor.role):
        words = "Saisir un dossier reçu" if visitor.is_agent else "Déposer un dossier"
        links.append(Link(url_for("filing.index"), words, "filing"))
    if visitor and admits(Policy.COMMITTEE, visitor.role):
        links.append(Link(url_for("committee.index"), "Commission", "committee"))
    if security.settings().demo:
        links.append(Link(url_for("mailbox.index"), "Courriels", "mail"))
    return links


def specialty(code: str | None) -> str:
    """The French name of a specialty."""
    if code is None:
        return "Spécialité non précisée"
    try:
        return specialties.specialty(code).label.capitalize()
    except LookupError:
        return code


def deadline(kind: str) -> str:
    """What falls due, in a few words."""
    return _DEADLINES[DueKind(kind)]


def pieces_of(page: Page, inputs: dict[str, Any]) -> str:
    """The pieces that an entry of the journal is about, in words; empty when it is about none."""
    keys = inputs.get("keys") or ([inputs["key"]] if inputs.get("key") else [])
    labels = {required.key: required.label for required in known_pieces(page)}
    return listing([labels.get(key, key.split("/")[-1].replace("_", " ")) for key in keys])


def act_url(page: Page, act: Act) -> str:
    """Where an act is done: some have a page of their own."""
    if act.name == "edit_draft":
        return url_for("filing.edit", number=page.view.number)
    if act.name == "receive_piece":
        return url_for("documents.form", number=page.view.number)
    return url_for("acts.form", number=page.view.number, name=act.name)


def summary(page: Page) -> str:
    """The first line of a dossier: where it stands and what is awaited."""
    view = page.view
    if view.state in {State.SUBMITTED, State.DRAFT}:
        waiting = [r.label for r in missing(known_pieces(page), view.pieces)]
        tail = (
            f" {len(waiting)} pièce{'s' if len(waiting) > 1 else ''} restent à fournir ou à accepter."
            if waiting
            else ""
        )
        head = "Le brouillon n’est pas encore déposé." if view.state is State.DRAFT else "Le dossier est déposé."
        return typography(head + (tail.replace("restent", "reste") if len(waiting) == 1 else tail))
    if view.state is State.WITHDRAWN and view.vacancy:
        since, until = short_day(view.vacancy.since), short_day(view.vacancy.replace_by)
        return typography(f"Le poste est vacant depuis le {since}. Un remplacement peut être proposé jusqu’au {until}.")
    if view.departure:
        return typography(f"Un départ est annoncé pour le {short_day(view.departure.dates.effective_on)}.")
    open_requests = [r.kind.label for r in view.requests if r.is_open]
    if open_requests:
        return typography(f"Une demande attend une réponse : {listing(open_requests)}.")
    return typography(_SAID.get(view.state, f"Le dossier est à l’état « {view.state.label} »."))


_SAID = {
    State.COMPLETE: "Toutes les pièces sont acceptées. Le dossier peut aller en commission.",
    State.COMMITTEE: "La commission examine le dossier.",
    State.RESERVE: "Le dossier attend une place sur la liste complémentaire.",
    State.SELECTED: "Le dossier est retenu. La décision reste à notifier.",
    State.NOTIFIED: "La décision est notifiée. La prise de fonctions reste à constater.",
    State.IN_POST: "Le médecin est en poste.",
    State.REJECTED: "Le dossier n’est pas retenu.",
    State.ENDED: "Le poste est terminé.",
    State.CLAWBACK: "Un reversement est en cours.",
}


@dataclass(frozen=True, slots=True)
class Week:
    """The shared time drawn as ten half-days: the rank of the site of each, and the same in words."""

    cells: list[int]
    words: str


def time_share(view: Dossier) -> Week | None:
    """The shared time over the whole contract; None while nobody has said it."""
    if not view.sites or not any(period.weekly for period in view.plan):
        return None
    shares = [(site.name, share_at(view.plan, frozenset({site.id}))) for site in view.sites]
    cells: list[int] = []
    total = Fraction(0)
    for rank, (_, part) in enumerate(shares):
        total += part
        cells += [min(rank, 2)] * (round(total * 10) - len(cells))
    return Week(cells, listing([f"{share(part)} à {name}" for name, part in shares]))


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """A line of the account of a post."""

    label: str
    amount: Decimal
    strong: bool = False


@dataclass(frozen=True, slots=True)
class YearLine:
    """What one budget year finances."""

    year: int
    months: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """The account of a post as a page shows it; `unknown` says why no amount can be given."""

    lines: list[MoneyLine] = field(default_factory=list)
    months: list[YearLine] = field(default_factory=list)
    tranches: tuple[Tranche, ...] = ()
    repayment: list[MoneyLine] = field(default_factory=list)
    note: str = ""
    unknown: str = ""


def account(page: Page) -> Account:
    """The money of a dossier."""
    view = page.view
    if view.award is None:
        return Account(unknown=typography("Le financement se calcule à partir de l’attribution."))
    try:
        whole, left = awarded(view, page.call), funded(view, page.call)
    except UnknownValueError as error:
        return Account(unknown=typography(str(error)), tranches=view.tranches)
    lines = [MoneyLine(f"Accordé, {thirtieths(int(whole.funded_months * 30))}", whole.total)]
    if left.total != whole.total:
        lines.append(MoneyLine("Mois vacants ou non servis", left.total - whole.total))
    lines += [MoneyLine("Financement du poste", left.total, strong=True), MoneyLine("Déjà délégué", view.delegated)]
    years = [
        YearLine(
            year,
            thirtieths(sum(line.thirtieths for line in left.lines if line.year == year)),
            left.by_budget_year[year],
        )
        for year in left.by_budget_year
    ]
    note = "" if whole.settled else f"Montant provisoire : {listing(whole.unsettled)} reste à fixer par l’agence."
    shown = [] if page.visitor.role is Role.CANDIDATE else _repayment(view)  # the debtor is the recruiter (A5)
    return Account(lines, years, view.tranches, shown, typography(note))


def _repayment(view: Dossier) -> list[MoneyLine]:
    current = view.repayment
    if current is None:
        return []
    amounts: list[tuple[str, Decimal | None]] = [
        ("Délégué", current.amounts.delegated),
        ("Servi", current.amounts.served),
        ("À reverser, au prorata des mois non servis", current.amounts.prorata),
        ("À reverser, en entier", current.amounts.integral),
        ("À reverser, pour l’année du contrat en cours", current.amounts.contract_year),
        ("Décidé", current.decided),
        ("Déjà revenu ou accordé", current.settled_amount if current.movements else None),
    ]
    return [MoneyLine(label, value) for label, value in amounts if value is not None]
