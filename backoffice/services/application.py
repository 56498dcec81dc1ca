"""An application as a depositor writes it: what is asked, and what is wrong with the answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from backoffice.services.people import is_address, site_of
from backoffice.store.people import Establishment
from workflows.actors import Actor, Role
from workflows.calls.model import Call, Depositor
from workflows.french import listing, typography
from workflows.sites import Site, SiteRole

_WEEK = 10
YEAR = 12


def _label(text: str, help: str = "", longest: int = 80, unit: str = "") -> dict[str, object]:
    return {"label": typography(text), "help": typography(help), "longest": longest, "unit": unit}


HALF_DAYS = "demi-journées"
LONGEST_PROJECT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What a depositor fills in. Half-days are per week, the whole contract long unless the second year differs; a
    full week has ten. Distances are those by road from the recruiter."""

    specialty: str = field(metadata=_label("Spécialité"))
    recruiter: str = field(
        metadata=_label("Établissement recruteur", "Celui qui signe le contrat et qui recevra le financement.")
    )
    recruiter_half_days: Fraction = field(
        metadata=_label(
            "Demi-journées par semaine chez le recruteur", "Une semaine entière en compte 10.", unit=HALF_DAYS
        )
    )
    partner: str = field(metadata=_label("Établissement partenaire", "Celui avec qui le temps est partagé."))
    partner_half_days: Fraction = field(metadata=_label("Demi-journées par semaine chez le partenaire", unit=HALF_DAYS))
    partner_distance_km: int | None = field(default=None, metadata=_label("Distance du partenaire par la route, en km"))
    second_partner: str | None = field(
        default=None, metadata=_label("Second partenaire", "Seulement si le temps est partagé entre trois lieux.")
    )
    second_half_days: Fraction | None = field(
        default=None, metadata=_label("Demi-journées chez le second partenaire", unit=HALF_DAYS)
    )
    second_distance_km: int | None = field(
        default=None, metadata=_label("Distance du second partenaire par la route, en km")
    )
    months: int = field(metadata=_label("Durée demandée, en mois", "Par exemple 24 pour deux ans."))
    recruiter_second_year: Fraction | None = field(
        default=None,
        metadata=_label("La deuxième année, si elle diffère : demi-journées chez le recruteur", unit=HALF_DAYS),
    )
    partner_second_year: Fraction | None = field(
        default=None,
        metadata=_label("La deuxième année, si elle diffère : demi-journées chez le partenaire", unit=HALF_DAYS),
    )
    wished_start: date | None = field(default=None, metadata=_label("Prise de fonctions souhaitée"))
    contract_share: Fraction | None = field(
        default=None, metadata=_label("Quotité du contrat, si elle n’est pas 100 %", "Par exemple 80 %.")
    )
    given_name: str | None = field(default=None, metadata=_label("Prénom du médecin", longest=200))
    family_name: str | None = field(default=None, metadata=_label("Nom du médecin", longest=200))
    born_on: date | None = field(
        default=None,
        metadata=_label(
            "Date de naissance du médecin", "Elle évite de confondre deux médecins, tant qu’il n’a pas de numéro RPPS."
        ),
    )
    email: str | None = field(
        default=None,
        metadata=_label("Adresse électronique du médecin", "L’agence lui écrira à cette adresse.", longest=254),
    )
    share_motivated: bool = field(
        default=False,
        metadata=_label(
            "La répartition du temps est motivée dans le projet",
            "Oui si le projet explique pourquoi le temps n’est pas partagé comme l’appel le demande.",
        ),
    )
    other_financing: bool = field(
        default=False,
        metadata=_label("Le poste reçoit un autre financement", "Un même poste n’est pas payé deux fois."),
    )
    project: str | None = field(
        default=None,
        metadata=_label(
            "Projet commun à plusieurs postes",
            "Le nom que vous lui donnez, sans nom de personne : le même dans le dossier de chacun de ses postes.",
            longest=LONGEST_PROJECT,
        ),
    )
    project_size: int | None = field(
        default=None, metadata=_label("Nombre de postes du projet", "Par exemple 2 pour un binôme, 3 pour un trinôme.")
    )
    project_viable_from: int | None = field(
        default=None,
        metadata=_label(
            "Nombre de postes sans lequel le projet ne se fait pas",
            "Vide : tous. La commission peut n’en retenir qu’une partie si le projet reste viable.",
        ),
    )


#: Members that group several posts.
PROJECT = ("project", "project_size", "project_viable_from")
#: Members that only matter where the money depends on the road between the sites.
DISTANCES = frozenset({"partner_distance_km", "second_distance_km"})


def needs_distance(call: Call) -> bool:
    """True when a component of the cost depends on the distance between the sites (CVL-10)."""
    return any(component.min_distance_km is not None for component in call.clauses.funding.components)


def groups_posts(call: Call) -> bool:
    """True when a project of the call may carry several posts: it says how many, or that a part of them may do."""
    sizes = call.clauses.gates.project_sizes
    if sizes.is_known:
        return max(sizes.needed) > 1
    return call.clauses.committee.partial_project.is_known


def application_faults(session: Session, given: Mapping[str, Any], call: Call, by: Actor) -> dict[str, str]:
    """What is wrong with an application, by member: an establishment unknown, foreign or given twice, a time share
    that is none, a doctor without a name. `given` may lack members: what rests on them is then not looked at.
    """
    found = {**_site_faults(session, given, call, by), **_time_faults(given), **_project_faults(given)}
    share, email = given.get("contract_share"), given.get("email")
    if share is not None and not 0 < share <= 1:
        found["contract_share"] = "Une quotité va de 1 % à 100 % : corrigez-la, par exemple « 80 % »."
    if email and not is_address(email):
        found["email"] = "Cette adresse ne peut pas recevoir de courriel : corrigez-la."
    names = {member: given.get(member) for member in ("family_name", "given_name")}
    if by.role is not Role.CANDIDATE and any((*names.values(), email, given.get("born_on"))):
        half = "Donnez le nom et le prénom du médecin, ou ni l’un ni l’autre."
        found |= {member: half for member, name in names.items() if not name}
    return {member: typography(text) for member, text in found.items()}


