"""The mail server refuses, answers later, keeps silent, hangs up: a mail is sent, or a person is told."""

from __future__ import annotations

import time

from backoffice.services import outbox
from backoffice.services.clocks import machine_now
from tests.faults.installation import Installation
from tests.faults.invariants import examined
from tests.faults.proxy import proxied


def test_r30_a_mail_server_that_refuses_for_now_only_makes_mails_late(house: Installation):
    house.prepare(3)
    house.order_sink(answer="451 Plus tard")
    for number in range(3):
        house.ask(number)
    house.processes.work()
    house.until(lambda: all(row.attempts for row in house.rows(cancelled_at=None)), "every mail was tried")
    assert house.mails() == []
    house.order_sink()
    took = house.drain(30)
    house.note(f"sent {took:.1f} s after")
    assert examined(house, doubles=0).mails == 3


def test_r30b_a_mail_refused_for_good_is_dead_at_once_and_leaves_when_a_person_tries_again(house: Installation):
    house.prepare(1)
    house.order_sink(answer="550 Non")
    house.ask()
    house.processes.work()
    house.until(lambda: any(row.dead_at for row in house.rows()), "the mail is given up")
    (row,) = house.rows(cancelled_at=None)
    assert row.attempts == 1
    assert "550" in (row.last_error or "")
    examined(house, dead=1, doubles=0)
    house.order_sink()
    with house.session() as session:
        assert outbox.revive(session, row.id, machine_now())
    house.drain(30)
    assert examined(house, doubles=0).mails == 1


def test_r30c_a_mail_server_that_hangs_up_after_the_content_leaves_a_doubt_and_the_same_message_id(house: Installation):
    house.prepare(1)
    house.order_sink(cut=True)
    house.ask()
    house.processes.work()
    house.until(lambda: len(house.mails()) >= 1, "the mail has left")
    house.order_sink()
    house.drain(30)
    assert len({mail.id for mail in house.mails()}) == 1
    outcome = examined(house)
    assert outcome.doubles >= 1
    assert house.doubtful() == [house.mails()[0].id]


def test_r30d_a_mail_server_that_answers_too_late_holds_nobody_up(house: Installation):
    house.prepare(1)
    house.order_sink(seconds=5)
    house.ask()
    house.processes.work(lease=8)
    house.until(lambda: len(house.mails()) >= 1, "the mail has arrived")
    house.fault("an answer after the end of the sender’s patience")
    house.order_sink()
    house.drain(30)
    assert examined(house, doubles=3).mails == 1


def test_r30e_no_mail_server_at_all_makes_mails_late(house: Installation):
    house.prepare(2)
    sink = next(p for p in house.processes.all if p.name == "sink")
    sink.kill()
    for number in range(2):
        house.ask(number)
    house.processes.work()
    house.until(lambda: all(row.attempts for row in house.rows(cancelled_at=None)), "every mail was tried")
    sink.start()
    house.drain(30)
    assert examined(house, doubles=0).mails == 2


def test_r17_a_mail_server_behind_a_half_open_connection_is_given_up_in_time_and_tried_again(house: Installation):
    house.prepare(2)
    port = int(house.processes.settings["SMTP_URL"].rpartition(":")[2])
    with proxied("127.0.0.1", port) as proxy:
        house.processes.settings["SMTP_URL"] = f"smtp://127.0.0.1:{proxy.port}"
        proxy.swallow()
        house.processes.work(lease=8)
        house.ask(0)
        began = time.monotonic()
        house.until(lambda: any(row.last_error for row in house.rows(done_at=None)), "the attempt was given up")
        house.note(f"given up after {time.monotonic() - began:.1f} s")
        proxy.heal()
        house.ask(1)
        house.drain(30)
        assert examined(house, doubles=0).mails == 2


def test_r17b_redis_behind_a_half_open_connection_makes_effects_late_only(house: Installation):
    house.prepare(2)
    assert house.redis is not None
    with proxied(house.redis.url.removeprefix("unix://"), 0) as proxy:
        house.processes.settings["REDIS_URL"] = f"redis://127.0.0.1:{proxy.port}/0"
        house.processes.work()
        house.ask(0)
        house.drain()
        proxy.swallow()
        house.ask(1)
        time.sleep(house.random.uniform(1, 6))
        proxy.heal()
        took = house.drain(30)
        house.note(f"sent {took:.1f} s after")
    assert examined(house, doubles=0).mails == 2


def test_r17c_connections_delayed_and_reset_all_the_time_lose_nothing(house: Installation):
    house.prepare(3)
    port = int(house.processes.settings["SMTP_URL"].rpartition(":")[2])
    with proxied("127.0.0.1", port) as proxy:
        house.processes.settings["SMTP_URL"] = f"smtp://127.0.0.1:{proxy.port}"
        proxy.delay = 0.02
        house.processes.work(lease=8)
        for number in range(9):
            house.ask(number)
            time.sleep(house.random.uniform(0, 0.3))
            proxy.reset()
            house.fault("reset")
        proxy.cut_after = proxy.passed + house.random.randint(50, 3000)
        house.fault("cut")
        house.ask(0)
        house.until(lambda: proxy.passed > (proxy.cut_after or 0) or house.waiting() == 0, "the cut")
        house.fault("cut")
        proxy.heal()
        house.drain(40)
    assert examined(house).mails == 10
