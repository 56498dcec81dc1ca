"""One nominal application per call: its places, its doctor, and the days on which things happen to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from tests.builders import doctor, shared, site, weekly
from workflows.calls.model import Depositor
from workflows.parts.candidates import Candidate
from workflows.sites import Plan, Site, SiteKind, SiteRole

RECRUITER, PARTNER = SiteRole.RECRUITER, SiteRole.PARTNER


@dataclass(frozen=True)
class Profile:
    """A nominal application and its calendar (days in the authority’s zone).

    `named_later`: the call finances a post, the doctor is named after the selection. `mailed`: the file comes by
    mail and the instructor registers it.
    """

    call: str
    number: str
    specialty: str
    sites: tuple[Site, ...]
    plan: Plan
    months: int
    start: date
    depositors: tuple[Depositor, ...]
    session: str
    opened: date
    filed: date
    complete: date
    put: date
    judged: date
    decided: date
    notified: date
    candidate: Candidate = field(default_factory=lambda: doctor("capucine-bleuet", 1))
    substitute: Candidate = field(default_factory=lambda: doctor("anis-vermeil", 2))
    filed_at: str = "14:12"
    named_later: bool = False
    mailed: bool = False

    @property
    def recruiter(self) -> Site:
        """The establishment that employs."""
        return next(s for s in self.sites if s.role is RECRUITER)

    @property
    def partner(self) -> Site:
        """The first partner."""
        return next(s for s in self.sites if s.role is PARTNER)


def _na() -> Profile:
    mirabelle = site(1, "CH de Mirabelle", RECRUITER, SiteKind.CH, "16", ght="charente", priority=True)
    tilleuls = site(2, "CHU des Tilleuls", PARTNER, SiteKind.CHU, "33")
    return Profile(
        call="na-2024",
        number="NA-2024-007",
        specialty="geriatrie",
        sites=(mirabelle, tilleuls),
        plan=shared(24, (mirabelle, 5), (tilleuls, 5)),
        months=24,
        start=date(2024, 11, 1),
        depositors=(Depositor.CANDIDATE,),
        session="juillet-2024",
        opened=date(2024, 5, 2),
        filed=date(2024, 6, 10),
        complete=date(2024, 6, 28),
        put=date(2024, 7, 8),
        judged=date(2024, 7, 11),
        decided=date(2024, 7, 15),
        notified=date(2024, 7, 22),
    )


def _idf() -> Profile:
    garance = site(11, "CH de la Garance", RECRUITER, SiteKind.CH, "77")
    lilas = site(12, "Hôpital du Lilas", PARTNER, SiteKind.ESPIC, "75")
    return Profile(
        call="idf-2025",
        number="IDF-2025-012",
        specialty="medecine_interne",
        sites=(garance, lilas),
        plan=shared(24, (garance, 6), (lilas, 4)),
        months=24,
        start=date(2025, 11, 1),
        depositors=(Depositor.RECRUITER,),
        session="juin-2025",
        opened=date(2025, 3, 10),
        filed=date(2025, 4, 22),
        complete=date(2025, 5, 12),
        put=date(2025, 6, 2),
        judged=date(2025, 6, 11),
        decided=date(2025, 6, 16),
        notified=date(2025, 6, 20),
        candidate=doctor("jonquille-cyan", 3),
        named_later=True,
    )


def _cvl() -> Profile:
    indigo = site(21, "CH d’Indigo", RECRUITER, SiteKind.CH, "45", zones=frozenset({"sous_dense"}))
    ajoncs = site(
        22,
        "Maison de santé des Ajoncs",
        PARTNER,
        SiteKind.MSP,
        "45",
        zones=frozenset({"sous_dense"}),
        distance_km=25,
    )
    return Profile(
        call="cvl-ville-hopital",
        number="CVL-2022-003",
        specialty="dermatologie",
        sites=(indigo, ajoncs),
        plan=shared(24, (indigo, 5), (ajoncs, 5)),
        months=24,
        start=date(2022, 11, 1),
        depositors=(Depositor.RECRUITER,),
        session="mai-2022",
        opened=date(2022, 3, 1),
        filed=date(2022, 4, 12),
        complete=date(2022, 4, 29),
        put=date(2022, 5, 9),
        judged=date(2022, 5, 19),
        decided=date(2022, 5, 24),
        notified=date(2022, 6, 1),
        candidate=doctor("pervenche-rousse", 4),
    )


def _ara() -> Profile:
    safran = site(31, "CH du Safran", RECRUITER, SiteKind.CH, "43")
    sauge = site(32, "CHU de la Sauge", PARTNER, SiteKind.CHU, "69")
    return Profile(
        call="ara-2017",
        number="ARA-2017-021",
        specialty="pneumologie",
        sites=(safran, sauge),
        plan=shared(24, (safran, 5), (sauge, 5)),
        months=24,
        start=date(2017, 11, 1),
        depositors=(Depositor.RECRUITER, Depositor.PARTNER),
        session="juin-2017",
        opened=date(2017, 3, 20),
        filed=date(2017, 4, 26),
        complete=date(2017, 5, 15),
        put=date(2017, 5, 22),
        judged=date(2017, 6, 13),
        decided=date(2017, 6, 19),
        notified=date(2017, 6, 22),
        candidate=doctor("coquelicot-gris", 5),
        named_later=True,
        mailed=True,
    )


def _guyane() -> Profile:
    hibiscus = site(41, "CH de l’Hibiscus", RECRUITER, SiteKind.CH, "973")
    tilleuls = site(42, "CHU des Tilleuls", PARTNER, SiteKind.CHU, "33")
    away, home = {f"s{hibiscus.id}": 10}, {f"s{tilleuls.id}": 10}
    return Profile(
        call="guyane-2020",
        number="GUY-2020-005",
        specialty="pediatrie",
        sites=(hibiscus, tilleuls),
        plan=(weekly(12, **away), weekly(12, **home)),
        months=24,
        start=date(2020, 11, 1),
        depositors=(Depositor.RECRUITER,),
        session="septembre-2020",
        opened=date(2020, 9, 4),
        filed=date(2020, 9, 14),
        complete=date(2020, 9, 21),
        put=date(2020, 9, 24),
        judged=date(2020, 9, 30),
        decided=date(2020, 10, 5),
        notified=date(2020, 10, 9),
        candidate=doctor("orchidee-jaune", 6),
        named_later=True,
    )


#: The five nominal applications, by call.
PROFILES = {p.call: p for p in (_na(), _idf(), _cvl(), _ara(), _guyane())}
