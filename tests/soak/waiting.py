"""How time passes in a world: by minutes, by months, or up to an instant at which something changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from tests.soak.inputs import chance
from tests.soak.readiness import days
from tests.soak.world import World
from workflows.calls.funding import RepaymentReading
from workflows.deadlines import start_of_day
from workflows.parts.places import PlaceStatus
from workflows.parts.repayment_steps import RepaymentState
from workflows.states import State

_TO_ASK = frozenset({RepaymentState.CONTRADICTORY, RepaymentState.DECIDED})
_BEFORE_COMMITTEE = frozenset({State.DRAFT, State.SUBMITTED, State.COMPLETE})
#: No further than this at once: absurd dates do not take a world to the next century.
_FAR = timedelta(days=1500)


def wait(rng: Random, world: World) -> None:
    """Move the clock of a world forward."""
    barred = _time_barred(world)
    if barred and chance(rng, 0.06):
        world.move(rng.choice(barred))
        return
    kind = rng.random()
    coming = list(_interesting(rng, world)) if kind < 0.75 else []
    if coming:
        world.move(coming[min(int(rng.expovariate(0.9)), len(coming) - 1)])
    elif kind < 0.85:
        world.move(world.now + timedelta(minutes=rng.randint(1, 600)))
    elif kind < 0.95:
        world.move(world.now + timedelta(days=rng.randint(1, 12)))
    elif _barrier(world) is None:
        world.move(world.now + timedelta(days=rng.randint(20, 120)))


def _interesting(rng: Random, world: World) -> Iterator[datetime]:
    """Instants to come at which something changes, the nearest first."""
    call, zone = world.call, world.call.authority.zone
    closing = call.parameters.closing_at(world.today).value
    barrier = _barrier(world) if chance(rng, 0.9) else None
    instants: set[datetime] = set()
    if closing is not None:
        instants |= {closing.at - timedelta(microseconds=1), closing.at}
    found = {day for s in call.parameters.sessions for day in (s.first, s.last + timedelta(days=1))}
    for file in world.files.values():
        found |= set(days(file.dossier))
    instants |= {start_of_day(day, zone) + timedelta(hours=9) for day in found}
    limit = world.now + _FAR if barrier is None else barrier
    yield from sorted(i for i in instants if world.now < i < limit)


def _time_barred(world: World) -> list[datetime]:
    """The days on which a debt, left aside until then, cannot be asked for any more."""
    open_now = (r for file in world.files.values() for r in file.dossier.repayments if r.is_open)
    days = {r.barred_after + timedelta(days=1) for r in open_now if r.state in _TO_ASK}
    return sorted(start_of_day(day, world.call.authority.zone) + timedelta(hours=9) for day in days)


def _barrier(world: World) -> datetime | None:
    """The closing while most dossiers are to be filed, the last session while most are to go there."""
    states = [f.dossier.state for f in world.files.values()]
    zone, sessions = world.call.authority.zone, world.call.parameters.sessions
    closing = world.call.parameters.closing_at(world.today).value
    if closing is not None and 2 * states.count(State.DRAFT) > len(states):
        return closing.at
    waiting = sum(state in _BEFORE_COMMITTEE for state in states)
    if sessions and 2 * waiting > len(states):
        return start_of_day(max(s.last for s in sessions), zone) + timedelta(hours=12)
    return None


def happen(rng: Random, world: World) -> None:
    """What nobody decides: letters leave the house, quotas arrive or grow, the agency signs a reading."""
    if chance(rng, 0.12):
        rng.choice(list(world.files.values())).left = True
    if any(f.dossier.last and f.dossier.last.act == "back_to_reserve" for f in world.files.values()):
        _grow(rng, world)
    if _next_waits(world) and chance(rng, 0.3):
        for quota in world.call.parameters.quotas:
            world.set_quota(quota.id, world.taken()[quota.id] + 1)
    if chance(rng, 0.18 if _provisional(world) else 0.03):
        taken = world.taken()
        for quota in world.call.parameters.quotas:
            places = quota.places.value
            if places is not None:
                world.set_quota(quota.id, places + rng.choice((0, 0, 0, 1)))
            elif taken[quota.id] or chance(rng, 0.1):
                world.set_quota(quota.id, max(0, taken[quota.id] + rng.choice((-2, -1, -1, 0, 1, 3))))
    if _reading_awaited(world) and chance(rng, 0.03):
        world.sign_reading(rng.choice(list(RepaymentReading)))
    world.now += timedelta(seconds=rng.randint(0, 90))


def _reading_awaited(world: World) -> bool:
    """A recruiter is heard on a debt whose clause may be read in several ways, and no way is signed."""
    if world.call.clauses.funding.signed_reading is not None:
        return False
    asked = (r for file in world.files.values() for r in file.dossier.repayments)
    return any(r.state is RepaymentState.CONTRADICTORY and len(r.readings) > 1 for r in asked)


def _next_waits(world: World) -> bool:
    """A place is offered to one dossier of the reserve list, and another one stands there too."""
    listed = [file.dossier.reserve for file in world.files.values() if file.dossier.state is State.RESERVE]
    offered = [entry for entry in listed if entry is not None and entry.offered_on is not None]
    return 0 < len(offered) < len(listed)


def _grow(rng: Random, world: World) -> None:
    """A complement for a quota that came out too small."""
    for quota in world.call.parameters.quotas:
        if quota.places.value is not None and chance(rng, 0.4):
            world.set_quota(quota.id, quota.places.value + 2)


def _provisional(world: World) -> bool:
    places = [file.dossier.place for file in world.files.values()]
    return any(place is not None and place.status is PlaceStatus.PROVISIONAL for place in places)
