"""The servers of an installation, broken: a broker that comes back empty, a database that is cut off."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import redis
from sqlalchemy import make_url

from tests.faults.installation import Installation
from tests.servers import Server, start_postgresql, start_valkey, wait_until_ready


def client(house: Installation) -> redis.Redis:
    """A connection to the broker."""
    assert house.redis is not None
    return redis.Redis.from_url(house.redis.url, socket_timeout=5)


def home_of(house: Installation) -> Path:
    """The folder of the broker."""
    assert house.redis is not None
    return Path(house.redis.url.removeprefix("unix://")).parents[1]


def replace(house: Installation, made: Server) -> None:
    """Put a server that was started again in the place of the one that ended."""
    assert house.redis is not None
    house.redis.process, house.redis.url = made.process, made.url


def restarted_empty(house: Installation, seconds_down: float = 0.0) -> None:
    """Kill the broker, throw away what it kept, start it again where it was."""
    assert house.redis is not None
    house.redis.kill()
    time.sleep(seconds_down)
    home = home_of(house)
    for kept in (home / "data").iterdir():
        shutil.rmtree(kept) if kept.is_dir() else kept.unlink()
    restarted(house)


def restarted(house: Installation) -> None:
    """Start the broker again on what it kept."""
    assert house.redis is not None
    replace(house, start_valkey(home_of(house)))
    wait_until_ready("redis", house.redis)


def crashed(house: Installation, *, start: bool = True) -> None:
    """Crash the database and start it again; or only crash it, or only start it when it is down."""
    server = house.postgres
    assert server is not None
    house.fault("crash of the database")
    if server.process.poll() is None:
        server.crash()
    if start:
        socket = Path(make_url(server.url).query["host"])  # type: ignore[arg-type]
        made = start_postgresql(socket.parent, int(str(make_url(server.url).query["port"])))
        server.process = made.process
        wait_until_ready("postgresql", server)
        house.fault("start of the database")
