"""The accounts of the demonstration: agents of each agency, establishments, doctors, an administrator."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from backoffice.services.demo.people import DOMAIN, NAMESPACE, invented
from backoffice.services.demo.places import PLACES
from backoffice.store.people import Account
from workflows.actors import Actor, Role

#: The one password of every account. It protects nothing: everything here is invented.
PASSWORD = "mirabelle-bleuet-2025"  # noqa: S105 - printed on the screen on purpose


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency of the demonstration: the short name its accounts bear, its code, its agents."""

    key: str
    region: str
    instructor: str
    head: str
    dg: str


AGENCIES = {
    agency.key: agency
    for agency in (
        Agency("na", "75", "Lavande Azur", "Sauge Ocre", "Iris Pourpre"),
        Agency("idf", "11", "Myosotis Cyan", "Laurier Carmin", "Chardon Bronze"),
        Agency("cvl", "24", "Bruyère Safran", "Pivoine Argent", "Cèdre Cuivre"),
        Agency("ara", "84", "Gentiane Cobalt", "Edelweiss Gris", "Mélèze Brun"),
        Agency("guy", "03", "Balisier Corail", "Hibiscus Vermeil", "Awara Jaune"),
    )
}
_WHERE = {
    "na": "Nouvelle-Aquitaine",
    "idf": "Île-de-France",
    "cvl": "Centre-Val de Loire",
    "ara": "Auvergne-Rhône-Alpes",
    "guy": "Guyane",
}
#: The agency of each call.
OF_CALL = {"na-2024": "na", "idf-2025": "idf", "cvl-ville-hopital": "cvl", "ara-2017": "ara", "guyane-2020": "guy"}

#: Who sits in the sessions of an agency.
COMMITTEES = {
    "na": ("Thym Argent", "Origan Brun", "Cerfeuil Gris"),
    "idf": ("Estragon Bleu", "Persil Ocre", "Aneth Rouge"),
}

#: Establishments whose account is printed, and what one finds there.
SHOWN_PLACES = {
    "mirabelle": "recruteur, Nouvelle-Aquitaine",
    "tilleuls": "partenaire, Nouvelle-Aquitaine",
    "indigo": "recruteur, Centre-Val de Loire",
    "garance": "recruteur, Île-de-France",
}
#: Doctors who have an account, by their number.
DOCTORS_WITH_ACCOUNT = {
    1: "candidat en poste, Nouvelle-Aquitaine",
    61: "candidat avec un brouillon, Centre-Val de Loire",
    64: "candidat sans réponse, Centre-Val de Loire",
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who signs in. `about` is printed beside the account; None: the account exists and is not printed."""

    key: str
    email: str
    name: str
    role: Role
    capacity: str | None = None
    region: str | None = None
    establishment: str | None = None
    person: UUID | None = None
    about: str | None = None

    @property
    def id(self) -> UUID:
        """The id of the account."""
        return uuid5(NAMESPACE, f"account {self.key}")

    @property
    def actor(self) -> Actor:
        """The member as somebody who acts."""
        return Actor(self.role, str(self.person or self.id), self.establishment)

    def row(self, password: str) -> Account:
        """The account as it is kept; `password` is the hash."""
        return Account(
            id=self.id,
            email=self.email,
            name=self.name,
            role=self.role.value,
            capacity=self.capacity,
            region=self.region,
            establishment=self.establishment,
            person=self.person,
            password=password,
            signs=self.role in {Role.HEAD, Role.DG},
        )


def _agents(agency: Agency) -> tuple[Member, ...]:
    posts = (
        (Role.INSTRUCTOR, "instructeur", "instructeur", agency.instructor, "Instruction des dossiers"),
        (Role.HEAD, "responsable", "responsable", agency.head, "Responsable du service"),
        (Role.DG, "dg", "directeur général", agency.dg, "Directeur général"),
    )
    return tuple(
        Member(
            key=f"{short}.{agency.key}",
            email=f"{short}.{agency.key}@{DOMAIN}",
            name=name,
            role=role,
            capacity=capacity,
            region=agency.region,
            about=f"{told}, {_WHERE[agency.key]}" if role is not Role.DG or agency.key == "na" else None,
        )
        for role, short, told, name, capacity in posts
    )


def _committee(agency: str) -> tuple[Member, ...]:
    return tuple(
        Member(
            key=f"membre{rank or ''}.{agency}",
            email=f"membre{rank or ''}.{agency}@{DOMAIN}",
            name=name,
            role=Role.MEMBER,
            region=AGENCIES[agency].region,
            about=f"membre du jury, {_WHERE[agency]}" if (agency, rank) == ("idf", 0) else None,
        )
        for rank, name in enumerate(COMMITTEES[agency])
    )


def sitting(call: str) -> tuple[Member, ...]:
    """The members of the committee of a call, none for the calls whose committee is not told."""
    agency = OF_CALL[call]
    return tuple(member for key, member in STAFF.items() if key.startswith("membre") and key.endswith(f".{agency}"))


def _bureau(key: str) -> Member:
    place = PLACES[key]
    return Member(
        key=f"bam.{key}",
        email=place.mailbox,
        name=f"Bureau des affaires médicales, {place.name}",
        role=Role.ESTABLISHMENT,
        establishment=place.finess,
        about=SHOWN_PLACES.get(key),
    )


def _doctor(n: int) -> Member:
    person = invented(n)
    return Member(
        key=f"doctor.{n}",
        email=person.doctor.email or "",
        name=f"{person.doctor.given_name} {person.doctor.family_name}",
        role=Role.CANDIDATE,
        person=person.id,
        about=DOCTORS_WITH_ACCOUNT[n],
    )


def _all() -> tuple[Member, ...]:
    agents = [member for agency in AGENCIES.values() for member in _agents(agency)]
    committee = [member for agency in COMMITTEES for member in _committee(agency)]
    admin = Member("admin", f"admin@{DOMAIN}", "Menthe Grise", Role.ADMIN, about="administrateur")
    bureaus = [_bureau(key) for key in PLACES]
    doctors = [_doctor(n) for n in DOCTORS_WITH_ACCOUNT]
    return (*agents, *committee, *bureaus, *doctors, admin)


#: Every member by key: `instructeur.na`, `bam.mirabelle`, `doctor.1`, `admin`...
STAFF = {member.key: member for member in _all()}
