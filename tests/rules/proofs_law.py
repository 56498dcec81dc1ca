"""What every call takes from the law or from the customs of the house: silence, start, reminders, remarks."""

from __future__ import annotations

from datetime import date

from tests.builders import Hat
from tests.lives import Life
from tests.rules.registry import enforced, proves
from tests.rules.scene import (
    ARA,
    CVL,
    DG,
    IDF,
    NA,
    Answer,
    at,
    by_default,
    done,
    due,
    due_on,
    every_call,
    gave_parameter,
    ready,
    refusals,
    refused,
    shown,
)
from workflows.calls.model import Call, PieceEvent
from workflows.deadlines import Bound, Closing
from workflows.due import DueKind
from workflows.effects import Addressee
from workflows.parts.pieces import Piece, PieceState, requirements
from workflows.states import State

GOVERNED = "CRPA, art. L. 100-3"
SILENCE = "CRPA, art. L. 231-4"
STATUTE = "CSP, art. R. 6152-501 et suivants"
SERVICE_DONE = "décret n° 2012-1246 (service fait)"

#: Two months after the receipt of the nominal file.
REFUSED_ON = {
    NA: date(2024, 8, 10),
    IDF: date(2025, 6, 22),
    CVL: date(2022, 6, 12),
    ARA: date(2017, 6, 26),
    DG: date(2020, 11, 14),
}


def _filed(call: Call) -> Life:
    """The nominal file deposited under this call; one that comes by mail was received that very day."""
    life = ready(call)
    if life.profile.mailed:
        return life.do("register_received", Hat.INSTRUCTOR, received_at=life.now)
    return life.do("submit", life.depositor)


# Silence.


@every_call(SILENCE)
def two_months_of_silence_refuse(call: Call) -> None:
    life = _filed(call)
    assert due_on(life, DueKind.SILENCE_ELAPSED) == [REFUSED_ON[call.id]]
    left = [(REFUSED_ON[call.id] - day).days for day in due_on(life, DueKind.SILENCE_ALERT)]
    assert left == [15, 3]
    assert life.dossier.silence is not None
    assert not life.dossier.silence.elapsed(REFUSED_ON[call.id].replace(day=REFUSED_ON[call.id].day - 1))
    assert life.dossier.silence.elapsed(REFUSED_ON[call.id])


@proves(SILENCE, call=NA)
def a_request_for_pieces_stops_the_clock_until_they_come(call: Call) -> None:
    life = _filed(call).on(date(2024, 6, 17)).do("request_pieces", Hat.INSTRUCTOR, keys=("filing/cv",))
    assert life.dossier.open_piece_request is not None
    assert life.dossier.open_piece_request.due_on == date(2024, 7, 2)
    life.on(date(2024, 6, 28)).do("receive_piece", Hat.CANDIDATE, keys=("filing/cv",))
    assert due_on(life, DueKind.SILENCE_ELAPSED) == [date(2024, 8, 21)]


def _binds(call: Call) -> bool:
    life = _filed(call)
    assert life.dossier.silence is not None
    told = [item.what for item in due(life, DueKind.SILENCE_ELAPSED)]
    assert life.dossier.silence.informative is ("à titre indicatif" in told[0])
    return not life.dossier.silence.informative


@proves(GOVERNED, call=NA)
def the_code_governs_what_a_person_asks(call: Call) -> None:
    assert _binds(call)
    shown(
        call,
        f"[{GOVERNED}, droit commun]",
        "Le code des relations entre le public et l’administration (CRPA) régit la demande.",
    )


@every_call(GOVERNED, IDF, ARA)
def the_code_does_not_govern_what_a_public_hospital_asks(call: Call) -> None:
    assert not _binds(call)
    shown(
        call,
        f"[{GOVERNED}, droit commun]",
        "Le code des relations entre le public et l’administration (CRPA) ne régit pas la demande ; "
        "ses étapes sont suivies comme bonne pratique.",
    )


# The start.


