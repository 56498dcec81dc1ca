"""A rehearsal as plain JSON data: stable keys, ISO dates, instants in UTC, euros as text with two decimals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from workflows.due import Due
from workflows.effects import Effect
from workflows.findings import Finding
from workflows.rehearsal.report import (
    Account,
    Changed,
    Checked,
    DossierReport,
    Fell,
    Line,
    Opened,
    Owed,
    Rehearsal,
    Step,
)

Plain = dict[str, Any]


def to_json(found: Rehearsal) -> Plain:
    """The whole rehearsal."""
    return {
        "title": found.title,
        "variant": found.variant,
        "call": {"id": found.call, "title": found.call_title, "digest": found.digest, "zone": found.zone},
        "complement": None
        if found.complement is None
        else {
            "reason": found.complement,
            "values": [{"path": c.path, "rule": c.rule, "value": c.value} for c in found.completed],
        },
        "places_before": dict(found.places_before),
        "expectations": {"total": found.expected, "missed": len(found.unmet)},
        "history": [_line(line) for line in found.history],
        "dossiers": [_dossier(report) for report in found.dossiers],
        "quotas": [
            {"id": q.id, "label": q.label, "places": q.places, "taken": q.taken, "highest": q.highest}
            for q in found.quotas
        ],
    }


def _line(line: Line) -> Plain:
    match line:
        case Opened():
            return {"kind": "opened", "at": _iso(line.at), "dossier": line.dossier, "renews": line.renews}
        case Changed():
            return {"kind": "parameter", "at": _iso(line.at), "what": line.what, "note": line.note}
        case Fell():
            return {"kind": "due", "at": _iso(line.at), "dossier": line.dossier, **_due(line.due)}
        case Checked():
            return {
                "kind": "check",
                "at": _iso(line.at),
                "dossier": line.dossier,
                "what": line.what,
                "wanted": line.wanted,
                "found": line.found,
                "met": line.met,
            }
        case Step():
            return _step(line)


def _step(line: Step) -> Plain:
    expected = line.expectation
    return {
        "kind": "act",
        "at": _iso(line.at),
        "dossier": line.dossier,
        "act": line.act,
        "by": {"role": line.by.role.value, "id": line.by.id, "party": line.by.party},
        "from": line.source.value,
        "to": line.target.value if line.target else None,
        "refused": line.refused,
        "findings": [_finding(f, line.lifted or {}) for f in line.findings],
        "effects": [_effect(e) for e in line.effects],
        "inputs": [{"label": label, "value": value} for label, value in line.inputs],
        "dates": {name: _iso(on) for name, on in (line.dates or {}).items()},
        "changes": list(line.changes),
        "expected": None
        if expected is None
        else {"wanted": list(expected.wanted), "warns": list(expected.warns), "met": expected.met},
        "note": line.note,
    }


def _finding(finding: Finding, lifted: Mapping[str, str]) -> Plain:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "sentence": finding.sentence,
        "remedy": finding.remedy,
        "rule": finding.rule,
        "lifted": lifted.get(finding.code),
    }


def _effect(effect: Effect) -> Plain:
    return {
        "kind": effect.kind.value,
        "name": effect.name,
        "to": effect.to.value if effect.to else None,
        "details": dict(effect.details),
    }


def _due(due: Due) -> Plain:
    return {
        "what": due.kind.value,
        "on": _iso(due.on),
        "sentence": due.what,
        "unless": due.cancelled_if,
        "job": due.job,
        "to": [who.value for who in due.to],
        "rule": due.rule,
        "act": due.act,
    }


def _dossier(report: DossierReport) -> Plain:
    dossier, award = report.dossier, report.dossier.award
    repayment = dossier.repayment
    return {
        "number": dossier.number,
        "state": dossier.state.value,
        "silence_on": _iso(report.silence_on),
        "planned_start": _iso(award.planned_start) if award else None,
        "planned_end": _iso(award.planned_end) if award else None,
        "holders": [
            {
                "id": t.candidate,
                "name": report.holders.get(t.candidate or ""),
                "from": _iso(t.starts_on),
                "to": _iso(t.ends_on),
            }
            for t in dossier.tenures
        ],
        "end": None
        if dossier.end is None
        else {"last_day": _iso(dossier.end.last_day), "outcome": dossier.end.outcome.value, "cca": dossier.end.cca},
        "awarded": _account(report.awarded),
        "funded": _account(report.funded),
        "costs": [{"label": c.label, "monthly": _money(c.amount), "chosen": c.chosen} for c in report.costs],
        "tranches": [
            {"id": t.id, "amount": _money(t.amount), "budget_year": t.budget_year, "on": _iso(t.delegated_on)}
            for t in dossier.tranches
        ],
        "delegated": _money(dossier.delegated),
        "paid": _money(dossier.paid),
        "owed": _owed(report.owed),
        "repayment": None
        if repayment is None
        else {
            "state": repayment.state.value,
            "proposed": _money(repayment.proposed),
            "decided": _money(repayment.decided),
            "answer_by": _iso(repayment.answer_by),
        },
        "coming": [_due(due) for due in report.coming],
    }


def _account(account: Account | None) -> Plain | None:
    if account is None:
        return None
    return {
        "months": str(account.months),
        "total": _money(account.total),
        "by_year": {str(year): _money(due) for year, due in account.by_year.items()},
        "unknown": account.unknown,
        "unsettled": list(account.unsettled),
        "lines": [
            {
                "month": f"{m.year}-{m.month:02}",
                "thirtieths": m.thirtieths,
                "holders": dict(m.holders),
                "amount": _money(m.amount),
            }
            for m in account.lines
        ],
    }


def _owed(owed: Owed | None) -> Plain | None:
    if owed is None:
        return None
    return {
        "paid": _money(owed.paid),
        "served": _money(owed.served),
        "readings": {
            line.reading.value: {"amount": _money(line.amount), "allowed": line.allowed} for line in owed.readings
        },
        "shown": owed.shown.value,
        "decidable": owed.decidable,
    }


def _iso(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _money(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"
