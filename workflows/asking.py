"""Who is asked for which pieces, and who still stands as a depositor once another doctor has come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from workflows.calls.model import Call, Depositor, PieceEvent
from workflows.dossier import Dossier, DossierDepositor
from workflows.effects import Addressee
from workflows.jobs import Job
from workflows.parts.pieces import PieceRequest, PieceState


def standing_depositors(dossier: Dossier) -> tuple[DossierDepositor, ...]:
    """Those who filed and still stand for the dossier: a doctor whom another has replaced does so no more."""
    present = dossier.candidate.id if dossier.candidate else None
    gone = {doctor for doctor in dossier.former if doctor != present}
    return tuple(d for d in dossier.depositors if d.party not in gone)


def asked_of(dossier: Dossier, keys: tuple[str, ...]) -> Mapping[Addressee, tuple[str, ...]]:
    """The pieces asked for, by key, under whoever gives them.

    Those of the filing come from the depositors; those of a replacement and of a start come from the recruiter, who
    sends them (CVL-15), never from the doctor who left. A recruiter who filed alone is asked once for all.
    """
    standing = standing_depositors(dossier)
    replaced = bool(dossier.depositors) and not standing
    found: dict[Addressee, list[str]] = {}
    for key in keys:
        filed = key.split("/", 1)[0] == PieceEvent.FILING.value and not replaced
        found.setdefault(Addressee.DEPOSITORS if filed else Addressee.RECRUITER, []).append(key)
    if len(found) > 1 and {d.kind for d in standing} == {Depositor.RECRUITER}:
        return {Addressee.RECRUITER: keys}
    return {who: tuple(wanted) for who, wanted in found.items()}


def still_awaited(dossier: Dossier, asked: PieceRequest) -> Mapping[Addressee, tuple[str, ...]]:
    """What has not arrived yet, or not as it should, of a request for pieces, under whoever gives it."""
    arrived = {p.key for p in dossier.pieces if p.state not in {PieceState.EXPECTED, PieceState.REFUSED}}
    return asked_of(dossier, tuple(key for key in asked.keys if key not in arrived))


def followed(dossier: Dossier) -> tuple[PieceRequest, ...]:
    """The open requests for pieces whose period still counts: a new one replaces those whose period was over."""
    waiting = [r for r in dossier.piece_requests if r.answered_on is None]
    since = max((r.asked_on for r in waiting), default=date.min)
    return tuple(r for r in waiting if r.asked_on == since or r.due_on >= since)


def reminded(dossier: Dossier, on: str | None, call: Call, *, early: bool) -> tuple[PieceRequest, ...]:
    """The requests for pieces that a reminder of a day (ISO) is about; without a day, the one that leaves most time.

    `early`: a reminder that comes before the last day, not the one of that day.
    """
    ahead = [days for days in call.parameters.jobs.rule(Job.J4).days if days > 0] if early else [0]
    last_days = {date.fromisoformat(on) + timedelta(days=days) for days in ahead} if on else set()
    mine = [r for r in followed(dossier) if r.due_on in last_days]
    last = dossier.open_piece_request
    return tuple(mine) or ((last,) if last else ())
