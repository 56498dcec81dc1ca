"""Between events the clock advances by itself: each thing due once, on its day, and the machine at midnight."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.builders import call_of
from tests.rehearsal.playing import (
    DOSSIER,
    PEOPLE,
    at,
    codes,
    due,
    event,
    local,
    played,
    report,
    scenario_of,
    small,
    step,
    steps,
)
from workflows.due import DueKind
from workflows.rehearsal.play import rehearse
from workflows.rehearsal.report import Changed, Fell, Opened, Step
from workflows.states import State

SUBMIT = event("2024-06-10", "submit", "candidate")
UNTIL_AUTUMN = "until = 2024-10-01\n"

#: The first tranche of NA-1, wholly paid.
PAYMENT = (
    'tranche = "T1", amount = 6499.58, reference = "virement 1", siret = "00000001800010", legal_entity = "mirabelle"'
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_reminders_of_a_draft_stop_with_the_filing():
    assert due(played(small(SUBMIT)), DueKind.DRAFT_REMINDER) == [day("2024-06-07")]
    idle = played(UNTIL_AUTUMN + small(event("2024-09-30", "submit", "candidate")))
    assert due(idle, DueKind.DRAFT_REMINDER) == [day("2024-06-07"), day("2024-06-12")]


def test_no_reminder_is_older_than_the_draft():
    late = small(event("2024-06-14", "submit", "candidate")).replace("2024-06-03", "2024-06-13")
    assert due(played(late), DueKind.DRAFT_REMINDER) == []


def test_everything_is_told_once_whatever_happens_in_between():
    often = [event(f"2024-07-{n:02}", "submit", "candidate") for n in range(1, 31)]
    found = played(UNTIL_AUTUMN + small(SUBMIT, *often))
    keys = [(line.dossier, line.due.key) for line in found.history if isinstance(line, Fell)]
    assert len(keys) == len(set(keys))
    assert due(found, DueKind.SILENCE_ALERT) == [day("2024-07-26"), day("2024-08-07")]
    assert due(found, DueKind.SILENCE_ELAPSED) == [day("2024-08-10")]


def test_silence_is_told_and_rejects_nothing():
    found = played(UNTIL_AUTUMN + small(SUBMIT))
    assert report(found).dossier.state is State.SUBMITTED


def test_without_a_last_day_the_clock_stops_at_the_last_event():
    found = played(small(SUBMIT))
    assert due(found, DueKind.SILENCE_ALERT) == []
    assert [item.on for item in report(found).coming] == [day("2024-07-26"), day("2024-08-07"), day("2024-08-10")]


def test_a_day_without_an_hour_is_nine_o_clock():
    found = played(small(SUBMIT))
    assert local(found, step(found, "submit")) == at("2024-06-10T09:00")


def test_events_are_played_in_order_of_time():
    backwards = small(event("2024-06-12", "submit", "candidate"), SUBMIT)
    first, second = steps(played(backwards), "submit")
    assert (first.target, codes(second)) == (State.SUBMITTED, {"wrong_state"})


def test_midnight_is_that_of_the_authority():
    text = small(event("2020-09-15", "submit", "recruiter"))
    text = "until = 2020-12-01\n" + text.replace("2024-06-03", "2020-09-14").replace(
        'candidate = "capucine"\n', 'candidate = "capucine"\ndepositors = ["recruiter"]\n'
    )
    found = played(text, call_of("guyane-2020", completed=False))
    elapsed = next(x for x in found.history if isinstance(x, Fell) and x.due.kind is DueKind.SILENCE_ELAPSED)
    assert elapsed.due.on == day("2020-11-15")
    assert elapsed.at.isoformat() == "2020-11-15T03:00:00+00:00"


def test_an_extension_for_all_moves_the_closing_and_its_reminders():
    closing = 'day = 2024-06-21, bound = "au plus tard le", zone = "Europe/Paris", wording = "au 21 juin"'
    decided = 'decided_on = 2024-06-13, decided_by = "décision n° 12", reason = "panne"'
    extension = f"[[parameters]]\non = 2024-06-13\nextension = {{ closing = {{ {closing} }}, {decided} }}\n"
    found = played(small(event("2024-06-21T23:00:00", "submit", "candidate"), extension))
    assert step(found, "submit").target is State.SUBMITTED
    told = [day(f"2024-06-{n:02}") for n in (7, 12, 14, 19)]
    assert due(found, DueKind.DRAFT_REMINDER) == told
    assert any(isinstance(line, Changed) and "prolongée" in line.what for line in found.history)


def test_a_place_that_arrives_late_confirms_nothing_by_itself():
    scenario = scenario_of("ara-2017-sans-nom")
    found = rehearse(scenario, call_of("ara-2017", completed=False))
    assert codes(step(found, "select")) == {"quota_unknown"}
    told = next(line for line in found.history if isinstance(line, Changed) and "Contingent" in line.what)
    assert step(found, "select").at < told.at < step(found, "confirm_place").at


def test_the_machine_is_told_apart_and_its_vain_searches_too():
    """A post that ended early with everything delegated served: the machine looks and finds nothing to repay."""
    scenario = scenario_of("na-2024-depart-annonce")
    assert scenario.variants == (None,)
    life = (
        event("2024-06-10T08:00:00", "receive_piece", "candidate", 'keys = ["filing/*"], file = "d"'),
        SUBMIT,
        event("2024-06-11T08:00:00", "judge_piece", "instructor", 'key = "filing/*", verdict = "accepted"'),
        event("2024-06-11", "declare_complete", "instructor"),
        "[[parameters]]\non = 2024-06-20\nquota = 'na-2024'\nplaces = 3\n",
        event("2024-07-01", "put_to_committee", "instructor", 'session = "juillet-2024"'),
        event("2024-07-02", "record_opinion", "instructor", "judged_on = 2024-07-01, favourable = true, rank = 1"),
        event("2024-07-03", "select", "head"),
        event("2024-07-04", "notify", "head", 'signed_by = "x"'),
        event("2024-07-05", "notify_money", "head"),
        event("2024-11-01T08:00:00", "receive_piece", "recruiter", 'keys = ["start/*"], file = "c"'),
        event("2024-11-01T08:30:00", "judge_piece", "instructor", 'key = "start/*", verdict = "accepted"'),
        event("2024-11-01", "record_start", "instructor", "start_on = 2024-11-01"),
        event("2024-11-04", "record_tranche", "instructor", "amount = 6499.58, budget_year = 2024"),
        event("2024-11-14", "record_payment", "instructor", PAYMENT),
        event(
            "2024-12-31",
            "record_end",
            "instructor",
            'last_day = 2024-12-31, end_reason = "personal", evidence = "lettre"',
        ),
    )
    found = played(small(*life))
    searched = step(found, "open_clawback")
    assert (searched.by.id, searched.refused, codes(searched)) == ("clock", True, {"nothing_due"})
    assert report(found).dossier.state is State.ENDED
    account = report(found).owed
    assert account is not None
    assert (account.paid, account.served) == (Decimal("6499.58"), Decimal("6499.58"))


def test_dossiers_open_on_their_day():
    found = played(small(SUBMIT, '[[dossiers]]\nnumber = "NA-2"\nlike = "NA-1"\nopened_on = 2024-06-05\n'))
    opened = [(line.dossier, local(found, line).date()) for line in found.history if isinstance(line, Opened)]
    assert opened == [("NA-1", day("2024-06-03")), ("NA-2", day("2024-06-05"))]


def test_a_dossier_without_its_day_opens_with_its_first_event():
    text = PEOPLE + DOSSIER.replace("opened_on = 2024-06-03\n", "") + SUBMIT
    assert report(played(text)).dossier.opened_on == day("2024-06-10")


def test_acts_of_persons_keep_their_author():
    by = step(played(small(SUBMIT)), "submit")
    assert isinstance(by, Step)
    assert (by.by.id, by.who) == ("capucine", "Le candidat (Capucine Bleuet)")


def test_an_opening_fixed_later_refuses_before_it():
    opening = "[[parameters]]\non = 2024-06-05\nopens_on = 2024-06-12\n"
    attempts = [event("2024-06-10", "submit", "candidate"), event("2024-06-12", "submit", "candidate")]
    early, open_ = steps(played(small(*attempts, opening)), "submit")
    assert "call_not_open" in codes(early)
    assert open_.target is State.SUBMITTED


def test_a_closing_fixed_by_the_agency_binds():
    closing = 'day = 2022-05-16, bound = "avant le", zone = "Europe/Paris", wording = "avant le 16 mai"'
    text = small(
        f"[[parameters]]\non = 2022-05-01\nclosing = {{ {closing} }}\n",
        event("2022-05-15T23:59:59", "submit", "candidate", dossier='"NA-1"'),
        '[[dossiers]]\nnumber = "NA-2"\nlike = "NA-1"\n',
        event("2022-05-16T00:00:00", "submit", "candidate", dossier='"NA-2"'),
    )
    text = text.replace("2024-06-03", "2022-05-02").replace('"capucine"\n', '"capucine"\ndepositors = ["candidate"]\n')
    text = text.replace('id = "capucine"\ndepositors = ["candidate"]', 'id = "capucine"')
    in_time, late = steps(played(text, call_of("cvl-ville-hopital", completed=False)), "submit")
    assert in_time.target is State.SUBMITTED
    assert "call_closed" in codes(late)


def test_a_draft_is_edited_in_the_words_of_the_scenario():
    plan = "[{ months = 12, half_days = { mirabelle = 4, tilleuls = 6 } }]"
    found = played(small(event("2024-06-05", "edit_draft", "candidate", f"months = 12, plan = {plan}")))
    dossier = report(found).dossier
    assert dossier.months == 12
    assert [(site, int(n)) for site, n in dossier.plan[0].half_days] == [("990000010", 4), ("tilleuls", 6)]


def test_a_local_instant_is_on_the_clock_of_the_authority():
    received = 'received_at = 2024-06-14T23:59:00, channel = "post", proof = "cachet"'
    found = played(small(event("2024-06-18", "register_received", "instructor", received)))
    filing = report(found).dossier.filing
    assert filing is not None
    assert filing.received_at.isoformat() == "2024-06-14T21:59:00+00:00"
