"""What machines ask: alive, ready, the figures. Right on both databases, never hanging, saying nothing of anybody."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from backoffice.services import health
from backoffice.services.health import Doorkeeper, Readiness
from backoffice.store.base import db, writing
from backoffice.store.mails import Bounce, SentMail
from backoffice.store.schedule import ClockSlot, JobRun
from backoffice.web.app import create_app
from config.settings import Settings
from tests.databases import Database
from tests.demo.served import HOST, free_port
from tests.moved import Moved
from tests.web.making import instructor, made
from tests.web.site import ADDRESS, COOKIE, Site
from tests.web.test_operations import calm, dead, doubtful, mails, put
from workflows.actors import Role
from workflows.states import State

TOKEN = "lierre-" * 6
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


@contextmanager
def opened(settings: Settings, moved: Moved | None = None) -> Iterator[Flask]:
    """The pages under some settings."""
    app = create_app(settings, (moved or Moved()).clocks)
    yield app
    with app.app_context():
        db.engine.dispose()


def asks(app: Flask, path: str, **options: Any) -> tuple[int, Any]:
    """What a machine gets: the status, and the JSON."""
    answer = app.test_client().get(path, base_url=ADDRESS, **options)
    return answer.status_code, answer.get_json()


def ready(site: Site) -> tuple[int, Any]:
    return asks(site.app, "/readyz")


# Alive and ready.


def test_alive_asks_nothing_of_the_database(quick: Site) -> None:
    visitor = instructor(quick)
    with quick.statements() as statements:
        answer = visitor.get("/healthz")  # with the cookie of somebody signed in
    assert (answer.status, answer.response.get_json()) == (200, {"status": "ok"})
    assert statements == []


def test_ready_when_everything_is_well(site: Site) -> None:
    made(site, State.SUBMITTED)
    calm(site)
    code, said = ready(site)
    expected = {"database": "ok", "schema": "ok", "queue": "ok", "clock": "ok", "disk": "ok", "redis": "none"}
    said["checks"].pop("database_disk", None)
    assert (code, said) == (200, {"status": "ok", "checks": expected})


def test_degraded_is_not_down(site: Site) -> None:
    first, _ = mails(site, made(site, State.SUBMITTED))
    calm(site)
    put(site, first, next_attempt_at=site.moved.machine - timedelta(minutes=6))
    code, said = ready(site)
    assert (code, said["status"], said["checks"]["queue"]) == (200, "degraded", "late")
    put(site, first, done_at=site.moved.machine)
    site.moved.machine += timedelta(minutes=6)
    code, said = ready(site)
    assert (code, said["status"], said["checks"]["queue"], said["checks"]["clock"]) == (200, "degraded", "ok", "late")


def test_a_turn_of_the_clock_dated_ahead_is_as_good_as_late(site: Site) -> None:
    made(site, State.SUBMITTED)
    calm(site)
    site.moved.machine -= timedelta(hours=1)
    code, said = ready(site)
    assert (code, said["status"], said["checks"]["clock"]) == (200, "degraded", "late")
    with measured(site) as app:
        found = samples(app)
    assert found["clock_last_tick_age_seconds", "due"] > 300
    assert found["clock_last_done_age_seconds", "due"] > 300


def test_a_full_disk_is_told(quick: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    calm(quick)
    monkeypatch.setattr(health, "LEAST_ROOM", 10**18)
    code, said = ready(quick)
    assert (code, said["status"], said["checks"]["disk"], said["checks"]["database_disk"]) == (
        *(200, "degraded"),
        *("low", "low"),
    )


def test_redis_away_is_degraded_at_most(sqlite: Database) -> None:
    with opened(replace(sqlite.settings, redis_url=f"redis://{HOST}:{free_port()}")) as app:
        code, said = asks(app, "/readyz")
    assert (code, said["status"], said["checks"]["redis"]) == (200, "degraded", "away")


def test_redis_that_answers_is_well(sqlite: Database, redis_url: str) -> None:
    with opened(replace(sqlite.settings, redis_url=redis_url)) as app:
        assert asks(app, "/readyz")[1]["checks"]["redis"] == "ok"


def test_down_when_the_database_is_away(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://nobody@{HOST}:{free_port()}/rien"
    with opened(Settings(database_url=url, home=tmp_path)) as app:
        assert asks(app, "/readyz") == (503, {"status": "down", "checks": {"database": "away"}})
        assert asks(app, "/healthz") == (200, {"status": "ok"})
    missing = tmp_path / "rien.sqlite3"
    with opened(Settings(database_url=f"sqlite:///{missing}", home=tmp_path)) as app:
        assert asks(app, "/readyz")[0] == 503
    assert not missing.exists()


@pytest.mark.parametrize(
    ("revision", "code", "schema"), [("0005", 503, "older"), (None, 503, "older"), ("9999", 200, "newer")]
)
def test_a_schema_too_old_is_down_and_a_newer_one_is_not(
    site: Site, revision: str | None, code: int, schema: str
) -> None:
    calm(site)
    with site.session() as session, writing(session):
        session.execute(text("DELETE FROM alembic_version"))
        if revision:
            session.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})
    answer, said = ready(site)
    assert (answer, said["checks"]["schema"]) == (code, schema)
    assert said["status"] == ("down" if code == 503 else "ok")


def test_a_database_that_hangs_gets_an_answer_in_time_and_one_look_only() -> None:
    """And once it answers again, so does the next question."""
    looks, goes_on = [], threading.Event()

    def examine() -> Readiness:
        looks.append(1)
        goes_on.wait(20)
        return Readiness("ok", {})

    keeper = Doorkeeper(examine, patience=0.1)
    began = time.monotonic()
    assert [keeper.answer().status for _ in range(3)] == ["down"] * 3
    assert time.monotonic() - began < 3
    assert len(looks) == 1
    goes_on.set()
    keeper.patience = 20
    assert keeper.answer().status == "ok"


def test_a_server_that_accepts_and_says_nothing_is_down_in_three_seconds(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind((HOST, 0))
        silent.listen()
        url = f"postgresql+psycopg://nobody@{HOST}:{silent.getsockname()[1]}/rien"
        with opened(Settings(database_url=url, home=tmp_path)) as app:
            began = time.monotonic()
            assert asks(app, "/readyz")[0] == 503
            assert time.monotonic() - began < 3


def test_ready_says_nothing_of_anybody_nor_of_the_machine(quick: Site) -> None:
    made(quick, State.SUBMITTED)
    _, said = ready(quick)
    words = {*said, *said["checks"], *said["checks"].values(), said["status"]}
    assert words <= {"status", "checks", "ok", "degraded", "late", "none"} | {
        *("database", "schema", "queue", "clock", "disk", "database_disk", "redis")
    }


# The figures.


@contextmanager
def measured(site: Site) -> Iterator[Flask]:
    """The pages of a site with a token for the figures."""
    with opened(replace(site.app.extensions["settings"], metrics_token=TOKEN), site.moved) as app:
        yield app


def samples(app: Flask) -> dict[tuple[str, ...], float]:
    """The figures: (name, values of the labels…) -> value."""
    answer = app.test_client().get("/metrics", base_url=ADDRESS, headers=SHOWN)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    return {
        (
            sample.name.removeprefix("temps_partage_"),
            *(sample.labels[key] for key in sorted(sample.labels)),
        ): sample.value
        for family in text_string_to_metric_families(answer.get_data(as_text=True))
        for sample in family.samples
    }


def test_without_a_token_in_the_settings_there_is_no_such_page(quick: Site) -> None:
    for headers in ({}, SHOWN, {"Authorization": "Bearer "}):
        assert quick.app.test_client().get("/metrics", base_url=ADDRESS, headers=headers).status_code == 404


def test_the_figures_are_for_who_shows_the_token(quick: Site) -> None:
    administrator = quick.visitor(Role.ADMIN)
    with measured(quick) as app:
        client = app.test_client()
        for shown in (None, "", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer é", TOKEN):
            headers = {"Authorization": shown} if shown is not None else {}
            answer = client.get("/metrics", base_url=ADDRESS, headers=headers)
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer"), shown
            assert answer.get_data() == b""
        secret = administrator.client.get_cookie(COOKIE, domain="temps-partage.example", path="/")
        assert secret is not None
        client.set_cookie(COOKIE, secret.value, domain="temps-partage.example", secure=True, path="/")
        assert client.get("/metrics", base_url=ADDRESS).status_code == 401
        assert client.get("/metrics", base_url=ADDRESS, headers=SHOWN).status_code == 200


def test_the_figures_are_those_of_the_database(site: Site) -> None:
    life, other = made(site, State.SUBMITTED), made(site, State.SUBMITTED)
    first, second = mails(site, life)
    third, fourth = mails(site, other)
    now = site.moved.machine
    dead(site, first)
    doubtful(site, second)
    put(site, third, next_attempt_at=now - timedelta(seconds=90))
    put(site, fourth, done_at=now - timedelta(hours=1))
    with site.session() as session, writing(session):
        session.add(ClockSlot(job="due", slot=now, taken_at=now - timedelta(seconds=40), done_at=None))
        for notices in (3, 4):
            session.add(JobRun(job="J3", at=now, ran_at=now, by="clock", notices=notices, effects=0))
        sent = [
            SentMail(outbox=row, message_id=f"<{row}>", recipients=["c@x.example"], subject="s", body="b", sent_at=now)
            for row in (first, fourth)
        ]
        sent[1].dry = True
        session.add_all(sent)
        session.flush()
        refused = {"permanent": True, "at": now, "recorded_at": now}
        session.add(Bounce(mail=sent[0].id, address="c@x.example", **refused))
    with measured(site) as app:
        found = samples(app)
    expected = {
        ("outbox_rows", "mail", "dead"): 1,
        ("outbox_rows", "mail", "doubtful"): 1,
        ("outbox_rows", "mail", "due"): 1,
        ("outbox_rows", "mail", "later"): 0,
        ("outbox_rows", "mail", "running"): 0,
        ("outbox_rows", "digest", "dead"): 0,
        ("outbox_done_last_day", "mail"): 1,
        ("outbox_attempts", "mail"): 9,
        ("outbox_oldest_due_seconds",): 90,
        ("outbox_dead",): 1,
        ("outbox_doubtful",): 1,
        ("clock_last_tick_age_seconds", "due"): 40,
        ("job_notices_total", "J3"): 7,
        ("mails_total", "sent"): 1,
        ("mails_total", "dry"): 1,
        ("mail_bounces_total", "true"): 1,
        ("mail_bounces_total", "false"): 0,
        ("dossiers", "na-2024", "submitted"): 2,
    }
    assert {key: found.get(key) for key in expected} == expected
    assert [value for key, value in found.items() if key[0] == "build_info"] == [1]


def test_the_figures_take_a_constant_number_of_statements_and_write_nothing(quick: Site) -> None:
    counts = []
    for _ in range(2):
        made(quick, State.SUBMITTED)
        with measured(quick) as app, Site(app, quick.moved).statements() as statements:
            samples(app)
        assert all(statement.startswith("SELECT") for statement in statements)
        counts.append(len(statements))
    assert counts[0] == counts[1] == 6


def test_no_figure_names_anybody(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    dead(quick, mails(quick, life)[0])
    with measured(quick) as app:
        said = app.test_client().get("/metrics", base_url=ADDRESS, headers=SHOWN).get_data(as_text=True)
    for secret in ("Bleuet", "capucine", "@", life.dossier.number, life.profile.recruiter.id):
        assert secret not in said
