"""The recipes that run with the other tests: kills at each step of a sending, a lost broker, doubled messages."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor

import dramatiq

from tests.faults.browser import Browser, signed_in
from tests.faults.installation import Installation
from tests.faults.invariants import examined
from tests.faults.servers import restarted_empty
from workers.broker import make_broker


def test_r01_killed_after_the_claim_the_mail_leaves_once_when_the_lease_is_over(house: Installation):
    house.prepare(1)
    house.ask()
    dies = house.processes.work("outbox.claimed=kill")
    house.ends(dies, -signal.SIGKILL)
    assert house.mails() == []
    house.leases_end()
    house.processes.work()
    house.drain()
    assert examined(house, doubles=0).mails == 1


def test_r01c_killed_as_it_begins_to_send_the_mail_leaves_when_the_lease_is_over(house: Installation):
    house.prepare(1)
    house.ask()
    house.ends(house.processes.work("outbox.before_send=kill"), -signal.SIGKILL)
    house.leases_end()
    house.processes.work()
    house.drain()
    assert examined(house, doubles=1).mails == 1


def test_r02_killed_after_the_250_the_same_message_id_leaves_again_and_is_marked_doubtful(house: Installation):
    house.prepare(1)
    house.ask()
    dies = house.processes.work("outbox.after_send=kill")
    house.ends(dies, -signal.SIGKILL)
    (first,) = house.mails()
    house.leases_end()
    house.processes.work()
    house.drain()
    assert [mail.id for mail in house.mails()] == [first.id, first.id]
    assert examined(house, doubles=1).doubles == 1
    assert house.doubtful() == [first.id]


def test_r03_killed_after_the_commit_and_before_the_ack_the_second_delivery_does_nothing(house: Installation):
    house.prepare(1)
    house.ask()
    dies = house.processes.work("actor.before_ack=kill")
    house.ends(dies, -signal.SIGKILL)
    assert house.waiting() == 0
    works = house.processes.work()
    house.ask()
    house.drain()
    house.stops(works)
    assert examined(house, doubles=0).mails == 2


def test_r06_paused_past_its_lease_the_zombie_writes_nothing_when_it_wakes_up(house: Installation):
    house.prepare(1)
    house.ask()
    zombie = house.processes.work("outbox.after_send=stop")
    house.until_fired()
    house.leases_end()
    house.processes.work()
    house.drain()
    (row,) = house.rows(cancelled_at=None)
    zombie.resume()
    house.stops(zombie)
    assert [(r.done_at, r.attempts) for r in house.rows(cancelled_at=None)] == [(row.done_at, 2)]
    assert examined(house, doubles=1).mails == 1


def test_r08_pages_killed_between_the_commit_and_the_answer_the_relay_sends_the_mail(house: Installation):
    house.prepare(1)
    house.processes.work()
    browser = signed_in(house, "act.after_commit=kill")
    browser.insist(0)
    house.drain(15)
    assert browser.broken == 1
    assert examined(house, doubles=0).mails == 1


def test_r09_pages_killed_in_the_middle_of_an_act_leave_nothing_behind(house: Installation):
    house.prepare(1)
    before = house.snapshot()
    browser = signed_in(house, "act.before_commit=kill")
    assert browser.send(0) is None
    assert house.snapshot() == before
    house.processes.work()
    browser.insist(0)
    house.drain(15)
    assert examined(house, doubles=0).acts == 1


def test_r10_killed_after_the_commit_the_same_form_sent_again_gets_the_stored_answer(house: Installation):
    house.prepare(1)
    browser = signed_in(house, "act.after_commit=kill")
    assert browser.send(0, key := browser.new_key()) is None
    assert [browser.send(0, key) for _ in range(3)] == [303, 303, 303]
    house.processes.work()
    house.drain(15)
    assert examined(house, doubles=0).acts == 1


def test_r12_redis_killed_and_restarted_empty_loses_nothing_and_nobody_is_signed_out(house: Installation):
    house.prepare(2)
    browser = signed_in(house)
    house.processes.work(lease=3)
    for number in range(4):
        browser.insist(number)
        restarted_empty(house)
        browser.insist(number)
    house.drain(40)
    assert browser.broken == 0
    assert examined(house, doubles=0).mails == 8


def test_r21_fifty_equal_requests_at_once_act_once_and_another_body_under_their_key_is_refused(house: Installation):
    house.prepare(1)
    browser = signed_in(house)
    key = browser.new_key()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: Browser.twin(browser).send(0, key), range(50)))
    assert answers == [303] * 50
    assert browser.send(0, key, days="20") == 409
    house.processes.work()
    house.drain(15)
    assert examined(house, doubles=0).acts == 1


def test_r31_every_message_delivered_twice_and_in_reverse_order_gives_the_same_end(house: Installation):
    house.prepare(3)
    for number in range(6):
        house.ask(number)
    assert house.redis is not None
    broker = make_broker(house.redis.url)
    for row in [*reversed(house.rows(cancelled_at=None)), *house.rows(cancelled_at=None)]:
        twice: dramatiq.Message[None] = dramatiq.Message(
            row.queue, "deliver", args=(str(row.id),), kwargs={}, options={}
        )
        broker.enqueue(twice)
        broker.enqueue(twice)
    broker.close()
    both = [house.processes.work() for _ in range(2)]
    house.drain()
    for one in both:
        house.stops(one)
    assert examined(house, doubles=0).mails == 6
