"""Every account that the demonstration prints: it signs in, opens a dossier and does one act, over HTTP.

    python -m tests.demo.check_accounts

It serves a demonstration of its own, tries each account and prints a line for each.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from backoffice.services.demo.build import TODAY
from backoffice.services.demo.staff import PASSWORD, STAFF, Member
from tests.demo.served import HOST, Served, served
from tests.e2e.driver import CONFIRM, PREVIEW, Visitor
from tests.e2e.house import House
from tests.pages import Form
from workflows.actors import Role

#: What is typed where anything will do.
_WORDS = "Vérification de la démonstration"


@dataclass(frozen=True)
class Checked:
    """What an account did: on which dossier, which act."""

    email: str
    dossier: str
    act: str


class Guest(Visitor):
    """A visitor of the demonstration, with its one password."""

    def opens(self, path: str) -> Guest:
        """Open an address; sign in when asked to."""
        self._receive("GET", path)
        if self.screen.url.startswith("/connexion"):
            self.fills({"Adresse électronique": self.email, "Mot de passe": PASSWORD}).presses("Se connecter")
        return self


def guest(demo: Served, email: str) -> Guest:
    """Somebody at a browser before the demonstration."""
    house = SimpleNamespace(server=SimpleNamespace(port=demo.port), address=f"http://{HOST}:{demo.port}")
    return Guest(cast(House, house), email)


def check(demo: Served, member: Member) -> Checked:
    """Sign in, open a dossier, do an act. Raises AssertionError when nothing could be done."""
    visitor = guest(demo, member.email)
    visitor.opens("/dossiers")
    assert visitor.screen.status == 200, f"{member.email}: {visitor.screen.status} {visitor.screen.text}"
    assert member.name in visitor.screen.page.text
    if member.role is Role.ADMIN:
        return _manage(visitor)
    if member.role is Role.MEMBER:
        return _mark(visitor)
    for number in _numbers(visitor):
        done = _act(visitor, number)
        if done is not None:
            return Checked(member.email, number, done)
    raise AssertionError(f"{member.email}: no dossier on which an act could be done")


def _numbers(visitor: Guest) -> list[str]:
    links = [e.get("href") for e in visitor.screen.page.first("main").all("a")]
    return [href.removeprefix("/dossiers/") for href in links if href.startswith("/dossiers/") and "?" not in href]


def _act(visitor: Guest, number: str) -> str | None:
    """Do the first act of the page of a dossier that can be filled in without knowing more."""
    visitor.opens(f"/dossiers/{number}")
    assert visitor.screen.status == 200, f"{visitor.email}: {number}: {visitor.screen.status}"
    offered = [item for item in visitor.screen.page.all("li") if list(item.all("h3")) and list(item.all("a"))]
    for item in offered:
        address = item.first("a").get("href")
        if "/actes/" in address and _done(visitor, address):
            return item.first("h3").text
    return None


def _done(visitor: Guest, address: str) -> bool:
    form = visitor.opens(address).screen.form(PREVIEW)
    _complete(form)
    visitor.sends(form, PREVIEW)
    if visitor.screen.status != 200:
        return False
    visitor.presses(CONFIRM)
    return visitor.screen.status == 200 and visitor.screen.notice.endswith("c’est fait.")


def _complete(form: Form) -> None:
    """Fill in what is empty and asked for."""
    known = dict(form.values)
    for first in (controls[0] for controls in form.labelled.values() if controls):
        name = first.get("name")
        if known.get(name):
            continue
        if first.tag == "select":
            options = [o.get("value") for o in first.all("option") if o.get("value")]
            form.set(name, options[0] if options else "")
        elif first.get("type") in {"radio", "checkbox"}:
            form.set(name, first.get("value"))
        elif first.tag == "textarea" or first.get("type") in {"", "text"}:
            form.set(name, "12" if first.get("inputmode") == "decimal" else _WORDS)
        elif first.get("type") == "date":
            form.set(name, TODAY.date().isoformat())


def _mark(visitor: Guest) -> Checked:
    """A member marks a dossier of a session that is still open."""
    visitor.opens("/commission")
    sessions = [e.get("href") for e in visitor.screen.page.first("main").all("a")]
    for address in sessions:
        visitor.opens(address)
        for form in visitor.screen.forms():
            if "/notes/" in form.action:
                button = form.element.first("button").text
                _complete(form)
                visitor.sends(form.set("note", "14").set("lien", ""), button)
                assert visitor.screen.status == 200, visitor.screen.text
                return Checked(visitor.email, form.action.rsplit("/", 1)[-1], "noter un dossier")
    raise AssertionError(f"{visitor.email}: no dossier to mark")


def _manage(visitor: Guest) -> Checked:
    """An administrator closes an account and opens it again."""
    visitor.opens("/utilisateurs").presses("Fermer")
    assert "dont 1 fermé" in visitor.screen.text
    visitor.presses("Rouvrir")
    assert "aucun fermé" in visitor.screen.text
    return Checked(visitor.email, "", "fermer un compte, le rouvrir")


def main() -> int:
    """Serve a demonstration, check every account that it prints."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "home", Path(folder) / "screen") as demo:
        for member in STAFF.values():
            if member.about:
                found = check(demo, member)
                sys.stdout.write(f"{found.email:<34}{found.dossier:<16}{found.act}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
