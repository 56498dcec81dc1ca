"""What each call says, value by value: path in the file -> (rule, value). UNKNOWN where the call says nothing."""

from __future__ import annotations

from typing import Any

from tests.calls_real.reading import UNKNOWN

Values = dict[str, tuple[str, Any]]

RELATIONS = "CRPA, art. L. 100-3"
SILENCE = "CRPA, art. L. 231-4"
STATUS = "CSP, art. R. 6152-501"
PUBLIC_EMPLOYERS = ["chu", "ch", "eps", "usmp", "prevention", "ehpad_public"]
EVERYBODY = ["depositors", "candidate", "recruiter", "partners"]

_AFTER_START = ["start_recorded", "deferral_asked", "withdrawal_reported", "replacement_proposed"]

#: The ten scheduled jobs (5.3), of which no text says anything.
JOBS: Values = {
    "parameters.jobs.send_at": ("J2", 8),
    "parameters.jobs.J2.to": ("J2", ["depositors"]),
    "parameters.jobs.J2.unless": ("J2", ["filed"]),
    "parameters.jobs.J3.days": ("J3", [8]),
    "parameters.jobs.J3.to": ("J3", ["service"]),
    "parameters.jobs.J3.unless": ("J3", ["receipt_sent"]),
    "parameters.jobs.J4.days": ("J4", [5, 0, -1]),
    "parameters.jobs.J4.to": ("J4", ["depositors", "recruiter", "service"]),
    "parameters.jobs.J4.unless": ("J4", ["pieces_in"]),
    "parameters.jobs.J5.days": ("J5", [15, 3]),
    "parameters.jobs.J5.to": ("J5", ["service"]),
    "parameters.jobs.J5.unless": ("J5", ["proven"]),
    "parameters.jobs.J6.days": ("J6", [10, 5]),
    "parameters.jobs.J6.to": ("J6", ["service", "members"]),
    "parameters.jobs.J6.unless": ("J6", ["session_come"]),
    "parameters.jobs.J7.days": ("J7", [1, 15]),
    "parameters.jobs.J7.to": ("J7", ["recruiter", "service"]),
    "parameters.jobs.J7.unless": ("J7", _AFTER_START),
    "parameters.jobs.J8.days": ("J8", [184]),
    "parameters.jobs.J8.to": ("J8", ["service"]),
    "parameters.jobs.J8.unless": ("J8", ["end_declared"]),
    "parameters.jobs.J9.days": ("J9", [30, 60]),
    "parameters.jobs.J9.to": ("J9", ["recruiter", "service"]),
    "parameters.jobs.J9.unless": ("J9", ["paid", "answered"]),
    "parameters.jobs.J10.to": ("J10", ["service"]),
    "parameters.jobs.J10.unless": ("J10", ["procedure_open"]),
}

#: Where no text says anything, the same default everywhere.
COMMON: Values = {
    "clauses.silence_months": (SILENCE, 2),
    "clauses.filing.complete_at_deadline": ("A33", False),
    "clauses.filing.completion_days": ("A33", 15),
    "clauses.filing.reminder_days": ("J2", [15, 7, 2]),
    "clauses.committee.partial_project": ("A37", True),
    "clauses.award.presence_days": ("A47", 30),
    "clauses.award.choice_days": ("A34", 8),
    "clauses.funding.scaled_by_contract": ("A41", False),
    "clauses.funding.indexed": ("A26", False),
    "clauses.funding.tranches": ("A48", "calendar_year"),
    "clauses.funding.rate_index": ("A27", "post"),
    "clauses.replacement.remind_after_days": ("A11", 15),
    "clauses.replacement.propose_within_days": ("A11", 30),
    "clauses.replacement.give_back_after_days": ("A11", 60),
    "clauses.replacement.end_unchanged": ("A12", True),
    "clauses.deferral.tell_within_days": ("A8", 8),
    "clauses.deferral.usual_months": ("A7", 2),
    "clauses.deferral.longest_months": ("A7", 6),
    "clauses.end.declare_within_days": ("A8", 8),
    "clauses.end.cca_watch_months": ("A4", 3),
    "clauses.end.contradictory_days": ("L14", 30),
    "clauses.decision_levels.defer": ("A7", "head"),
    **JOBS,
}

#: Calls that say nothing of a withdrawal, a deferral or an early end.
SILENT_LIFE: Values = {
    "clauses.replacement.allowed": ("A12", True),
    "clauses.replacement.letter": ("A10", True),
    "clauses.replacement.repercussions": ("A14", True),
    "clauses.deferral.allowed": ("A7", True),
    "clauses.deferral.duty": ("A8", False),
}

