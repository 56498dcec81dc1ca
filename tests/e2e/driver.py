"""Somebody at a browser: a cookie jar, pages, links and forms; no script is ever run.

    capucine = Visitor(house, "capucine@bleuet.example")
    capucine.opens("/deposer").follows("Préparer un dossier").fills({...}).presses("Enregistrer le brouillon")
    capucine.does("NA-2024-0001", "Déposer le dossier")          # the act, previewed then confirmed
    screen = capucine.tries("NA-2024-0001", "Notifier le financement")  # what the page answers when it cannot be

A visitor whose session has ended signs in again, as people do.
"""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.e2e.house import HOST, House
from tests.pages import Element, File, Form, Screen, multipart

PASSWORD = "quinze caractères au moins"  # noqa: S105  # of people who do not exist
PREVIEW, CONFIRM = "Voir ce qui va changer", "Confirmer"
Values = Mapping[str, str | list[str] | File]


@dataclass(repr=False)
class Visitor:
    """A person with an account and a browser of their own. `screen` is the page in front of them."""

    house: House
    email: str
    cookies: dict[str, str] = field(default_factory=dict)
    screen: Screen = field(default_factory=lambda: Screen("/", 0, ""))

    # the browser

    def opens(self, path: str) -> Visitor:
        """Open an address, following redirections; sign in when asked to, and come back."""
        self._receive("GET", path)
        if self.screen.url.startswith("/connexion"):
            self.fills({"Adresse électronique": self.email, "Mot de passe": PASSWORD}).presses("Se connecter")
        return self

    def follows(self, words: str) -> Visitor:
        """Follow a link of the page by its words."""
        return self.opens(self.screen.link(words))

    def fills(self, values: Values, button: str | None = None) -> Visitor:
        """Fill in the form of the page, the one that has the button when several are there."""
        forms = [self.screen.form(button)] if button else self.screen.forms()
        self.form = next((f for f in forms if all(map(f.has, values))), forms[-1]).fill(values)
        return self

    def presses(self, button: str) -> Visitor:
        """Press a button: of the form just filled in, else of the page."""
        form = self.__dict__.pop("form", None) or self.screen.form(button)
        return self.sends(form, button)

    def sends(self, form: Form, button: str) -> Visitor:
        """Send a form as it stands."""
        pairs = form.sent(button)
        if form.method == "GET":
            self._receive("GET", f"{form.action}?{urlencode(pairs)}")
        elif form.is_multipart:
            self._receive("POST", form.action, *multipart(pairs, form.files))
        else:
            self._receive("POST", form.action, urlencode(pairs).encode(), "application/x-www-form-urlencoded")
        return self

    def _receive(self, method: str, path: str, body: bytes = b"", kind: str = "") -> None:
        for _ in range(5):
            status, headers, content = self._exchange(method, path, body, kind)
            if status not in {302, 303}:
                self.screen = Screen(path, status, content.decode())
                assert status < 500, f"{self.email}, {method} {path}: {status} {self.screen.text}"
                return
            target = urlsplit(headers["Location"])
            method, body, kind = "GET", b"", ""
            path = f"{target.path}?{target.query}" if target.query else target.path
        raise AssertionError(f"too many redirections, the last one to {path}")

    def downloads(self, words: str) -> bytes:
        """The file behind a link of the page, by its words; the page stays in front of them."""
        status, _, content = self._exchange("GET", self.screen.link(words))
        assert status == 200, f"{self.email}, « {words} »: {status}"
        return content

    def _exchange(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, Any, bytes]:
        connection = http.client.HTTPConnection(HOST, self.house.server.port, timeout=20)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if kind:
            headers |= {"Content-Type": kind, "Origin": self.house.address}
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer.status, answer.headers, content

    # the pages of a dossier

    def sees(self, number: str, part: str = "") -> Screen:
        """The page of a dossier, one of its parts open: "courriers", "historique"..."""
        return self.opens(f"/dossiers/{number}" + (f"?volet={part}" if part else "")).screen

    def _offer(self, number: str, act: str) -> Element:
        self.sees(number)
        for item in self.screen.page.all("li"):
            if [e.text for e in item.all("h3")] == [act]:
                return item
        offered = [e.text for e in self.screen.page.all("h3")]
        raise AssertionError(f"« {act} » is not offered to {self.email}, but {offered}: {self.screen.text}")

    def starts(self, number: str, act: str) -> Visitor:
        """Open the form of an act from the page of its dossier."""
        offer = self._offer(number, act)
        assert "tp-off" not in offer.get("class"), offer.text
        return self.opens(offer.first("a").get("href"))

    def stopped(self, number: str, act: str) -> str:
        """Why the page of the dossier says that an act is impossible."""
        offer = self._offer(number, act)
        assert "tp-off" in offer.get("class"), f"« {act} » is possible"
        return offer.text

    def tries(self, number: str, act: str, values: Values | None = None) -> Screen:
        """Fill in the form of an act and ask what it will change; gives the preview, or the refusal."""
        return self.starts(number, act).fills(values or {}, PREVIEW).presses(PREVIEW).screen

    def does(self, number: str, act: str, values: Values | None = None) -> Screen:
        """Do an act: form, preview, confirmation; gives the page of the dossier that follows."""
        preview = self.tries(number, act, values)
        assert preview.status == 200, f"{act}: {preview.status} {preview.alert or preview.text}"
        self.presses(CONFIRM)
        assert self.screen.notice.endswith("c’est fait."), f"{act}: {self.screen.status} {self.screen.text}"
        return self.screen
