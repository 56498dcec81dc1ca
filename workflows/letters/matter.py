"""What a letter is made of, and what every letter tells of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

from workflows.calls.model import Call
from workflows.calls.sources import Origin, Sourced
from workflows.dossier import Dossier
from workflows.effects import Addressee
from workflows.french import typography
from workflows.letters.data import Head, Place, Post, Prose, Reader
from workflows.letters.remedies import may_cite_crpa, remedies
from workflows.sites import Period, Site, SiteRole, share_at
from workflows.specialties import UnknownSpecialtyError, specialty

T = TypeVar("T")

_CRPA = "le code des relations entre le public et l’administration"
_STATUTE = "le code de la santé publique, notamment ses articles R. 6152-501 et suivants"
_DIGEST = 12


class NothingToTellError(LookupError):
    """What the letter is about has gone from the dossier since it was asked for."""

    def __init__(self, why: str = "le dossier a changé depuis qu’il a été demandé") -> None:
        super().__init__(f"Ce courrier n’a plus d’objet : {why}.")


class NoLongerStandsError(NothingToTellError):
    """The decision that the letter tells is not the one in force."""

    def __init__(self) -> None:
        super().__init__(
            "sa décision a été reprise ou remplacée, ou le poste attend un autre médecin. Voyez l’historique du dossier"
        )


class SaidTooLittleError(ValueError):
    """An older release recorded the act, which did not say what its letter tells."""

    def __init__(self) -> None:
        super().__init__("L’acte n’a pas noté tout ce que ce courrier doit dire : écrivez-le hors de l’application.")


@dataclass(frozen=True, slots=True)
class Missing:
    """A mandatory mention that nobody has given, and what to do about it."""

    what: str
    remedy: str

    @property
    def sentence(self) -> str:
        """The mention in a sentence, with its remedy."""
        return typography(f"Il manque {self.what} : {self.remedy}.")


@dataclass(frozen=True, slots=True)
class Attached:
    """The letter that goes with another one: its number, None for one written out of here."""

    number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyMatter:
    """What any letter is made of.

    `to` and `party`: whom it goes to, a FINESS, the id of a person, None for the service. `decided_on`: the day of the
    act that asked for it; `details` and `reason`: what that act said. `names`: of the persons it may name, by id;
    `texts`: what was written about them, by the id of its reference. `missing` gathers the mandatory mentions that
    nobody has given. `call_now`: the call as it is today, where `call` is that of the day of a decision. `version`:
    that of the text of the call in words; None when nobody numbered it.
    """

    code: str
    call: Call
    to: Addressee
    party: str | None
    decided_on: date
    names: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    missing: list[Missing] = field(default_factory=list)
    call_now: Call | None = None
    version: str | None = None

    def given(self, read: Callable[[Call], Sourced[T]]) -> Sourced[T]:
        """A value of the call as it was on the day of the act; one that it did not have yet, as it is given today.

        It is for mentions only: an amount that was not known is not told of that day.
        """
        then = read(self.call)
        return then if then.is_known or self.call_now is None else read(self.call_now)

    def present(self, found: T | None) -> T:
        """What was looked for. Raises NothingToTellError when it is gone."""
        if found is None:
            raise NothingToTellError
        return found

    def told_day(self, name: str) -> date | None:
        """A day among what the act said; None when it said none."""
        said = self.details.get(name)
        return date.fromisoformat(said) if said else None

    def written(self) -> str:
        """The written reason of the act, without which a decision cannot be sent."""
        remedy = "l’acte n’en a pas, ou il a été effacé ; écrivez ce courrier hors de l’application"
        return Prose(self.wanted(self.reason, "le motif de la décision", remedy))

    def name_of(self, person: str | None) -> str | None:
        """The name of a person of the dossier; None for nobody, or when it is not known."""
        return self.names.get(person or "")

    def wanted(self, found: str | None, what: str, remedy: str) -> str:
        """A mandatory mention; one that lacks is noted, and a draft says so in its place."""
        if found:
            return found
        gap = Missing(what, remedy)
        if gap not in self.missing:
            self.missing.append(gap)
        return f"[à compléter : {what}]"

    def text(self, reference: str | None) -> str | None:
        """What was written under a reference; a text that is no reference is itself. None when it was erased."""
        kind, _, rest = (reference or "").partition(":")
        return self.texts.get(rest.partition(":")[0]) if kind == "txt" else reference or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter(AnyMatter):
    """What a letter about a dossier is made of.

    `view`: the dossier as the letter tells it; `view_now`: as it is today, when the letter tells that of another day.
    `entry`: the number of the journal entry that asked for it. `attached`: the letter that goes with this one, None
    while it is not made.
    """

    view: Dossier
    entry: int = 0
    attached: Attached | None = None
    view_now: Dossier | None = None

    @property
    def reader(self) -> Site | None:
        """The establishment that reads the letter, under its name of today; None for a person and for the service."""
        known = (*(self.view_now.sites if self.view_now else ()), *self.view.sites)
        return next((site for site in known if site.id == self.party), None)


def common(
    matter: Matter, title: str, *rests_on: Sourced[Any], clauses: Iterable[str] = (), decides: bool = True
) -> dict[str, Any]:
    """The members that every letter has. `rests_on`: the values of the call that it applies; `clauses`: ids of those
    that it quotes.

    `decides`: the letter may be contested, and says how.
    """
    return {
        **everywhere(matter, title, *rests_on, clauses=clauses),
        "about": f"Dossier {matter.view.number}",
        "to": _reader(matter),
        "post": _post(matter),
        "remedies": remedies(matter.call, matter.reader) if decides else None,
    }


def everywhere(matter: AnyMatter, title: str, *rests_on: Sourced[Any], clauses: Iterable[str] = ()) -> dict[str, Any]:
    """The members that every letter has, whatever it is about."""
    return {
        "title": title,
        "version": matter.version or matter.call.digest[:_DIGEST],
        "digest": matter.call.digest,
        "head": _head(matter),
        "decided_on": matter.decided_on,
        "texts": _texts(matter.call, rests_on),
        "rules": tuple(sorted({*rules_of(rests_on), *clauses})),
        "crpa": may_cite_crpa(matter.call),
    }


def rules_of(sources: Iterable[Sourced[Any]]) -> tuple[str, ...]:
    """The printed clauses among some sources, in order: no letter cites a default, a choice or a silence."""
    found = {source.rule for source in sources if source.origin is Origin.PRINTED}
    return tuple(sorted(found))


def _texts(call: Call, sources: Iterable[Sourced[Any]]) -> tuple[str, ...]:
    cited = {source.rule for source in sources if source.origin is Origin.LAW}
    articles = [spelt(article) for article in sorted(cited)]
    whole = [_CRPA] if may_cite_crpa(call) and not any(article.startswith(_CRPA) for article in articles) else []
    known = [_STATUTE, *whole, *articles]
    return (*dict.fromkeys(known), f"l’appel «\u00a0{call.title}\u00a0»")


_CODES = {
    "CRPA": _CRPA,
    "CSP": "le code de la santé publique",
    "CJA": "le code de justice administrative",
    "CASF": "le code de l’action sociale et des familles",
    "LPF": "le livre des procédures fiscales",
}


def spelt(article: str) -> str:
    """An article with the name of its code: `le code de la santé publique, art. L. 1435-10`."""
    code, _, rest = article.replace(",", "", 1).partition(" ")
    return f"{_CODES[code]}, {rest}" if code in _CODES else article


def _head(matter: AnyMatter) -> Head:
    authority = matter.call.authority
    remedy = "l’agence le donne dans le fichier de l’appel, rubrique [authority]"
    ways = tuple(way for way in (authority.address, authority.phone, authority.email) if way)
    gap = "" if ways else matter.wanted(None, "de quoi joindre le service (courriel, téléphone ou adresse)", remedy)
    service = matter.wanted(authority.service, "le nom du service", remedy)
    return Head(authority=authority.name, service=service, contact=ways or (gap,))


_CAPACITIES = {
    Addressee.CANDIDATE: "médecin candidat",
    Addressee.FORMER_CANDIDATE: "médecin précédemment retenu",
    Addressee.RECRUITER: "établissement recruteur",
    Addressee.PARTNERS: "établissement partenaire",
    Addressee.DEPOSITORS: "déposant de la demande",
    Addressee.ACCOUNTANT: "agent comptable",
    Addressee.REPORTER: "auteur de la demande",
    Addressee.SERVICE: "service instructeur",
    Addressee.MEMBERS: "membre de la commission",
    Addressee.MINISTRY: "ministère chargé de la santé",
}


def _reader(matter: Matter) -> Reader:
    site = matter.reader
    if site is not None:
        return Reader(name=site.name, capacity=_CAPACITIES[matter.to], finess=site.id)
    if matter.to is Addressee.ACCOUNTANT:
        return Reader(name="L’agent comptable", capacity=matter.call.authority.name)
    if matter.to is Addressee.MINISTRY:
        return Reader(name="La direction générale de l’offre de soins", capacity=_CAPACITIES[matter.to])
    if matter.to is Addressee.SERVICE:
        return for_the_file(matter)
    name = matter.names.get(matter.party or "")
    return Reader(
        name=matter.wanted(name, "le nom du destinataire", "nommez-le dans le dossier"),
        capacity=_CAPACITIES[matter.to],
    )


def for_the_file(matter: AnyMatter) -> Reader:
    """The reader of a document that nobody is sent: it is kept on file."""
    return Reader(name="À verser au dossier", capacity=matter.call.authority.service or matter.call.authority.name)


def _post(matter: Matter) -> Post:
    view, recruiter = matter.view, matter.view.recruiter
    doctor = matter.names.get(view.candidate.id) if view.candidate else None
    remedy = "complétez le dossier"
    return Post(
        number=view.number,
        call=matter.call.title,
        specialty=matter.wanted(specialty_of(view), "la spécialité du poste", remedy),
        doctor=doctor,
        recruiter=matter.wanted(recruiter.name if recruiter else None, "l’établissement recruteur", remedy),
        recruiter_finess=recruiter.id if recruiter else "",
        recruiter_entity=recruiter.legal_entity if recruiter else "",
        places=places(view),
    )


def specialty_of(view: Dossier) -> str | None:
    """The specialty of a post in words; None while it is not known."""
    try:
        return specialty(view.specialty).label if view.specialty else None
    except UnknownSpecialtyError:
        return None


def places(view: Dossier) -> tuple[Place, ...]:
    """The places of work, the recruiter first."""
    return tuple(_place(view, site) for site in sorted(view.sites, key=lambda s: s.role is not SiteRole.RECRUITER))


def _place(view: Dossier, site: Site) -> Place:
    try:
        part = share_at(view.plan, frozenset({site.id}))
    except ValueError:
        part = None
    return Place(
        name=site.name,
        finess=site.id,
        recruiter=site.role is SiteRole.RECRUITER,
        share=part,
        half_days=_half_days(view.plan[0], site) if len(view.plan) == 1 else None,
    )


def _half_days(period: Period, site: Site) -> str:
    n = period.at(frozenset({site.id}))
    return _decimal(n)


def _decimal(n: Fraction) -> str:
    """A number of half-days: `5`, `2,5`, `7/3` when two decimals do not tell it."""
    hundredths = n * 100
    if hundredths.denominator != 1:
        return str(n)
    return f"{float(n):.2f}".rstrip("0").rstrip(".").replace(".", ",")