#: Calls without a clause on repayment, nor a list of pieces on the person.
NO_CLAUSE: Values = {
    "clauses.funding.repayment_reading": ("A2", "prorata"),
    "clauses.replacement.pieces_confirmed": ("A10", False),
    "clauses.award.also_notified": ("A39", EVERYBODY),
}


def silent(rule: str, *paths: str) -> Values:
    return dict.fromkeys(paths, (rule, UNKNOWN))


def area(label: str, rank: int = 1, **selector: list[str]) -> dict[str, Any]:
    return {"label": label, "selector": selector, "rank": rank}


def step(above: str, up_to: str | None, amount: str, sites: int = 1, *, included: bool = False) -> dict[str, Any]:
    upper = {} if up_to is None else {"up_to": up_to}
    return {"above": above, **upper, "sites": sites, "amount": amount, "above_included": included}


SILENT_EVERYWHERE = (
    "clauses.gates.project_sizes",
    "clauses.committee.offer_days",
    "clauses.award.acceptance_days",
    "parameters.opens_on",
)
NO_RENEWAL = ("clauses.renewal.months", "clauses.renewal.times")

NA: Values = {
    **COMMON,
    **SILENT_LIFE,
    **silent("NA-29", *SILENT_EVERYWHERE, *NO_RENEWAL, "clauses.gates.independent"),
    **silent("NA-29", "clauses.funding.line", "parameters.quotas.0.places"),
    "clauses.regime_crpa": (RELATIONS, True),
    "clauses.filing.unit": ("NA-22", "candidate_and_post"),
    "clauses.filing.depositors": ("NA-22", ["candidate"]),
    "clauses.filing.joint": ("NA-22", False),
    "clauses.filing.channel": ("NA-22", "online"),
    "clauses.gates.recruiter.kinds": ("NA-14", ["chu", "ch", "eps"]),
    "clauses.gates.partner.kinds": ("NA-15", ["chu", "ch", "espic", "clcc"]),
    "clauses.gates.count": ("NA-12", [2, 3]),
    "clauses.gates.usual_count": ("A20", 2),
    "clauses.gates.project_sizes": ("NA-04", [1, 2, 3]),
    "clauses.gates.time_shares.0.floor": ("NA-05", "1/2"),
    "clauses.gates.time_shares.1.floor": ("A21", "1/2"),
    "clauses.gates.territories.0.areas": (
        "NA-11",
        [
            area("GHT de la Charente (16)", ghts=["charente"], departments=["16"]),
            area("GHT de Saintonge (17)", ghts=["saintonge"], departments=["17"]),
            area("GHT du Limousin, Corrèze (19) et Creuse (23)", ghts=["limousin"], departments=["19", "23"]),
            area("GHT du Limousin, Haute-Vienne (87)", 2, ghts=["limousin"], departments=["87"]),
            area("GHT de la Dordogne (24)", ghts=["dordogne"], departments=["24"]),
            area("GHT des Landes (40)", ghts=["landes"], departments=["40"]),
            area("GHT du Lot-et-Garonne (47)", ghts=["lot-et-garonne"], departments=["47"]),
            area("GHT des Deux-Sèvres (79)", ghts=["deux-sevres"], departments=["79"]),
        ],
    ),
    "clauses.contract.windows": (
        "NA-02",
        [{"first": "2024-11-01", "last": "2024-11-30"}, {"first": "2025-05-01", "last": "2025-05-31"}],
    ),
    "clauses.contract.months": ("NA-13", [12, 24]),
    "clauses.committee.exists": ("NA-27", True),
    "clauses.committee.reserve_until": ("A15", "2025-05-31"),
    "clauses.award.notified_to": ("NA-28", ["candidate"]),
    "clauses.award.also_notified": ("A39", ["recruiter", "partners"]),
    "clauses.funding.rates.0.rate": ("NA-17", "1/2"),
    "clauses.funding.components.0.amount": ("NA-19", "2803.59"),
    "clauses.funding.components.1.amount": ("NA-19", "1010.00"),
    "clauses.funding.components.2.amount": ("NA-19", "700.00"),
    "clauses.funding.charges": ("NA-19", "11/25"),
    "clauses.funding.flats.0.amount": ("NA-18", "3249.79"),
    "clauses.funding.reading": ("NA-17", "cout_charge"),
    "clauses.funding.printed_cost": ("NA-19", "6499.58"),
    "clauses.funding.payee": ("NA-20", "recruiter"),
    "clauses.funding.repayment_reading": ("A1", "prorata"),
    "clauses.replacement.pieces_confirmed": ("A10", True),
    "clauses.replacement.opinion": ("A13", "chair"),
    "clauses.deferral.end": ("A9", "keep_duration"),
    "parameters.closing": (
        "NA-23",
        {
            "day": "2024-06-14",
            "bound": "au plus tard le",
            "zone": "Europe/Paris",
            "wording": "au plus tard le 14 juin 2024",
        },
    ),
}

