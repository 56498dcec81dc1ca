"""An application as a depositor writes it, and the draft it makes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from uuid import UUID

from sqlalchemy.orm import Session

from backoffice.services.people import Doctor, is_address, named_doctor, site_of
from backoffice.store.people import Establishment, Person
from workflows.actors import Actor, Role
from workflows.acts.filing import DraftInputs
from workflows.calls.model import Call, Depositor, Unit
from workflows.candidates import Candidate
from workflows.dossier import Dossier, DossierDepositor
from workflows.french import typography
from workflows.sites import Period, Plan, Site, SiteRole

_WEEK = 10
_YEAR = 12


def _label(text: str, longest: int = 80) -> dict[str, object]:
    return {"label": typography(text), "longest": longest}


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What a depositor fills in. Half-days are per week, the whole contract long unless the second year differs; a
    full week has ten. Distances are those by road from the recruiter."""

    specialty: str = field(metadata=_label("Spécialité"))
    recruiter: str = field(metadata=_label("Établissement recruteur"))
    recruiter_half_days: Fraction = field(metadata=_label("Demi-journées par semaine chez le recruteur"))
    partner: str = field(metadata=_label("Établissement partenaire"))
    partner_half_days: Fraction = field(metadata=_label("Demi-journées par semaine chez le partenaire"))
    partner_distance_km: int | None = field(default=None, metadata=_label("Distance du partenaire par la route, en km"))
    second_partner: str | None = field(default=None, metadata=_label("Second partenaire"))
    second_half_days: Fraction | None = field(default=None, metadata=_label("Demi-journées chez le second partenaire"))
    second_distance_km: int | None = field(
        default=None, metadata=_label("Distance du second partenaire par la route, en km")
    )
    months: int = field(metadata=_label("Durée demandée, en mois"))
    recruiter_second_year: Fraction | None = field(
        default=None, metadata=_label("La deuxième année, si elle diffère : demi-journées chez le recruteur")
    )
    partner_second_year: Fraction | None = field(
        default=None, metadata=_label("La deuxième année, si elle diffère : demi-journées chez le partenaire")
    )
    wished_start: date | None = field(default=None, metadata=_label("Prise de fonctions souhaitée"))
    contract_share: Fraction | None = field(
        default=None, metadata=_label("Quotité du contrat, si elle n’est pas 100 %")
    )
    given_name: str | None = field(default=None, metadata=_label("Prénom du médecin", 200))
    family_name: str | None = field(default=None, metadata=_label("Nom du médecin", 200))
    email: str | None = field(default=None, metadata=_label("Adresse électronique du médecin", 254))
    share_motivated: bool = field(default=False, metadata=_label("La répartition du temps est motivée dans le projet"))
    other_financing: bool = field(default=False, metadata=_label("Le poste reçoit un autre financement"))


#: Members that only matter where the money depends on the road between the sites.
DISTANCES = frozenset({"partner_distance_km", "second_distance_km"})


def needs_distance(call: Call) -> bool:
    """True when a component of the cost depends on the distance between the sites (CVL-10)."""
    return any(component.min_distance_km is not None for component in call.clauses.funding.components)


class ApplicationError(ValueError):
    """An application that cannot make a draft: the member concerned, and what to do."""

    def __init__(self, member: str, message: str) -> None:
        super().__init__(typography(message))
        self.member = member


@dataclass(frozen=True, slots=True)
class Applied:
    """The content of a draft, and the doctor to write with it when nobody knew them."""

    content: DraftInputs
    brings: tuple[Person, ...] = ()


def applied(
    session: Session,
    application: Application,
    call: Call,
    by: Actor,
    *,
    doctor_id: UUID,
    before: Candidate | None = None,
) -> Applied:
    """The content of the draft; `before`: the doctor the draft names already. Writes nothing.

    Raises ApplicationError for an establishment nobody knows, for one that is not that of the depositor, or for a
    time share that is none.
    """
    sites = _sites(session, application)
    if by.role is Role.ESTABLISHMENT and by.party not in {site.id for site in sites}:
        raise ApplicationError(
            "recruiter",
            "Votre établissement n’est ni recruteur ni partenaire : choisissez-le, ou laissez les autres déposer.",
        )
    share = application.contract_share
    if share is not None and not 0 < share <= 1:
        raise ApplicationError("contract_share", "Une quotité va de 1 % à 100 % : corrigez-la, par exemple « 80 % ».")
    doctor, brings = _candidate(session, application, by, doctor_id, before)
    content = DraftInputs(
        specialty=application.specialty,
        sites=sites,
        plan=_plan(application, sites),
        months=application.months,
        wished_start=application.wished_start,
        contract_share=share,
        share_motivated=application.share_motivated,
        other_financing=application.other_financing,
        candidate=doctor,
        depositors=_depositors(call, by, sites, doctor),
    )
    return Applied(content, brings)


