"""Envelopes at the door: the other posts are counted with the act, and nobody overshoots one that binds."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.callfiles import CALLS, quota_sources, read_text
from backoffice.services.act import Done
from backoffice.services.doctor import examine
from backoffice.services.publishing import load_version
from backoffice.store.money import EnvelopeRow
from tests.backoffice.stored import MACHINE, StoredLife, stored_life
from tests.builders import COMPLEMENTS, Hat
from workflows.decide import Refused
from workflows.states import State

#: What a nominal post commits in 2025.
OF_2025 = Decimal("38997.48")


def envelopes(amount: Decimal, *, binds: bool) -> str:
    """The text of a call with an envelope for 2025."""
    binding = f'[parameters.budget]\nbinds = {{ value = {str(binds).lower()}, choice = "NA-29", note = "Acte." }}\n'
    return (
        read_text(CALLS / "na-2024.toml")
        + f"\n{binding}\n[[parameters.budget.envelopes]]\nyear = 2025\nsince = 2024-01-10\n"
        + f'amount = {{ value = "{amount}", choice = "NA-29", note = "Décision du 10 janvier 2024." }}\n'
    )


def publish_with_envelope(session: Session, amount: Decimal, *, binds: bool) -> None:
    """Publish Nouvelle-Aquitaine 2024 with that envelope for 2025."""
    complement = read_text(COMPLEMENTS / "na-2024.toml")
    text = envelopes(amount, binds=binds)
    load_version(session, text, sources=quota_sources(), by="menthe-grise", now=MACHINE, complement=complement)


def judged(session: Session) -> StoredLife:
    life = stored_life(session, "na-2024").to(State.COMMITTEE)
    life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR)
    return life.on(life.profile.decided)


def told(answer: object) -> set[str]:
    findings = answer.decision.findings if isinstance(answer, Done) and answer.decision else ()
    findings = answer.findings if isinstance(answer, Refused) else findings
    return {f.code for f in findings} & {"envelope_overrun", "envelope_exceeded"}


def test_what_the_other_posts_of_the_call_commit_is_counted(session):
    publish_with_envelope(session, OF_2025 * 2, binds=True)
    lives = [judged(session) for _ in range(3)]
    assert [told(life.ask("select", Hat.HEAD)) for life in lives] == [set(), set(), {"envelope_exceeded"}]
    lives[0].do("revert", Hat.HEAD)  # the money comes back with the award
    assert told(lives[2].ask("select", Hat.HEAD)) == set()
    assert examine(session) == ()


def test_an_envelope_that_arrives_later_counts_what_is_committed_already(session):
    first, second = judged(session), judged(session)
    first.do("select", Hat.HEAD)
    publish_with_envelope(session, OF_2025, binds=False)
    assert session.scalars(select(EnvelopeRow.year)).all() == [2025]
    assert told(second.ask("select", Hat.HEAD)) == {"envelope_overrun"}
    publish_with_envelope(session, OF_2025 * 2, binds=True)  # a complement of credits
    first.on(first.profile.notified).do("notify", Hat.HEAD)
    assert told(first.later(7).ask("notify_money", Hat.HEAD)) == set()


def test_what_was_given_back_and_committed_by_another_is_not_awarded_again(session):
    publish_with_envelope(session, OF_2025, binds=True)
    first, second = judged(session), judged(session)
    first.do("select", Hat.HEAD).on(first.profile.notified).do("notify", Hat.HEAD)
    first.later(6).do("withdraw", Hat.INSTRUCTOR).later(5).do("close", Hat.HEAD)
    assert told(second.on(first.today).ask("select", Hat.HEAD)) == set()
    assert told(first.ask("revert", Hat.HEAD)) == {"envelope_exceeded"}
    assert examine(session) == ()


def test_a_vacant_post_is_still_counted_until_it_is_closed(session):
    publish_with_envelope(session, OF_2025, binds=True)
    serving, waiting = stored_life(session, "na-2024").to(State.IN_POST), judged(session)
    serving.later(3).do("withdraw", Hat.INSTRUCTOR)
    assert told(waiting.on(serving.today).ask("select", Hat.HEAD)) == {"envelope_exceeded"}
    serving.later(5).do("close", Hat.HEAD)
    assert told(waiting.on(serving.today).ask("select", Hat.HEAD)) == set()
