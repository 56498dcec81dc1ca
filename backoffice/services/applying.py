"""An application as a depositor writes it, and the draft it makes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from uuid import UUID

from sqlalchemy.orm import Session

from backoffice.services.people import Doctor, register_doctor, site_of
from backoffice.store.people import Establishment
from workflows.actors import Actor, Role
from workflows.acts.filing import DraftInputs
from workflows.calls.model import Call, Depositor, Unit
from workflows.candidates import Candidate
from workflows.dossier import Dossier, DossierDepositor
from workflows.sites import Period, Site, SiteRole

_WEEK = 10


def _label(text: str) -> dict[str, str]:
    return {"label": text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What a depositor fills in. Half-days are per week over the whole contract; a full week has ten."""

    specialty: str = field(metadata=_label("Spécialité"))
    recruiter: str = field(metadata=_label("Établissement recruteur"))
    recruiter_half_days: Fraction = field(metadata=_label("Demi-journées par semaine chez le recruteur"))
    partner: str = field(metadata=_label("Établissement partenaire"))
    partner_half_days: Fraction = field(metadata=_label("Demi-journées par semaine chez le partenaire"))
    second_partner: str | None = field(default=None, metadata=_label("Second partenaire"))
    second_half_days: Fraction | None = field(default=None, metadata=_label("Demi-journées chez le second partenaire"))
    months: int = field(metadata=_label("Durée demandée, en mois"))
    wished_start: date | None = field(default=None, metadata=_label("Prise de fonctions souhaitée"))
    given_name: str | None = field(default=None, metadata=_label("Prénom du médecin"))
    family_name: str | None = field(default=None, metadata=_label("Nom du médecin"))
    email: str | None = field(default=None, metadata=_label("Adresse électronique du médecin"))
    share_motivated: bool = field(default=False, metadata=_label("La répartition du temps est motivée dans le projet"))
    other_financing: bool = field(default=False, metadata=_label("Le poste reçoit un autre financement"))


class ApplicationError(ValueError):
    """An application that cannot make a draft: the member concerned, and what to do."""

    def __init__(self, member: str, message: str) -> None:
        super().__init__(message)
        self.member = member


def content_of(session: Session, application: Application, call: Call, by: Actor, doctor_id: UUID) -> DraftInputs:
    """The content of the draft. Raises ApplicationError for an establishment nobody knows, or impossible half-days."""
    sites = _sites(session, application)
    halves = [
        application.recruiter_half_days,
        application.partner_half_days,
        application.second_half_days or Fraction(0),
    ]
    if not 0 < sum(halves) <= _WEEK:
        raise ApplicationError(
            "recruiter_half_days", "La semaine compte de 1 à 10 demi-journées en tout : corrigez-les."
        )
    if application.months == 0:
        raise ApplicationError("months", "La durée ne peut pas être nulle : indiquez un nombre de mois.")
    week = tuple((site.id, n) for site, n in zip(sites, halves, strict=False))
    return DraftInputs(
        specialty=application.specialty,
        sites=sites,
        plan=(Period(application.months, week),),
        months=application.months,
        wished_start=application.wished_start,
        share_motivated=application.share_motivated,
        other_financing=application.other_financing,
        candidate=_candidate(session, application, by, doctor_id),
        depositors=_depositors(call, by, sites),
    )


def _sites(session: Session, application: Application) -> tuple[Site, ...]:
    asked = [("recruiter", application.recruiter), ("partner", application.partner)]
    if application.second_partner:
        asked.append(("second_partner", application.second_partner))
    found: list[Site] = []
    for member, finess in asked:
        row = session.get(Establishment, finess)
        if row is None:
            raise ApplicationError(member, "Cet établissement n’est pas connu : choisissez-le dans la liste.")
        if any(site.id == row.finess for site in found):
            raise ApplicationError(member, "Le même établissement est donné deux fois : choisissez-en un autre.")
        found.append(site_of(row, SiteRole.RECRUITER if member == "recruiter" else SiteRole.PARTNER))
    return tuple(found)


def _candidate(session: Session, application: Application, by: Actor, doctor_id: UUID) -> Candidate | None:
    if by.role is Role.CANDIDATE:
        return Candidate(by.id)
    if not (application.family_name and application.given_name):
        return None
    doctor = Doctor(application.family_name, application.given_name, application.email)
    return Candidate(str(register_doctor(session, doctor, doctor_id)))


def _depositors(call: Call, by: Actor, sites: tuple[Site, ...]) -> tuple[DossierDepositor, ...]:
    """Who must confirm: the one who fills in, and every other depositor of a joint file (ARA-15)."""
    filing = call.clauses.filing
    if by.role is Role.CANDIDATE:
        mine = DossierDepositor(Depositor.CANDIDATE, by.id, confirmed=True)
    else:
        role = next((s.role for s in sites if s.id == by.party), SiteRole.RECRUITER)
        kind = Depositor.RECRUITER if role is SiteRole.RECRUITER else Depositor.PARTNER
        mine = DossierDepositor(kind, by.party, confirmed=True)
    if not filing.joint.value:
        return (mine,)
    others = (
        DossierDepositor(Depositor.RECRUITER if s.role is SiteRole.RECRUITER else Depositor.PARTNER, s.id)
        for s in sites
        if s.id != mine.party
    )
    return (mine, *others)


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
