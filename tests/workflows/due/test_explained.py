"""Each thing due says when, what, to whom, why, and what would cancel it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.builders import Hat
from tests.golden.scenes import scenes
from tests.lives import life_of
from tests.profiles import PROFILES
from tests.workflows.due import due, set_job
from workflows.due import Due, DueKind, Explained, due_items, explained
from workflows.effects import Addressee
from workflows.french import typography
from workflows.jobs import Job
from workflows.parts.pauses import Pause
from workflows.states import State


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_reminder_is_explained():
    life = life_of("na-2024").to(State.NOTIFIED)
    first = explained(due(life, DueKind.START_WATCH)[0], life.dossier, life.call)
    assert _plain(first.when) == "le 2 novembre 2024, à 8 h"
    assert _plain(first.to) == "courriel à l’établissement recruteur"
    assert _plain(first.why) == "J7 (suivi de l’attribution et du poste)"
    assert _plain(first.unless) == (
        "sauf si la prise de fonctions est constatée, un report est demandé ou un désistement est signalé"
    )
    assert first.paused is None


def test_a_default_is_shown_as_such_and_a_choice_too():
    life = life_of("na-2024").to(State.WITHDRAWN)
    (reminder,) = due(life, DueKind.REPLACEMENT_REMINDER)
    assert _plain(explained(reminder, life.dossier, life.call).why).endswith("; valeur par défaut A11")
    life.under(set_job(life.call, Job.J7, to=(Addressee.RECRUITER, Addressee.PARTNERS)))
    (reminder,) = due(life, DueKind.REPLACEMENT_REMINDER)
    found = explained(reminder, life.dossier, life.call)
    assert _plain(found.why).endswith("; choix de l’appel pour les destinataires")
    assert _plain(found.to) == "courriel à l’établissement recruteur et aux partenaires"


def test_a_pause_is_explained():
    life = life_of("na-2024").to(State.NOTIFIED)
    life.on(date(2024, 10, 20)).do("pause_reminders", Hat.INSTRUCTOR, until=date(2024, 11, 10))
    first, second = (explained(d, life.dossier, life.call) for d in due(life, DueKind.START_WATCH))
    assert _plain(first.when) == "le 11 novembre 2024, à 8 h"
    assert _plain(first.paused or "") == "en pause jusqu’au 10 novembre 2024 : partira le 11 novembre 2024"
    assert second.paused is None


def test_what_nobody_is_written_about_says_so():
    life = life_of("na-2024").to(State.IN_POST).later(3).do("announce_departure", Hat.INSTRUCTOR)
    (departure,) = due(life, DueKind.DEPARTURE)
    assert "une personne a décidé" in explained(departure, life.dossier, life.call).to
    (term,) = due(life, DueKind.CONTRACT_END)
    assert "liste des dossiers" in explained(term, life.dossier, life.call).to


DAY = date(2024, 7, 2)
PAUSE = Pause(date(2024, 6, 17), date(2024, 7, 10))
HELD = date(2024, 7, 11)


def _item(kind: DueKind, to: tuple[Addressee, ...] = (), **more: object) -> Due:
    job = Job.J7 if kind is DueKind.DEPARTURE else Job.J4
    given: dict[str, object] = {"hour": 8 if kind is not DueKind.DEPARTURE else 0, **more}
    return Due(kind, DAY, "Rappel.", "toutes les pièces arrivent avant", job, to, "A33", **given)  # type: ignore[arg-type]


def _said(item: Due, *, paused: bool = False, off: bool = False) -> Explained:
    life = life_of("na-2024").on(date(2024, 6, 20)).changed(pause=PAUSE if paused else None)
    return explained(item, life.dossier, set_job(life.call, Job.J4, off=True) if off else life.call)


@pytest.mark.parametrize(
    ("item", "off", "sentence"),
    [
        (_item(DueKind.PIECES_OVERDUE, (Addressee.SERVICE,)), False, "courriel au service instructeur"),
        (_item(DueKind.TRANCHE, (Addressee.ACCOUNTANT,)), False, "courriel à l’agent comptable"),
        (
            _item(DueKind.PIECES_REMINDER, (Addressee.DEPOSITORS, Addressee.RECRUITER, Addressee.PARTNERS)),
            False,
            "courriel au déposant, à l’établissement recruteur et aux partenaires",
        ),
        (
            _item(DueKind.PIECES_REMINDER),
            False,
            "aucun courriel : l’appel n’écrit à aucun de ceux que cela concerne",
        ),
        (_item(DueKind.PIECES_REMINDER), True, "aucun courriel : l’appel les a éteints"),
        (_item(DueKind.CONTRACT_END, (Addressee.SERVICE,)), False, "aucun courriel : c’est dans la liste des dossiers"),
        (
            _item(DueKind.DEPARTURE, (Addressee.SERVICE,), act="withdraw"),
            False,
            "aucun courriel : la machine fait ce qu’une personne a décidé",
        ),
    ],
)
def test_whom_it_is_told_to_begins_a_sentence(item, off, sentence):
    assert _plain(_said(item, off=off).to) == sentence


@pytest.mark.parametrize(
    ("or_if", "sentence"),
    [
        ((), "sauf si toutes les pièces arrivent avant"),
        (("le poste est rendu",), "sauf si toutes les pièces arrivent avant ou le poste est rendu"),
        (
            ("le poste est rendu", "un report est demandé"),
            "sauf si toutes les pièces arrivent avant, le poste est rendu ou un report est demandé",
        ),
    ],
)
def test_what_cancels_it_is_one_list(or_if, sentence):
    assert _said(_item(DueKind.PIECES_REMINDER, or_if=or_if)).unless == sentence


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({}, None),
        ({"held_until": HELD}, "en pause jusqu’au 10 juillet 2024 : partira le 11 juillet 2024"),
        ({"held_until": HELD, "last_day": HELD}, "en pause jusqu’au 10 juillet 2024 : partira le 11 juillet 2024"),
        (
            {"held_until": HELD, "last_day": DAY},
            "en pause jusqu’au 10 juillet 2024, ne partira pas : la pause le dépasse",
        ),
        (
            {"held_until": HELD, "overtaken": True},
            "en pause jusqu’au 10 juillet 2024, ne partira pas : un rappel plus récent part à sa place",
        ),
    ],
)
def test_what_a_pause_drops_is_not_promised(more, sentence):
    found = _said(_item(DueKind.PIECES_REMINDER, (Addressee.DEPOSITORS,), **more), paused=True).paused
    assert (found and _plain(found)) == sentence


@pytest.mark.parametrize("call_id", PROFILES)
def test_everything_due_in_every_scene_reads_as_french(call_id):
    told = 0
    for _, life in scenes(call_id):
        for item in due_items(life.dossier, life.call, life.today):
            found = explained(item, life.dossier, life.call)
            for text in (found.when, found.what, found.to, found.why, found.unless):
                assert text == typography(text)
                assert "None" not in text
                assert "{" not in text
            assert ", ou " not in found.unless
            assert " si il" not in found.unless
            assert found.to.startswith(("courriel a", "courriel à", "aucun courriel\u00a0:"))
            assert found.what.endswith(".")
            told += 1
    assert told > 20