IDF: Values = {
    **COMMON,
    **SILENT_LIFE,
    **NO_CLAUSE,
    **silent("IDF-15", *SILENT_EVERYWHERE, "clauses.award.notified_to", "parameters.quotas.0.places"),
    **silent("IDF-15", *(f"clauses.funding.components.{rank}.amount" for rank in range(3))),
    **silent(
        "IDF-15", *(f"clauses.funding.{name}" for name in ("charges", "reading", "printed_cost", "line", "payee"))
    ),
    "clauses.regime_crpa": (RELATIONS, False),
    "clauses.filing.unit": ("IDF-01", "post"),
    "clauses.filing.depositors": ("IDF-12", ["recruiter"]),
    "clauses.filing.joint": ("IDF-12", False),
    "clauses.filing.channel": ("IDF-12", "online"),
    "clauses.gates.recruiter.kinds": ("IDF-02", PUBLIC_EMPLOYERS),
    "clauses.gates.partner.kinds": ("IDF-03", ["chu", "ch", "eps", "espic", "clcc", "cds"]),
    "clauses.gates.partner.tolerated": ("A28", ["ehpad_public"]),
    "clauses.gates.independent": ("IDF-03", True),
    "clauses.gates.count": ("IDF-01", [2, 2]),
    "clauses.gates.specialties.only": (
        "IDF-07",
        ["filiere:medicale", "filiere:chirurgicale", "filiere:biologie", "filiere:odontologie", "filiere:pharmacie"],
    ),
    "clauses.contract.windows": ("IDF-06", [{"first": "2025-11-01", "last": "2025-11-01"}]),
    "clauses.contract.months": ("IDF-06", [24]),
    "clauses.contract.fixed_end": ("IDF-06", "2027-10-31"),
    "clauses.committee.exists": ("IDF-14", True),
    "clauses.committee.reserve_until": ("A15", "2025-11-01"),
    "clauses.funding.rates.0.rate": ("IDF-04", "3/5"),
    "clauses.replacement.opinion": ("A13", "head"),
    "clauses.deferral.end": ("A9", "keep_end"),
    "clauses.renewal.months": ("IDF-08", 12),
    "clauses.renewal.times": ("A30", 1),
    "parameters.closing": (
        "IDF-13",
        {
            "day": "2025-04-30",
            "bound": "jusqu’au",
            "zone": "Europe/Paris",
            "wording": "jusqu’au mercredi 30 avril 2025 délai de rigueur",
        },
    ),
}

CVL: Values = {
    **COMMON,
    **NO_CLAUSE,
    **silent("CVL-14", "clauses.regime_crpa", "clauses.filing.depositors", "clauses.filing.joint"),
    **silent("CVL-19", *SILENT_EVERYWHERE, *NO_RENEWAL, "clauses.gates.independent", "clauses.award.notified_to"),
    **silent("CVL-19", "clauses.contract.windows", "clauses.committee.exists", "clauses.committee.reserve_until"),
    **silent(
        "CVL-19", "clauses.funding.charges", "clauses.funding.line", "clauses.funding.payee", "parameters.closing"
    ),
    "clauses.filing.unit": ("CVL-15", "candidate_and_post"),
    "clauses.filing.channel": ("CVL-14", "online"),
    "clauses.gates.recruiter.kinds": (STATUS, ["chu", "ch", "eps"]),
    "clauses.gates.partner.kinds": ("CVL-02", ["cpts", "cds", "msp", "cabinet"]),
    "clauses.gates.count": ("CVL-02", [2, 2]),
    "clauses.gates.time_shares.0.floor": ("CVL-07", "1/2"),
    "clauses.gates.time_shares.0.ceiling": ("CVL-07", "1/2"),
    "clauses.gates.time_shares.0.modulable": ("CVL-07", True),
    "clauses.gates.time_shares.1.floor": ("A23", "1/2"),
    "clauses.gates.territories.0.areas": (
        "CVL-04",
        [area("zone sous-dense du zonage «\u00a0médecin\u00a0»", zones=["sous_dense"])],
    ),
    "clauses.gates.specialties.excluded": ("CVL-03", ["medecine_generale"]),
    "clauses.contract.months": ("CVL-06", [24, 12]),
    "clauses.funding.rates.0.rate": ("CVL-05", "1"),
    "clauses.funding.components.0.amount": ("CVL-08", "2762.16"),
    "clauses.funding.components.1.amount": ("CVL-08", "1010.00"),
    "clauses.funding.components.2.scale": (
        "CVL-09",
        [
            step("1", "1", "250.00", included=True),
            step("1", "3", "450.00"),
            step("3", "4", "700.00"),
            step("4", "4", "1000.00", sites=2, included=True),
            step("4", None, "1000.00"),
        ],
    ),
    "clauses.funding.components.2.min_distance_km": ("CVL-10", 20),
    "clauses.funding.reading": ("A24", "b"),
    "clauses.replacement.allowed": ("CVL-15", True),
    "clauses.replacement.letter": ("CVL-15", True),
    "clauses.replacement.repercussions": ("CVL-15", True),
    "clauses.replacement.opinion": ("A13", "chair"),
    "clauses.deferral.allowed": ("CVL-18", True),
    "clauses.deferral.duty": ("CVL-17", True),
    "clauses.deferral.end": ("A9", "keep_duration"),
    "parameters.quotas.0.places": ("CVL-01", 6),
}

