"""The one actor: it receives the id of an outbox row and has the back office carry it out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

import dramatiq
from dramatiq.middleware import Interrupt
from flask import Flask

from backoffice.services.effects import Hands, deliver
from backoffice.store.base import db
from config.faultpoints import faultpoint

NAME = "deliver"
_log = logging.getLogger(__name__)


def declare(broker: dramatiq.Broker, app: Flask, hands: Hands) -> dramatiq.Actor[[str], None]:
    """Declare the actor on a broker. It never raises: what goes wrong is written on the row."""
    return dramatiq.Actor(
        _carry_out(app, hands), broker=broker, actor_name=NAME, queue_name="work", priority=0, options={}
    )


def _carry_out(app: Flask, hands: Hands) -> Callable[[str], None]:
    def carry_out(row_id: str) -> None:
        with app.app_context():
            try:
                deliver(db.session(), UUID(row_id), hands)
                faultpoint("actor.before_ack", row_id)
            except (Exception, Interrupt):
                # The database is away, or the time is over: the lease ends by itself and the row is hinted again.
                _log.exception("row %s was left where it stood", row_id)
            finally:
                db.session.remove()

    return carry_out


def hint(actor: dramatiq.Actor[[str], None], row_id: UUID, queue: str) -> None:
    """Wake a worker up for a row."""
    actor.broker.enqueue(actor.message(str(row_id)).copy(queue_name=queue))