_SITES = ("recruiter", "partner", "second_partner")


def _site_faults(session: Session, given: Mapping[str, Any], call: Call, by: Actor) -> dict[str, str]:
    sites, found = sites_of(session, given), dict[str, str]()
    known = {member: site.id for member, site in sites}
    for rank, member in enumerate(_SITES):
        wanted = given.get(member)
        if wanted and member not in known:
            found[member] = "Cet établissement n’est pas connu : choisissez-le dans la liste."
        elif wanted and wanted in {given.get(earlier) for earlier in _SITES[:rank]}:
            found[member] = "Le même établissement est donné deux fois : choisissez-en un autre."
    if found or by.role is not Role.ESTABLISHMENT or not {"recruiter", "partner"} <= known.keys():
        return found
    mine = next((site for _, site in sites if site.id == by.party), None)
    if mine is None:
        text = "Votre établissement n’est ni recruteur ni partenaire : choisissez-le, ou laissez les autres déposer."
        return {"recruiter": text}
    if not accepts(call, kind_of(mine)):
        return {"recruiter": f"{who_files_said(call)} Laissez-lui faire la demande."}
    return {}


def _time_faults(given: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    months, second_year = given.get("months"), ("recruiter_second_year", "partner_second_year")
    if months == 0:
        found["months"] = "La durée ne peut pas être nulle : indiquez un nombre de mois."
    longer = [member for member in second_year if given.get(member) is not None]
    if longer and months and months <= YEAR:
        found[longer[0]] = "Ce contrat n’a pas de deuxième année : videz ce champ."
    if given.get("second_half_days") and not given.get("second_partner"):
        found["second_partner"] = "Choisissez le second partenaire, ou videz ses demi-journées."
    first = ("recruiter_half_days", "partner_half_days")
    if all(given.get(member) is not None for member in first):
        found |= _week_faults(first[0], [given[member] for member in first], given)
    if longer and second_year[0] not in found:
        found |= _week_faults(longer[0], [given.get(member) or Fraction(0) for member in second_year], given)
    return found


def _week_faults(member: str, halves: list[Fraction], given: Mapping[str, Any]) -> dict[str, str]:
    wrong = week_fault([*halves, given.get("second_half_days") or Fraction(0)])
    return {member: wrong} if wrong else {}


def week_fault(halves: Iterable[Fraction]) -> str | None:
    """What is wrong with the half-days of a week, all places together."""
    if 0 < sum(halves, Fraction(0)) <= _WEEK:
        return None
    return typography("La semaine compte de 1 à 10 demi-journées en tout : corrigez-les.")


def _project_faults(given: Mapping[str, Any]) -> dict[str, str]:
    name, size, least = (given.get(member) for member in PROJECT)
    if not name:
        unnamed = size is not None or least is not None
        return {PROJECT[0]: "Nommez le projet commun, ou videz ses nombres de postes."} if unnamed else {}
    if size is None:
        return {PROJECT[1]: "Dites combien de postes le projet groupe."}
    if size <= 1:
        return {PROJECT[1]: "Un projet commun groupe au moins 2 postes : corrigez ce nombre, ou videz le projet."}
    if least is not None and not 1 <= least <= size:
        return {PROJECT[2]: f"Ce nombre va de 1 à {size}, le nombre de postes du projet : corrigez-le."}
    return {}


def sites_of(session: Session, given: Mapping[str, Any]) -> list[tuple[str, Site]]:
    """The sites that are known, by member of the application."""
    away = {"partner": given.get("partner_distance_km"), "second_partner": given.get("second_distance_km")}
    found: list[tuple[str, Site]] = []
    for member in _SITES:
        row = session.get(Establishment, given[member]) if given.get(member) else None
        if row is not None:
            site = site_of(row, SiteRole.RECRUITER if member == "recruiter" else SiteRole.PARTNER)
            found.append((member, replace(site, distance_km=away.get(member))))
    return found


_FILERS = {
    Depositor.CANDIDATE: "le candidat",
    Depositor.RECRUITER: "l’établissement recruteur",
    Depositor.PARTNER: "l’établissement partenaire",
}


def who_files(call: Call) -> list[str]:
    """Who files in a call, in words; empty when the call does not say."""
    return [_FILERS[kind] for kind in call.clauses.filing.depositors.value or ()]


def who_files_said(call: Call) -> str:
    """The same in a sentence."""
    named, joint = who_files(call), call.clauses.filing.joint.value
    if not named:
        return "L’appel ne dit pas qui dépose."
    if joint and len(named) > 1:
        return f"Dans cet appel, {listing(named)} déposent ensemble le même dossier."
    return f"Dans cet appel, c’est {listing(named, 'ou')} qui dépose."


def accepts(call: Call, *kinds: Depositor) -> bool:
    """True when one of these may file: the call names one of them, or names nobody; a default forbids nothing."""
    named = call.clauses.filing.depositors
    return named.value is None or named.is_default or any(kind in named.value for kind in kinds)


def kind_of(site: Site) -> Depositor:
    """What a site is among those who file."""
    return Depositor.RECRUITER if site.role is SiteRole.RECRUITER else Depositor.PARTNER
