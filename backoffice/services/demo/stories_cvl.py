"""Centre-Val de Loire, ville/hôpital: a call without a closing date, six posts for the region."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from backoffice.services.demo import account, road
from backoffice.services.demo.life import Life, Post, Script, Story
from backoffice.services.demo.stories_cvl_account import overpaid, prolonged, taken_up
from workflows.acts.vacancy import CloseGround
from workflows.calls.model import PieceEvent
from workflows.effects import Addressee
from workflows.parts.pieces import Defect, PieceState
from workflows.parts.requests import EndReason, FourDates, Repercussions, RequestKind

CALL = "cvl-ville-hopital"
CCA, OTHER = EndReason.CCA_OR_HU, EndReason.OTHER_HOSPITAL


def examined(life: Life, *, favourable: bool = True) -> Script:
    """The session of April 2025."""
    yield from road.filed(life, date(2025, 2, 24), f"{9 + life.post.rank:02}:15")
    yield from road.completed(life, date(2025, 3, 17), f"{9 + life.post.rank:02}:30")
    yield from road.heard(life, date(2025, 3, 31), date(2025, 4, 10), "avril-2025", favourable=favourable)


def awarded(life: Life) -> Script:
    """Notified in April 2025."""
    yield from examined(life)
    yield from road.selected(life, date(2025, 4, 14))
    yield from road.notified(life, date(2025, 4, 22))


def begun(life: Life) -> Script:
    """The session of May 2023: in post since November 2023."""
    yield from road.filed(life, date(2023, 3, 20))
    yield from road.completed(life, date(2023, 4, 11))
    yield from road.heard(life, date(2023, 4, 24), date(2023, 5, 11), "mai-2023")
    yield from road.selected(life, date(2023, 5, 15))
    yield from road.notified(life, date(2023, 5, 16))
    yield from road.accepted(life, date(2023, 5, 24))
    yield from road.financed(life, date(2023, 9, 18))
    yield from road.started(life, date(2023, 11, 2))


def earlier(life: Life) -> Script:
    """The first two tranches of it."""
    yield from begun(life)
    yield from account.delegated(life, date(2023, 11, 21))
    yield from account.delegated(life, date(2024, 1, 22), confirmed=True)


def serving(life: Life) -> Script:
    """An account taken up from a spreadsheet, a part time, an overpayment that is offset, six months more."""
    yield from taken_up(life, begun(life))
    yield from overpaid(life)
    yield from prolonged(life)


def renewed(life: Life) -> Script:
    """One year served to its end, then renewed: the call says nothing of it, the head lifts the hold."""
    yield from earlier(life)
    yield life.at(date(2024, 11, 4), "10:00")
    life.do("record_end", life.instructor, last_day=date(2024, 11, 1))
    yield life.at(date(2025, 5, 20), "10:30")
    lifts = {"renewal_silent": "Même projet, même médecin : un an de plus, au titre des places libres."}
    life.do("renew", life.head, months=12, lifts=lifts)


def withdrawn(life: Life, told: date, reason: EndReason) -> Script:
    """Withdrawn before the start: the place is held."""
    yield life.at(told, "09:45")
    dates = {"fact_on": told, "known_on": told, "effective_on": told}
    life.do("report_withdrawal", life.recruiter, **dates, end_reason=reason)
    yield life.at(told, "16:00")
    cause = life.last_request(RequestKind.WITHDRAWAL)
    life.do("withdraw", life.instructor, dates=FourDates(told, told, told, told), end_reason=reason, request=cause)


def proposed(life: Life, on: date, doctor: int, start: date, said: Repercussions, *lacking: str) -> Script:
    """The recruiter proposes a new doctor."""
    yield life.at(on, "15:20")
    named = life.register(doctor)
    words = {"letter": True, "repercussions": (said,)}
    life.do("propose_replacement", life.recruiter, candidate=named, new_start=start, **words)
    cause = life.last_request(RequestKind.REPLACEMENT)
    road.give(life, life.recruiter, PieceEvent.REPLACEMENT, cause=cause, lacking=lacking)


def replacing(life: Life) -> Script:
    """A replacement proposed with three of the five pieces, four working days before the end of the period."""
    yield from awarded(life)
    yield from withdrawn(life, date(2025, 5, 19), CCA)
    yield from proposed(
        life, date(2025, 6, 5), 58, date(2025, 9, 1), Repercussions.NONE, "avis_chef_pole", "avis_directeur"
    )
    cause = life.last_request(RequestKind.REPLACEMENT)
    yield life.at(date(2025, 6, 6), "10:15")
    road.accept(life)
    life.do("examine_request", life.instructor, request=cause)
    missing = [r.key for r in road.wanted(life, PieceEvent.REPLACEMENT, cause) if life.view.piece(r.key) is None]
    life.do("request_pieces", life.instructor, keys=tuple(missing), days=12)


def chosen_again(life: Life) -> Script:
    """A replacement that changes the medical project: granted, to be notified again; no letter has left yet."""
    yield from awarded(life)
    yield from withdrawn(life, date(2025, 5, 2), OTHER)
    yield from proposed(life, date(2025, 5, 19), 59, date(2025, 11, 3), Repercussions.PROJECT)
    cause = life.last_request(RequestKind.REPLACEMENT)
    yield life.at(date(2025, 5, 26), "10:15")
    road.accept(life)
    life.do("examine_request", life.instructor, request=cause, chair_opinion_on=date(2025, 5, 23))
    yield life.at(date(2025, 6, 4), "16:20")
    life.lost = frozenset({Addressee.CANDIDATE, Addressee.FORMER_CANDIDATE, Addressee.RECRUITER})
    life.do("replace", life.head, request=cause)


def given_back(life: Life) -> Script:
    """Withdrawn, renounced: closed without having begun, and the place returns."""
    yield from awarded(life)
    yield from withdrawn(life, date(2025, 4, 25), OTHER)
    yield life.at(date(2025, 5, 12), "11:45")
    life.do("close", life.head, ground=CloseGround.RENOUNCED, reason="Le recruteur renonce au poste cette année.")


def late(life: Life) -> Script:
    """The distance of the premium is waived; a deferral is asked after the planned start: the call prints that there
    is then no financing.
    """
    yield from awarded(life)
    yield from road.accepted(life, date(2025, 4, 29))
    yield life.at(date(2025, 6, 3), "17:45")
    waived = {"site": life.view.partners[0].id, "since": _JUNE, "proposal": "Courrier du directeur du 27 mai 2025"}
    life.do("waive_distance", life.dg, reason="Deux entités juridiques différentes, à douze kilomètres.", **waived)
    yield life.at(date(2025, 6, 5), "17:05")
    life.do("ask_deferral", life.recruiter, new_start=date(2025, 8, 1), known_on=date(2025, 5, 20))
    yield life.at(date(2025, 6, 10), "09:35")
    life.do("examine_request", life.instructor, request=life.last_request(RequestKind.DEFERRAL))


def offered(life: Life) -> Script:
    """First on the reserve list, with a place that came back: the reply is awaited."""
    yield from reserved(life)
    yield life.at(date(2025, 6, 6), "14:50")
    life.do("offer_place", life.head)


def reserved(life: Life) -> Script:
    """On the reserve list of April."""
    yield from examined(life)
    yield life.at(date(2025, 4, 14), f"15:{life.post.rank:02}")
    life.do("put_on_reserve", life.head)


def incomplete(life: Life) -> Script:
    """Two pieces asked for, four days left."""
    yield from road.filed(life, date(2025, 5, 12), lacking=("avis_chef_pole",))
    yield life.at(date(2025, 6, 2), "10:20")
    road.accept(life)
    unsigned = next(r.key for r in road.wanted(life, PieceEvent.FILING) if r.piece == "avis_directeur")
    verdict = {"verdict": PieceState.REFUSED, "defect": Defect.UNSIGNED, "reason": "Avis non signé."}
    life.do("judge_piece", life.instructor, key=unsigned, **verdict)
    asked = [r.key for r in road.wanted(life, PieceEvent.FILING) if r.piece == "avis_chef_pole"]
    life.do("request_pieces", life.instructor, keys=(*asked, unsigned))


def overdue(life: Life) -> Script:
    """A piece asked for, the period is over."""
    yield from road.filed(life, date(2025, 4, 28), lacking=("courrier_des",))
    yield life.at(date(2025, 5, 20), "11:40")
    asked = [r.key for r in road.wanted(life, PieceEvent.FILING) if r.piece == "courrier_des"]
    life.do("request_pieces", life.instructor, keys=tuple(asked))


def nearly_silent(life: Life) -> Script:
    """Everything arrived, nobody answered: silence becomes a refusal in two days."""
    yield from road.filed(life, date(2025, 4, 14), "08:50")


def ready(life: Life) -> Script:
    """Complete, waiting for the next session."""
    yield from road.filed(life, date(2025, 5, 2 + life.post.rank))
    yield from road.completed(life, date(2025, 5, 27))


def heard(life: Life) -> Script:
    """Put to the session of July."""
    yield from ready(life)
    yield life.at(date(2025, 6, 10), "11:00")
    life.do("put_to_committee", life.instructor, session="juillet-2025")


def drafting(life: Life) -> Script:
    """A draft under way, with its first pieces."""
    yield from road.drafted(life, date(2025, 6, 3))
    yield life.at(date(2025, 6, 9), "21:40")
    first = [r for r in road.wanted(life, PieceEvent.FILING) if r.piece in {"cv", "lettre_motivation"}]
    for required in first:
        life.do("receive_piece", life.depositor, keys=(required.key,), file=life.paper(required.label, life.depositor))


def excluded(life: Life) -> Script:
    """General medicine: inadmissible, by a printed rule."""
    yield from road.filed(life, date(2025, 3, 3))
    yield life.at(date(2025, 3, 19), "15:30")
    life.do("declare_inadmissible", life.head, rule="CVL-03", reason="L’appel exclut la médecine générale.")


def post(specialty: str, recruiter: str, partner: str, doctor: int, rank: int, start: date, months: int = 24) -> Post:
    """A post half in hospital, half in town."""
    return Post(specialty, recruiter, (partner,), doctor, months=months, start=start, distance_km=25, rank=rank)


def story(script: Callable[[Life], Script], asked: Post, worth: str | None = None) -> Story:
    """A story of this call."""
    return Story(CALL, asked, script, worth)


_2023, _JUNE, _SEPTEMBER, _NOVEMBER = date(2023, 11, 2), date(2025, 6, 2), date(2025, 9, 1), date(2025, 11, 3)

STORIES = (
    story(
        serving,
        post("dermatologie", "indigo", "ajoncs", 50, 1, _2023),
        "le compte d’un poste : reprise, trop-perçu compensé, prolongation",
    ),
    story(renewed, post("ophtalmologie", "airelle", "bruyere", 51, 2, _2023, 12), "un poste renouvelé"),
    story(
        replacing,
        post("medecine_cardiovasculaire", "indigo", "primeveres", 52, 1, _SEPTEMBER),
        "un remplacement, 3 pièces sur 5",
    ),
    story(
        late,
        replace(post("rhumatologie", "indigo", "ajoncs", 60, 2, _JUNE), distance_km=12),
        "un report demandé trop tard",
    ),
    story(chosen_again, post("endocrinologie", "myrtille", "bruyere", 53, 3, _SEPTEMBER)),
    story(given_back, post("neurologie", "airelle", "primeveres", 54, 4, _NOVEMBER)),
    story(offered, post("pneumologie", "indigo", "bruyere", 55, 5, _NOVEMBER), "une place proposée, réponse attendue"),
    story(reserved, post("pediatrie", "airelle", "ajoncs", 56, 6, _NOVEMBER)),
    story(incomplete, post("gynecologie_medicale", "indigo", "ajoncs", 62, 1, _NOVEMBER), "deux pièces demandées"),
    story(overdue, post("allergologie", "airelle", "bruyere", 63, 2, _NOVEMBER)),
    story(
        nearly_silent,
        post("psychiatrie", "myrtille", "primeveres", 64, 3, _NOVEMBER),
        "le silence vaut rejet dans deux jours",
    ),
    story(ready, post("dermatologie", "myrtille", "ajoncs", 65, 4, _NOVEMBER)),
    story(ready, post("nephrologie", "indigo", "bruyere", 66, 5, _NOVEMBER)),
    story(heard, post("hematologie", "airelle", "primeveres", 67, 6, _NOVEMBER)),
    story(
        drafting,
        post("rhumatologie", "airelle", "ajoncs", 61, 7, _NOVEMBER),
        "un brouillon à déposer (compte du candidat)",
    ),
    story(drafting, post("neurologie", "indigo", "primeveres", 68, 8, _NOVEMBER)),
    story(excluded, post("medecine_generale", "indigo", "ajoncs", 69, 9, _NOVEMBER)),
)
