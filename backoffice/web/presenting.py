"""What templates ask of a dossier: sentences, tables and figures made from its facts, nothing decided."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import Flask, url_for

from backoffice.web import security
from backoffice.web.choices import listed_pieces
from backoffice.web.policy import Policy, admits
from backoffice.web.reader import Page
from backoffice.web.weeks import in_words
from workflows import specialties
from workflows.actors import Role
from workflows.acts.base import Act
from workflows.dossier import Dossier, Project
from workflows.french import at_place, count, listing, share, typography
from workflows.sites import SiteRole, share_at


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the navigation; `aside`: in the menu of the visitor, not among the sections used all day."""

    href: str
    label: str
    section: str
    aside: bool = False


def install(app: Flask) -> None:
    """Give these functions to every template."""
    app.jinja_env.globals.update(
        navigation=navigation,
        specialty=specialty,
        act_url=act_url,
        time_share=time_share,
        plan_in_words=in_words,
        project_in_words=project_in_words,
        places_of_work=places_of_work,
        pieces_of=pieces_of,
    )


def navigation() -> list[Link]:
    """The links of the main navigation: what the visitor may open."""
    visitor = security.visitor()
    links = []
    if visitor and visitor.role is not Role.ADMIN:
        links.append(Link(url_for("dossiers.index"), "Dossiers", "dossiers"))
    if visitor and admits(Policy.DOSSIER, visitor.role):
        words = "Saisir un dossier" if visitor.is_agent else "Déposer un dossier"
        links.append(Link(url_for("filing.index"), words, "filing"))
    if visitor and admits(Policy.COMMITTEE, visitor.role):
        links.append(Link(url_for("committee.index"), "Commission", "committee"))
    if visitor and visitor.is_agent:
        links.append(Link(url_for("letter_room.index"), "Courriers", "letters"))
    if visitor and admits(Policy.AGENTS, visitor.role):
        links.append(Link(url_for("budget.index"), "Budget", "budget"))
        links.append(Link(url_for("repayment_list.index"), "Reversements", "repayments"))
    if visitor and admits(Policy.ADMIN, visitor.role):
        links.append(Link(url_for("users.index"), "Utilisateurs", "users"))
        links.append(Link(url_for("letter_templates.index"), "Modèles", "templates"))
    if visitor and security.settings().demo and admits(Policy.STAFF, visitor.role):
        links.append(Link(url_for("mailbox.index"), "Courriels", "mail", aside=True))
    if visitor and admits(Policy.STAFF, visitor.role):
        links.append(Link(url_for("operations.index"), "Exploitation", "operations", aside=visitor.is_agent))
    return links


def specialty(code: str | None) -> str:
    """The French name of a specialty."""
    if code is None:
        return "Spécialité non précisée"
    try:
        return specialties.specialty(code).label.capitalize()
    except LookupError:
        return code


def project_in_words(project: Project) -> str:
    """The project that a post belongs to, with its number of posts and how many of them it needs."""
    least = project.viable_from or project.size
    needs = "tous nécessaires" if least >= project.size else f"viable à partir de {least}"
    return typography(f"{project.id}, {count(project.size, 'poste')}, {needs}")


def pieces_of(page: Page, inputs: dict[str, Any]) -> str:
    """The pieces that an entry of the journal is about, in words; empty when it is about none."""
    keys = inputs.get("keys") or ([inputs["key"]] if inputs.get("key") else [])
    labels = {required.key: required.label for required in listed_pieces(page)}
    return listing([labels.get(key, key.split("/")[-1].replace("_", " ")) for key in keys if page.readable.piece(key)])


def act_url(page: Page, act: Act) -> str:
    """Where an act is done: some have a page of their own; pieces are judged where they are listed."""
    if act.name == "judge_piece":
        return url_for("dossiers.show", number=page.view.number, volet="pieces", _anchor="volet")
    if act.name == "edit_draft":
        return url_for("filing.edit", number=page.view.number)
    if act.name == "receive_piece":
        return url_for("documents.form", number=page.view.number)
    if act.name == "file_message":
        return url_for("messages.form", number=page.view.number)
    return url_for("acts.form", number=page.view.number, name=act.name)


@dataclass(frozen=True, slots=True)
class Part:
    """A place of work: how it is drawn (0 plain, 1 hatched, 2 empty), its role, its name, its share of the time."""

    kind: int
    role: str
    name: str
    share: str


@dataclass(frozen=True, slots=True)
class Week:
    """The shared time drawn as ten half-days: the kind of the place of each, and the same in words."""

    cells: list[int]
    words: str


def places_of_work(view: Dossier) -> list[Part]:
    """The establishments of a dossier with their shares of the time, the latter empty while nobody has said it."""
    known = any(period.weekly for period in view.plan)
    return [
        Part(
            min(rank, 2),
            "Recruteur" if site.role is SiteRole.RECRUITER else "Partenaire",
            site.name,
            share(share_at(view.plan, frozenset({site.id}))) if known else "",
        )
        for rank, site in enumerate(view.sites)
    ]


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
    return Week(cells, listing([f"{share(part)} {at_place(name)}" for name, part in shares]))