ARA: Values = {
    **COMMON,
    **SILENT_LIFE,
    **NO_CLAUSE,
    **silent("ARA-18", *SILENT_EVERYWHERE, *NO_RENEWAL, "clauses.gates.independent", "clauses.award.notified_to"),
    **silent("ARA-18", "clauses.committee.exists", "clauses.committee.reserve_until", "parameters.quotas.0.places"),
    **silent("ARA-18", *(f"clauses.funding.{name}" for name in ("charges", "reading", "printed_cost", "line"))),
    "clauses.regime_crpa": (RELATIONS, False),
    "clauses.filing.unit": ("ARA-13", "post"),
    "clauses.filing.depositors": ("ARA-15", ["recruiter", "partner"]),
    "clauses.filing.joint": ("ARA-15", True),
    "clauses.filing.channel": ("ARA-15", "email"),
    "clauses.gates.recruiter.kinds": ("ARA-04", ["ch"]),
    "clauses.gates.partner.kinds": ("ARA-01", ["chu", "clcc"]),
    "clauses.gates.count": ("ARA-01", [2, 2]),
    "clauses.gates.time_shares.0.floor": ("ARA-06", "1/2"),
    "clauses.gates.candidate.0.comparison": ("ARA-05", "is_true"),
    "clauses.contract.windows": ("ARA-02", [{"first": "2017-11-01"}]),
    "clauses.contract.months": ("ARA-03", [24]),
    "clauses.funding.rates.0.rate": ("ARA-08", "4/5"),
    "clauses.funding.rates.1.rate": ("ARA-08", "3/5"),
    "clauses.funding.payee": ("ARA-08", "recruiter"),
    "clauses.funding.vehicle": ("ARA-09", "avenant au CPOM, à établir"),
    "clauses.replacement.opinion": ("A13", "head"),
    "clauses.deferral.end": ("A9", "keep_duration"),
    "parameters.closing": (
        "ARA-16",
        {"day": "2017-04-30", "bound": "avant le", "zone": "Europe/Paris", "wording": "avant le 30 avril 2017"},
    ),
}

GUYANE: Values = {
    **COMMON,
    **SILENT_LIFE,
    **NO_CLAUSE,
    **silent("DG-12", *SILENT_EVERYWHERE, *NO_RENEWAL, "clauses.gates.independent", "clauses.award.notified_to"),
    **silent(
        "DG-12", "clauses.regime_crpa", *(f"clauses.filing.{name}" for name in ("depositors", "joint", "channel"))
    ),
    **silent("DG-12", "clauses.gates.partner.kinds", "clauses.gates.count", "clauses.contract.windows"),
    **silent("DG-12", "clauses.committee.exists", "clauses.committee.reserve_until", "parameters.closing"),
    **silent("DG-12", "clauses.funding.rates.0.rate"),
    **silent("DG-12", *(f"clauses.funding.{name}" for name in ("charges", "reading", "printed_cost", "payee"))),
    "clauses.filing.unit": ("DG-05", "post"),
    "clauses.gates.recruiter.kinds": (STATUS, PUBLIC_EMPLOYERS),
    "clauses.gates.time_shares.0.floor_months": ("DG-04", "12"),
    "clauses.gates.territories.0.areas": ("DG-05", [area("Guyane (973)", departments=["973"])]),
    "clauses.contract.months": ("DG-04", [12, 24]),
    "clauses.funding.line": ("DG-01", "MIGAC"),
    "clauses.replacement.opinion": ("A13", "head"),
    "clauses.deferral.end": ("A9", "keep_duration"),
    "parameters.quotas.0.places": ("DG-04", 15),
}

TABLES: dict[str, Values] = {
    "na-2024": NA,
    "idf-2025": IDF,
    "cvl-ville-hopital": CVL,
    "ara-2017": ARA,
    "guyane-2020": GUYANE,
}
