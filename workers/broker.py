"""The broker: Redis when there is one, else the embedded one of the process. It only carries ids of outbox rows.

Nothing durable lives in it: retries, delays and due times are in the database, and the relay hints again.
"""

from __future__ import annotations

import os

# One message at a time: an undecodable message would strand the rest of its batch. Read when the module is imported.
os.environ.setdefault("dramatiq_queue_prefetch", "1")

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import ShutdownNotifications, TimeLimit

from backoffice.services.outbox import LEASE

QUEUES = ("mail", "work")
#: Milliseconds one attempt may take: less than the lease, so that a slow worker loses neither.
TIME_LIMIT_MS = int(LEASE.total_seconds() * 1000) - 10_000
_HEARTBEAT_MS = 60_000
_MAINTENANCE = 1_000_000
_SOCKET_SECONDS = 5


def make_broker(redis_url: str | None) -> dramatiq.Broker:
    """The broker of this process, with both queues declared. No retries: they live in the database."""
    middleware = [TimeLimit(time_limit=TIME_LIMIT_MS), ShutdownNotifications()]
    broker: dramatiq.Broker
    if redis_url is None:
        broker = StubBroker(middleware=middleware)
    else:
        broker = RedisBroker(
            url=redis_url,
            middleware=middleware,
            heartbeat_timeout=_HEARTBEAT_MS,
            maintenance_chance=_MAINTENANCE,
            socket_timeout=_SOCKET_SECONDS,
            socket_connect_timeout=_SOCKET_SECONDS,
        )
    for queue in QUEUES:
        broker.declare_queue(queue)
    return broker