def _starting(call: Call, *names: str) -> Answer:
    """What the record of the start answers when the recruiter has given these pieces and no other."""
    life = at(call, State.NOTIFIED)
    given = tuple(Piece(f"start/{name}/{life.profile.recruiter.id}", PieceState.ACCEPTED) for name in names)
    life = life.on(life.profile.start, "16:00").changed(pieces=(*life.dossier.pieces, *given))
    return life.attempt("record_start", Hat.INSTRUCTOR, start_on=life.profile.start)


def _only_at_the_start(call: Call, rule: str) -> None:
    places = at(call, State.NOTIFIED).dossier.sites
    for event in (PieceEvent.FILING, PieceEvent.REPLACEMENT):
        assert rule not in {r.source.rule for r in requirements(call.clauses.pieces, event, places)}


@every_call(STATUTE)
def nobody_starts_without_a_contract(call: Call) -> None:
    refused(_starting(call, "pv_installation"), "pieces_missing", STATUTE)
    assert "pieces_missing" not in refusals(_starting(call, "pv_installation", "contrat"))
    _only_at_the_start(call, STATUTE)


@every_call(SERVICE_DONE)
def nothing_is_paid_without_the_record_of_the_first_day(call: Call) -> None:
    refused(_starting(call, "contrat"), "pieces_missing", SERVICE_DONE)
    assert "pieces_missing" not in refusals(_starting(call, "pv_installation", "contrat"))
    _only_at_the_start(call, SERVICE_DONE)


# Reminders and remarks.


@every_call("J2")
def a_draft_is_recalled_three_times_before_the_closing(call: Call) -> None:
    closed = gave_parameter(call, "closing", Closing(date(2040, 6, 14), Bound.AU_PLUS_TARD, "Europe/Paris", ""))
    life = at(closed, State.DRAFT)
    assert due_on(life, DueKind.DRAFT_REMINDER) == [date(2040, 5, 30), date(2040, 6, 7), date(2040, 6, 12)]
    assert {who for item in due(life, DueKind.DRAFT_REMINDER) for who in item.to} == {Addressee.DEPOSITORS}
    assert due_on(_filed(closed), DueKind.DRAFT_REMINDER) == []
    shown(call, by_default("J2"), "Un brouillon est rappelé à son auteur 15, 7 et 2 jours avant la clôture.")


def _last_letter(life: Life) -> str:
    return life.dossier.receipts[-1].id


@every_call("L14")
def thirty_days_to_answer_before_a_repayment_is_decided(call: Call) -> None:
    life = at(call, State.CLAWBACK)
    for day, answer_by in ((date(2031, 9, 2), date(2031, 10, 2)), (date(2026, 3, 5), date(2026, 4, 7))):
        # the second period would end on the Saturday before Easter
        asked = life.copy().on(day).do("start_contradictory", Hat.INSTRUCTOR)
        assert asked.dossier.repayment is not None
        assert asked.dossier.repayment.answer_by is None
        current = done(asked.attempt("record_proof", Hat.INSTRUCTOR, receipt=_last_letter(asked))).after.repayment
        assert current is not None
        assert current.answer_by == answer_by
    life.on(date(2026, 3, 5)).do("start_contradictory", Hat.INSTRUCTOR)
    unheard = life.copy().on(date(2026, 9, 1)).attempt("decide_repayment", Hat.HEAD)
    assert "contradictory_not_received" in refusals(unheard)
    life.do("record_proof", Hat.INSTRUCTOR, receipt=_last_letter(life))
    running = life.on(date(2026, 4, 7)).attempt("decide_repayment", Hat.HEAD)
    assert "contradictory_running" in refusals(running)
    after = life.on(date(2026, 4, 8))
    assert "contradictory_running" not in refusals(after.attempt("decide_repayment", Hat.HEAD))
    assert due_on(after, DueKind.CONTRADICTORY_OVER) == [date(2026, 4, 8)]


enforced(SILENCE, "workflows.parts.silence.SilenceClock", "workflows.due.due_items")
enforced(GOVERNED, "workflows.parts.silence.SilenceClock", "workflows.due.due_items")
enforced(STATUTE, "workflows.guards.filing.start_pieces_complete")
enforced(SERVICE_DONE, "workflows.guards.filing.start_pieces_complete")
enforced("J2", "workflows.due.due_items")
enforced("L14", "workflows.guards.repayment.contradictory_over", "workflows.due.due_items")