def _plan(application: Application, sites: tuple[Site, ...]) -> Plan:
    """The weeks of the contract: one, or one for each year."""
    given, months = application, application.months
    if months == 0:
        raise ApplicationError("months", "La durée ne peut pas être nulle : indiquez un nombre de mois.")
    first = (given.recruiter_half_days, given.partner_half_days, given.second_half_days or Fraction(0))
    if given.recruiter_second_year is None and given.partner_second_year is None:
        return (Period(months, _week(sites, first, "recruiter_half_days")),)
    if months <= _YEAR:
        raise ApplicationError("recruiter_second_year", "Ce contrat n’a pas de deuxième année : videz ces champs.")
    second = (given.recruiter_second_year or Fraction(0), given.partner_second_year or Fraction(0), first[2])
    return (
        Period(_YEAR, _week(sites, first, "recruiter_half_days")),
        Period(months - _YEAR, _week(sites, second, "recruiter_second_year")),
    )


def _week(sites: tuple[Site, ...], halves: tuple[Fraction, ...], member: str) -> tuple[tuple[str, Fraction], ...]:
    if not 0 < sum(halves) <= _WEEK:
        raise ApplicationError(member, "La semaine compte de 1 à 10 demi-journées en tout : corrigez-les.")
    return tuple((site.id, n) for site, n in zip(sites, halves, strict=False) if n)


def _sites(session: Session, application: Application) -> tuple[Site, ...]:
    asked: list[tuple[str, str, int | None]] = [
        ("recruiter", application.recruiter, None),
        ("partner", application.partner, application.partner_distance_km),
    ]
    if application.second_partner:
        asked.append(("second_partner", application.second_partner, application.second_distance_km))
    found: list[Site] = []
    for member, finess, away in asked:
        row = session.get(Establishment, finess)
        if row is None:
            raise ApplicationError(member, "Cet établissement n’est pas connu : choisissez-le dans la liste.")
        if any(site.id == row.finess for site in found):
            raise ApplicationError(member, "Le même établissement est donné deux fois : choisissez-en un autre.")
        site = site_of(row, SiteRole.RECRUITER if member == "recruiter" else SiteRole.PARTNER)
        found.append(replace(site, distance_km=away))
    return tuple(found)


def _candidate(
    session: Session, application: Application, by: Actor, doctor_id: UUID, before: Candidate | None
) -> tuple[Candidate | None, tuple[Person, ...]]:
    """The doctor of the draft: whoever fills it in, the one named before, or somebody new."""
    if by.role is Role.CANDIDATE:
        return before or Candidate(by.id), ()
    if not (application.family_name and application.given_name):
        return before, ()
    if application.email and not is_address(application.email):
        raise ApplicationError("email", "Cette adresse ne peut pas recevoir de courriel : corrigez-la.")
    known = session.get(Person, UUID(before.id)) if before is not None else None
    typed = (application.given_name, application.family_name, application.email)
    if known is not None and typed == (known.given_name, known.family_name, known.email):
        return before, ()
    named = named_doctor(session, Doctor(application.family_name, application.given_name, application.email), doctor_id)
    return Candidate(str(named.id)), named.rows


def _depositors(
    call: Call, by: Actor, sites: tuple[Site, ...], doctor: Candidate | None
) -> tuple[DossierDepositor, ...]:
    """Who files: the one who fills in, and the others of a joint file (ARA-15); for an agent, those the call names."""
    filing = call.clauses.filing
    parties = {Depositor.CANDIDATE: doctor.id if doctor else None}
    parties |= {_kind_of(site): site.id for site in reversed(sites)}
    if by.role is Role.CANDIDATE:
        mine = DossierDepositor(Depositor.CANDIDATE, by.id, confirmed=True)
    elif by.role is Role.ESTABLISHMENT:
        kind = next(_kind_of(s) for s in sites if s.id == by.party)
        mine = DossierDepositor(kind, by.party, confirmed=True)
    else:
        named = filing.depositors.value or (Depositor.RECRUITER,)
        return tuple(DossierDepositor(kind, parties[kind]) for kind in named)
    if not filing.joint.value:
        return (mine,)
    return (mine, *(DossierDepositor(_kind_of(s), s.id) for s in sites if s.id != mine.party))


def _kind_of(site: Site) -> Depositor:
    return Depositor.RECRUITER if site.role is SiteRole.RECRUITER else Depositor.PARTNER


def draft_with(content: DraftInputs) -> Dossier:
    """A draft of that content, for the opening."""
    given = {
        name: getattr(content, name)
        for name in DraftInputs.__dataclass_fields__
        if name not in {"reason", "lifts"} and getattr(content, name) is not None
    }
    return replace(Dossier("", "", "", date.min), **given)


def names_a_person(call: Call) -> bool:
    """True when the call chooses a person with the post: the application then names somebody."""
    return call.clauses.filing.unit.value is not Unit.POST
