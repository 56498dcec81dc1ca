"""Stretches that many stories share: filing, completeness, committee, award, start, end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from backoffice.services import committee
from backoffice.services.demo.life import Life, Script
from backoffice.services.demo.staff import OF_CALL, STAFF, sitting
from backoffice.store.dossiers import DossierRow
from workflows.actors import Actor
from workflows.calls.model import Depositor, PieceEvent
from workflows.french import listing
from workflows.parts.pieces import PieceState, Requirement, requirements
from workflows.parts.requests import EndReason, RequestKind

#: Pieces that the doctor sends in one document.
_ABOUT_THE_DOCTOR = frozenset({"cv", "lettre_motivation", "remplacant_cv", "remplacant_lettre_motivation"})


def wanted(life: Life, event: PieceEvent, cause: str = "") -> tuple[Requirement, ...]:
    """The pieces the call asks for at an event."""
    return requirements(life.call.clauses.pieces, event, life.view.sites, cause)


def give(life: Life, by: Actor, event: PieceEvent, *, cause: str = "", lacking: Iterable[str] = ()) -> None:
    """Give the pieces of an event, but for those whose name is lacking: one document for each bullet and place."""
    absent = set(lacking)
    documents: dict[tuple[str | None, bool], list[Requirement]] = {}
    for required in wanted(life, event, cause):
        if required.piece not in absent:
            documents.setdefault((required.site, required.piece in _ABOUT_THE_DOCTOR), []).append(required)
    for together in documents.values():
        reference = life.paper(listing([r.label for r in together]), by)
        life.do("receive_piece", by, keys=tuple(r.key for r in together), file=reference)


def accept(life: Life) -> None:
    """Have every piece received accepted."""
    for piece in life.view.pieces:
        if piece.state is PieceState.RECEIVED:
            life.do("judge_piece", life.instructor, key=piece.key, verdict=PieceState.ACCEPTED)


def drafted(life: Life, on: date, hour: str = "18:30") -> Script:
    """Open the draft."""
    yield life.at(on, hour)
    life.open()


def filed(life: Life, on: date, hour: str = "14:12", *, lacking: Iterable[str] = ()) -> Script:
    """Open a draft some days before, give the pieces, file."""
    yield from drafted(life, on - timedelta(days=12))
    yield life.at(on, hour)
    give(life, life.depositor, PieceEvent.FILING, lacking=lacking)
    for depositor in life.call.clauses.filing.depositors.value or ():
        who = {Depositor.CANDIDATE: life.candidate, Depositor.RECRUITER: life.recruiter}
        life.do("confirm_deposit", who.get(depositor, life.partner))
    life.do("submit", life.depositor)


def completed(life: Life, on: date, hour: str = "09:40") -> Script:
    """Examine the pieces and declare the dossier complete."""
    yield life.at(on, hour)
    accept(life)
    life.do("declare_complete", life.instructor)


def heard(life: Life, put: date, judged: date, session: str, *, favourable: bool = True, **derogations: str) -> Script:
    """Go to the committee and get its opinion."""
    yield life.at(put, "11:00")
    life.do("put_to_committee", life.instructor, session=session, derogations=derogations)
    yield from marked(life, judged)
    yield life.at(judged, "17:30")
    rank = life.post.rank if favourable else None
    life.do("record_opinion", life.instructor, judged_on=judged, favourable=favourable, rank=rank)


def marked(life: Life, on: date, *linked: str) -> Script:
    """The members mark the dossier, the better ranked the higher; those who are linked to it say so."""
    yield life.at(on, "15:30")
    stage = life.stage
    for place, member in enumerate(sitting(life.call.id)):
        apart = member.key in linked
        value = None if apart else max(2, 19 - life.post.rank * 3 // 4 - place % 2)
        row = stage.session.get_one(DossierRow, life.id, populate_existing=True)
        committee.mark(stage.session, row, member.id, value=value, linked=apart, now=stage.now)


def selected(life: Life, on: date, **award: Any) -> Script:
    """Be retained, the better ranked first."""
    yield life.at(on, f"14:{life.post.rank:02}")
    life.do("select", life.head, **award)


def notified(life: Life, on: date) -> Script:
    """Be notified, signed by the head."""
    yield life.at(on, f"15:{life.post.rank:02}")
    signed_by = str(STAFF[f"responsable.{OF_CALL[life.call.id]}"].id)
    life.do("notify", life.head, signed_by=signed_by)


def accepted(life: Life, on: date) -> Script:
    """The doctor accepts, then the recruiter."""
    yield life.at(on, "20:10")
    life.do("accept_award", life.candidate)
    yield life.at(on + timedelta(days=2), "10:20")
    life.do("accept_award", life.recruiter)


def financed(life: Life, on: date, **lifts: str) -> Script:
    """The financial notification."""
    yield life.at(on, "16:00")
    life.do("notify_money", life.head, lifts=lifts)


def started(life: Life, on: date, *, cause: str = "", recorded: int = 4) -> Script:
    """The recruiter gives the contract and the procès-verbal; the instructor records the start some days later."""
    yield life.at(on, "17:00")
    doctor = life.view.candidate
    if doctor is not None and doctor.rpps is None:
        life.do("identify_candidate", life.recruiter, rpps=life.rpps[doctor.id])
    give(life, life.recruiter, PieceEvent.START, cause=cause)
    yield life.at(on + timedelta(days=recorded), "09:15")
    accept(life)
    life.do("record_start", life.instructor, start_on=on)


def left(life: Life, last_day: date, reason: EndReason, *, told: date, recorded: date) -> Script:
    """The recruiter declares an early end, the instructor records it; a chef de clinique starts the day after."""
    yield life.at(told, "12:00")
    gone = last_day + timedelta(days=1)
    cca_from = gone if reason is EndReason.CCA_OR_HU else None
    dates = {"fact_on": told, "known_on": told, "effective_on": gone, "cca_from": cca_from}
    life.do("declare_early_end", life.recruiter, **dates, end_reason=reason)
    yield life.at(recorded, "10:05")
    life.do(
        "record_end",
        life.instructor,
        last_day=last_day,
        end_reason=reason,
        cca_from=cca_from,
        evidence=life.paper("lettre de démission", life.instructor),
        known_on=told,
        told_on=told,
        request=life.last_request(RequestKind.EARLY_END),
    )
