"""The ten scheduled jobs: what each sees to, what it never does, and the settings it runs under unless a call says
otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from workflows.effects import Addressee


class Job(StrEnum):
    """A scheduled job."""

    J1 = "J1"
    J2 = "J2"
    J3 = "J3"
    J4 = "J4"
    J5 = "J5"
    J6 = "J6"
    J7 = "J7"
    J8 = "J8"
    J9 = "J9"
    J10 = "J10"

    @property
    def label(self) -> str:
        """The French words for the job."""
        return JOBS[self].label

    @property
    def does(self) -> str:
        """What the job does, in one French sentence."""
        return JOBS[self].does

    @property
    def never(self) -> str:
        """What the job must never do, in one French sentence."""
        return JOBS[self].never


class Stop(StrEnum):
    """What makes something due pointless: it is not told any more."""

    FILED = "filed"
    CONFIRMED = "confirmed"
    RECEIPT_SENT = "receipt_sent"
    DECIDED = "decided"
    PIECES_IN = "pieces_in"
    FIRST_PIECE = "first_piece"
    PROVEN = "proven"
    SESSION_COME = "session_come"
    START_RECORDED = "start_recorded"
    DEFERRAL_ASKED = "deferral_asked"
    WITHDRAWAL_REPORTED = "withdrawal_reported"
    REPLACEMENT_PROPOSED = "replacement_proposed"
    END_DECLARED = "end_declared"
    PAID = "paid"
    ANSWERED = "answered"
    PROCEDURE_OPEN = "procedure_open"

    @property
    def label(self) -> str:
        """What happened, in French, to follow "sauf si"."""
        return _STOP_LABELS[self]


_STOP_LABELS = {
    Stop.FILED: "le dossier est déposé",
    Stop.CONFIRMED: "chaque déposant a confirmé le dépôt",
    Stop.RECEIPT_SENT: "l’accusé de réception est parti",
    Stop.DECIDED: "une décision est prise",
    Stop.PIECES_IN: "toutes les pièces sont arrivées",
    Stop.FIRST_PIECE: "une première pièce est arrivée",
    Stop.PROVEN: "la réception d’une décision expresse est prouvée",
    Stop.SESSION_COME: "la séance a commencé",
    Stop.START_RECORDED: "la prise de fonctions est constatée",
    Stop.DEFERRAL_ASKED: "un report est demandé",
    Stop.WITHDRAWAL_REPORTED: "un désistement est signalé",
    Stop.REPLACEMENT_PROPOSED: "un remplaçant est proposé",
    Stop.END_DECLARED: "une fin est déclarée",
    Stop.PAID: "la somme est payée",
    Stop.ANSWERED: "la réponse est arrivée",
    Stop.PROCEDURE_OPEN: "une demande ou un reversement reste en cours",
}


class Counted(StrEnum):
    """How the days of a job are counted from the day it looks at."""

    BEFORE = "before"
    AFTER = "after"
    WORKING_AFTER = "working_after"


@dataclass(frozen=True, slots=True)
class JobRule:
    """What a job runs under: its days, whom it may write to, what makes it stop, the hour at which its mails leave.

    `off`: it writes to nobody; acts decided beforehand and legal deadlines stay.
    """

    days: tuple[int, ...]
    to: tuple[Addressee, ...]
    unless: tuple[Stop, ...]
    send_at: int
    off: bool = False


@dataclass(frozen=True, slots=True)
class JobSheet:
    """What is settled of a job, the same for every call, and its defaults.

    `counted`: None when its days are not its own to set. `lowest` and `highest` bound them. `reaches`: all those it
    may write to. `always`: stops no call takes away; `may`: those a call may add.
    """

    label: str
    does: str
    never: str
    to: tuple[Addressee, ...]
    reaches: frozenset[Addressee]
    always: tuple[Stop, ...]
    may: frozenset[Stop] = frozenset()
    also: tuple[Stop, ...] = ()
    days: tuple[int, ...] = ()
    counted: Counted | None = None
    lowest: int = 0
    highest: int = 0
    pausable: bool = True

    @property
    def unless(self) -> tuple[Stop, ...]:
        """The stops of a call that says nothing."""
        return self.always + self.also


#: The hour at which mails of the jobs leave, on the authority’s clock, unless the call says otherwise.
SEND_AT = 8
#: Hours a call may choose: never at night, when clocks are put forward or back.
EARLIEST_HOUR, LATEST_HOUR = 5, 22

_SERVICE = (Addressee.SERVICE,)
_MONEY = frozenset({Addressee.SERVICE, Addressee.ACCOUNTANT})

JOBS: Mapping[Job, JobSheet] = MappingProxyType(
    {
        Job.J1: JobSheet(
            "Ouverture et clôture de l’appel",
            "Ouvre et ferme l’appel à l’instant dit, gèle les brouillons, et le dit au service.",
            "Ne ferme jamais un jour trop tôt ou trop tard, ni à une autre heure que celle de l’agence.",
            to=_SERVICE,
            reaches=frozenset(_SERVICE),
            always=(),
            pausable=False,
        ),
        Job.J2: JobSheet(
            "Rappels aux brouillons",
            "Rappelle la clôture à qui n’a pas encore déposé.",
            "N’écrit jamais à qui a déjà déposé.",
            to=(Addressee.DEPOSITORS,),
            reaches=frozenset({Addressee.DEPOSITORS, Addressee.RECRUITER}),
            always=(Stop.FILED,),
            may=frozenset({Stop.CONFIRMED}),
        ),
        Job.J3: JobSheet(
            "Veille des accusés de réception",
            "Prévient le service quand l’accusé de réception d’un dépôt n’est pas parti.",
            "Ne compte jamais en jours de calendrier : les jours sont ouvrés.",
            to=_SERVICE,
            reaches=frozenset(_SERVICE),
            always=(Stop.RECEIPT_SENT,),
            may=frozenset({Stop.DECIDED}),
            days=(8,),
            counted=Counted.WORKING_AFTER,
            lowest=1,
            highest=10,
        ),
        Job.J4: JobSheet(
            "Pièces manquantes",
            "Rappelle les pièces demandées, puis propose au service de constater qu’elles manquent.",
            "Ne rejette jamais un dossier de lui-même.",
            to=(Addressee.DEPOSITORS, Addressee.RECRUITER, Addressee.SERVICE),
            reaches=frozenset({Addressee.DEPOSITORS, Addressee.RECRUITER, Addressee.SERVICE}),
            always=(Stop.PIECES_IN,),
            may=frozenset({Stop.FIRST_PIECE}),
            days=(5, 0, -1),
            counted=Counted.BEFORE,
            lowest=-30,
            highest=60,
        ),
        Job.J5: JobSheet(
            "Rejet implicite",
            "Prévient le service avant que le silence vaille rejet, et le jour où il le vaut.",
            "N’oublie jamais une suspension du délai, et n’attend jamais la fin d’une pause.",
            to=_SERVICE,
            reaches=frozenset(_SERVICE),
            always=(Stop.PROVEN,),
            may=frozenset({Stop.DECIDED}),
            days=(15, 3),
            counted=Counted.BEFORE,
            lowest=1,
            highest=60,
            pausable=False,
        ),
        Job.J6: JobSheet(
            "Commission",
            "Rappelle de préparer la séance, puis convoque ses membres.",
            "N’envoie jamais un dossier à un membre qui a un lien avec lui, ni une convocation à une séance commencée.",
            to=(Addressee.SERVICE, Addressee.MEMBERS),
            reaches=frozenset({Addressee.SERVICE, Addressee.MEMBERS}),
            always=(Stop.SESSION_COME,),
            days=(10, 5),
            counted=Counted.BEFORE,
            lowest=5,
            highest=60,
            pausable=False,
        ),
        Job.J7: JobSheet(
            "Suivi de l’attribution et du poste",
            "Rappelle au recruteur ce qui est attendu de lui, et propose au service ce qui reste à décider.",
            "N’annule jamais rien de lui-même.",
            to=(Addressee.RECRUITER, Addressee.SERVICE),
            reaches=frozenset({Addressee.RECRUITER, Addressee.CANDIDATE, Addressee.PARTNERS, Addressee.SERVICE}),
            always=(Stop.START_RECORDED,),
            also=(Stop.DEFERRAL_ASKED, Stop.WITHDRAWAL_REPORTED, Stop.REPLACEMENT_PROPOSED),
            may=frozenset({Stop.DEFERRAL_ASKED, Stop.WITHDRAWAL_REPORTED, Stop.REPLACEMENT_PROPOSED}),
            days=(1, 15),
            counted=Counted.AFTER,
            lowest=1,
            highest=120,
        ),
        Job.J8: JobSheet(
            "Délégation des crédits",
            "Propose au service les tranches à déléguer, et prévient avant que des crédits soient perdus.",
            "Ne propose jamais de déléguer après une fin déclarée.",
            to=_SERVICE,
            reaches=_MONEY,
            always=(Stop.END_DECLARED,),
            days=(184,),
            counted=Counted.BEFORE,
            lowest=1,
            highest=366,
        ),
        Job.J9: JobSheet(
            "Reversement",
            "Dit quand le reversement peut être décidé, et rappelle un titre impayé.",
            "N’émet jamais deux titres.",
            to=(Addressee.RECRUITER, Addressee.SERVICE),
            reaches=_MONEY | {Addressee.RECRUITER},
            always=(Stop.PAID, Stop.ANSWERED),
            days=(30, 60),
            counted=Counted.AFTER,
            lowest=1,
            highest=366,
        ),
        Job.J10: JobSheet(
            "Conservation",
            "Propose d’éliminer, sous visa des archives, les dossiers dont la durée de conservation est finie.",
            "N’efface jamais rien, et ne propose jamais un dossier dont une demande ou un reversement reste en cours.",
            to=_SERVICE,
            reaches=frozenset(_SERVICE),
            always=(Stop.PROCEDURE_OPEN,),
        ),
    }
)

#: Jobs whose reminders and alerts may be paused for one dossier: neither those of a whole call (J1, J6) nor those that
#: come before the law decides in the agency’s place (J5).
PAUSABLE: tuple[Job, ...] = tuple(job for job, sheet in JOBS.items() if sheet.pausable)
