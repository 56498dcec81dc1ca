"""The pages without a network: visitors of every role, signed in, on dossiers made through the door.

with site.session() as session:
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
site.at(life)                                       # the legal clock of the pages
instructor = site.visitor(Role.INSTRUCTOR, region="75")
answer = instructor.post("/dossiers/NA-2024-0001/actes/declare_complete", {"etape": "voir"})
assert answer.status == 200
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from backoffice.services.accounts import digest
from backoffice.store.base import db, writing
from backoffice.store.people import Account, WebSession
from backoffice.web.app import create_app
from tests.backoffice.stored import StoredLife
from tests.databases import Database, calls_read_once, hurry
from tests.moved import Moved
from tests.pages import File, Screen, multipart
from workflows.actors import Role

ADDRESS = "https://temps-partage.example"
COOKIE = "__Host-session"


@dataclass(repr=False)
class Answer:
    """What came back: the page, its headers."""

    response: TestResponse
    screen: Screen

    @property
    def status(self) -> int:
        """The status."""
        return self.response.status_code

    @property
    def headers(self) -> Headers:
        """The headers."""
        return self.response.headers

    @property
    def goes_to(self) -> str:
        """Where a redirection leads, without the query."""
        return self.response.headers["Location"].partition("?")[0]

    @property
    def said(self) -> str:
        """The words of the page."""
        return self.screen.text


@dataclass(repr=False)
class Visitor:
    """A browser, signed in or not."""

    client: FlaskClient
    csrf: str = ""
    account: UUID | None = None

    def get(self, path: str, **options: Any) -> Answer:
        """Open an address; redirections are not followed."""
        return self._answer(path, self.client.get(path, base_url=ADDRESS, **options))

    def post(self, path: str, data: Mapping[str, Any] | None = None, **options: Any) -> Answer:
        """Send a form, with the token of the session unless one is given."""
        return self.sent(path, data={"csrf": self.csrf, **(data or {})}, **options)

    def sent(self, path: str, **options: Any) -> Answer:
        """Send whatever is given, as it is."""
        return self._answer(path, self.client.post(path, base_url=ADDRESS, **options))

    def upload(self, path: str, name: str, content: bytes, *pieces: str, **data: str) -> Answer:
        """Send a document for some pieces."""
        pairs = [("csrf", self.csrf), *data.items(), *(("piece", piece) for piece in pieces)]
        body, kind = multipart(pairs, {"document": File(name, content)})
        return self.sent(path, data=body, content_type=kind)

    def _answer(self, path: str, response: TestResponse) -> Answer:
        html = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
        response.get_data()
        response.close()
        return Answer(response, Screen(path, response.status_code, html))

    def confirmed(self, path: str, typed: Mapping[str, Any] | None = None) -> dict[str, str]:
        """The form that confirms an act, as its preview gives it; the preview must go through."""
        preview = self.post(path, {"etape": "voir", **(typed or {})})
        assert preview.status == 200, preview.said
        return dict(preview.screen.form("Confirmer").sent("Confirmer"))


@dataclass(repr=False)
class Site:
    """The application and its database."""

    app: Flask
    moved: Moved = field(default_factory=Moved)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """The database, to prepare or to look; not while a page is asked for."""
        with self.app.app_context():
            yield db.session()
            db.session.remove()

    def at(self, life: StoredLife) -> None:
        """Set the legal clock of the pages to that of a life."""
        self.moved.legal = life.now

    def nobody(self) -> Visitor:
        """A browser that nobody signed in."""
        return Visitor(self.app.test_client())

    def visitor(self, role: Role, **of: Any) -> Visitor:
        """Somebody of a role, signed in; `region`, `establishment` or `person` as the role wants."""
        account, secret, csrf = uuid4(), secrets.token_hex(16), secrets.token_hex(16)
        now = self.moved.machine
        name, email = "Sorbier Ivoire", f"{account}@visiteur.example"
        row = Account(id=account, email=email, name=name, role=role.value, **of)
        with self.session() as session, writing(session):
            session.add(row)
            session.flush()
            session.add(WebSession(digest=digest(secret), account=account, csrf=csrf, created_at=now, seen_at=now))
        client = self.app.test_client()
        client.set_cookie(COOKIE, secret, domain="temps-partage.example", secure=True, path="/")
        return Visitor(client, csrf, account)

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """The SQL statements of what is done meanwhile, in order, those of transactions left out."""
        found: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if not statement.startswith("BEGIN"):
                found.append(statement)

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield found
        finally:
            event.remove(engine, "before_cursor_execute", note)


class _Compiled(BytecodeCache):
    """Templates compiled once for all the sites of a process."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled; Jinja checks that the text is still the same."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


@contextmanager
def site_on(database: Database, **settings: Any) -> Iterator[Site]:
    """The pages of the demonstration on an empty database; `settings`: what differs."""
    moved = Moved()
    app = create_app(replace(database.settings, demo=True, **settings), moved.clocks)
    app.jinja_env.bytecode_cache = _COMPILED
    with app.app_context():
        hurry(database)
    with calls_read_once():
        yield Site(app, moved)
    with app.app_context():
        db.engine.dispose()
