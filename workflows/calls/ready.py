"""What keeps a call from being published on a day, though nothing in its file contradicts anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from workflows.calls.model import Call
from workflows.effects import Addressee
from workflows.french import listing, short_day
from workflows.jobs import Job


def not_ready(call: Call, today: date) -> tuple[str, ...]:
    """Why a call may not be published on a day of its zone, a French sentence each with its remedy; none when it may.

    The deadlines of its dossiers are written that day: they would not follow a decision that comes later.
    """
    return (*_to_come(call, today), *address_lacking(call))


def _to_come(call: Call, today: date) -> Iterator[str]:
    for extension in call.parameters.extensions:
        if extension.decided_on > today:
            day = short_day(extension.decided_on)
            yield f"La prolongation décidée le {day} ne vaut pas encore : publiez-la ce jour-là, ou corrigez sa date."


def address_lacking(call: Call) -> Iterator[str]:
    """Why no mail would reach the accountant, where jobs write to them; nothing when one would."""
    rules = {job: call.parameters.jobs.rule(job) for job in Job}
    told = [job.value for job, rule in rules.items() if Addressee.ACCOUNTANT in rule.to and not rule.off]
    if told and not call.authority.accountant_email:
        yield (
            f"{listing(told)} : l’agent comptable est destinataire, et l’appel ne donne pas son adresse. "
            "Écrivez accountant_email dans [authority], ou retirez « accountant » de « to »."
        )
