"""The draft that an application makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from fractions import Fraction
from uuid import UUID

from sqlalchemy.orm import Session

from backoffice.services.application import (
    YEAR,
    Application,
    application_faults,
    groups_posts,
    kind_of,
    sites_of,
)
from backoffice.services.people import Doctor, named_doctor
from backoffice.store.people import Person
from workflows.actors import Actor, Role
from workflows.acts.filing import DraftInputs, Emptiable
from workflows.calls.model import Call, Depositor, Unit
from workflows.dossier import Dossier, DossierDepositor, Project
from workflows.parts.candidates import Candidate
from workflows.sites import Period, Plan, Site


class ApplicationError(ValueError):
    """An application that cannot make a draft. `messages`: what to do, by member concerned."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        super().__init__(" ".join(messages.values()))
        self.messages = messages


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

    The application says all that its page asks: what is not said there is emptied in the draft.

    Raises ApplicationError with everything that `application_faults` finds.
    """
    given = {item.name: getattr(application, item.name) for item in fields(Application)}
    wrong = application_faults(session, given, call, by)
    if wrong:
        raise ApplicationError(wrong)
    sites = tuple(site for _, site in sites_of(session, given))
    asks_doctor = names_a_person(call) and by.role is not Role.CANDIDATE
    unnamed = asks_doctor and not (application.family_name or application.given_name)
    doctor, brings = (None, ()) if unnamed else _candidate(session, application, by, doctor_id, before)
    project = _project(application)
    said: dict[Emptiable, object] = {
        Emptiable.WISHED_START: application.wished_start,
        Emptiable.CONTRACT_SHARE: application.contract_share,
        Emptiable.CANDIDATE: None if unnamed else application,
    }
    if groups_posts(call):
        said[Emptiable.PROJECT] = project
    content = DraftInputs(
        specialty=application.specialty,
        sites=sites,
        plan=_plan(application, sites),
        months=application.months,
        wished_start=application.wished_start,
        contract_share=application.contract_share,
        share_motivated=application.share_motivated,
        other_financing=application.other_financing,
        project=project,
        candidate=doctor,
        depositors=_depositors(call, by, sites, doctor),
        emptied=tuple(member for member, value in said.items() if value is None),
    )
    return Applied(content, brings)


def _project(given: Application) -> Project | None:
    """The project that the posts of a binôme or a trinôme share, by the name they give it (NA-04)."""
    if not given.project or given.project_size is None:
        return None
    return Project(" ".join(given.project.split()), given.project_size, given.project_viable_from)


def _plan(given: Application, sites: tuple[Site, ...]) -> Plan:
    """The weeks of the contract: one, or one for each year."""
    first = (given.recruiter_half_days, given.partner_half_days, given.second_half_days or Fraction(0))
    if given.recruiter_second_year is None and given.partner_second_year is None:
        return (Period(given.months, _week(sites, first)),)
    second = (given.recruiter_second_year or Fraction(0), given.partner_second_year or Fraction(0), first[2])
    return Period(YEAR, _week(sites, first)), Period(given.months - YEAR, _week(sites, second))


def _week(sites: tuple[Site, ...], halves: tuple[Fraction, ...]) -> tuple[tuple[str, Fraction], ...]:
    return tuple((site.id, n) for site, n in zip(sites, halves, strict=False) if n)


def _candidate(
    session: Session, application: Application, by: Actor, doctor_id: UUID, before: Candidate | None
) -> tuple[Candidate | None, tuple[Person, ...]]:
    """The doctor of the draft: whoever fills it in, the one named before, or somebody new."""
    if by.role is Role.CANDIDATE:
        return before or Candidate(by.id), ()
    if not (application.family_name and application.given_name):
        return before, ()
    known = session.get(Person, UUID(before.id)) if before is not None else None
    typed = Doctor(application.family_name, application.given_name, application.email, born_on=application.born_on)
    if known is not None and typed == Doctor(known.family_name, known.given_name, known.email, born_on=known.born_on):
        return before, ()
    named = named_doctor(session, typed, doctor_id)
    return Candidate(str(named.id)), named.rows


def _depositors(
    call: Call, by: Actor, sites: tuple[Site, ...], doctor: Candidate | None
) -> tuple[DossierDepositor, ...]:
    """Who files: the one who fills in, and the others of a joint file (ARA-15); for an agent, those the call names."""
    filing = call.clauses.filing
    parties = {Depositor.CANDIDATE: doctor.id if doctor else None}
    parties |= {kind_of(site): site.id for site in reversed(sites)}
    if by.role is Role.CANDIDATE:
        mine = DossierDepositor(Depositor.CANDIDATE, by.id, confirmed=True)
    elif by.role is Role.ESTABLISHMENT:
        kind = next(kind_of(s) for s in sites if s.id == by.party)
        mine = DossierDepositor(kind, by.party, confirmed=True)
    else:
        named = filing.depositors.value or (Depositor.RECRUITER,)
        return tuple(DossierDepositor(kind, parties[kind]) for kind in named)
    if not filing.joint.value:
        return (mine,)
    return (mine, *(DossierDepositor(kind_of(s), s.id) for s in sites if s.id != mine.party))


def draft_with(content: DraftInputs) -> Dossier:
    """A draft of that content, for the opening."""
    given = {
        name: getattr(content, name)
        for name in DraftInputs.__dataclass_fields__
        if name not in {"reason", "lifts", "emptied"} and getattr(content, name) is not None
    }
    return replace(Dossier("", "", "", date.min), **given)


def names_a_person(call: Call) -> bool:
    """True when the call chooses a person with the post: the application then names somebody."""
    return call.clauses.filing.unit.value is not Unit.POST
