"""The committee, the award, who decides, and the quotas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.actors import Role
from workflows.calls.explain.lines import Line, days, either, notes, small, told
from workflows.calls.model import Call, CommitteeClause
from workflows.calls.notes import Topic
from workflows.calls.parameters import Quota, Session
from workflows.calls.sources import Origin, Sourced
from workflows.effects import Addressee
from workflows.french import count, listing, short_day, typography
from workflows.specialties import SPECIALTIES

_TO = {
    Addressee.DEPOSITORS: "aux déposants",
    Addressee.CANDIDATE: "au candidat",
    Addressee.FORMER_CANDIDATE: "à l’ancien candidat",
    Addressee.RECRUITER: "à l’établissement recruteur",
    Addressee.PARTNERS: "aux établissements partenaires",
    Addressee.REPORTER: "à l’auteur du signalement",
    Addressee.SERVICE: "au service de l’agence",
    Addressee.ACCOUNTANT: "à l’agent comptable",
    Addressee.MEMBERS: "aux membres de la commission",
    Addressee.MINISTRY: "à la direction générale de l’offre de soins",
}


def committee(call: Call) -> Iterator[Line]:
    """The committee, its sessions and criteria, the reserve list, then the award."""
    clause = call.clauses.committee
    yield either(
        clause.exists,
        "Une commission examine les dossiers.",
        "Aucune commission n’examine les dossiers.",
        "Si une commission examine les dossiers.",
    )
    for session in call.parameters.sessions:
        yield _session(session)
    for criterion in clause.criteria:
        yield Line(typography(f"Critère : {small(criterion.text)}"), criterion.rule, Origin.PRINTED)
    yield from _reserve(clause)
    yield from _award(call)
    yield from notes(call, Topic.COMMITTEE)


def _session(session: Session) -> Line:
    first, last = short_day(session.first), short_day(session.last)
    when = f"le {first}" if first == last else f"entre le {first} et le {last}"
    return Line(typography(f"Séance : {session.label}, {when}."), session.rule, Origin.PRINTED)


def _reserve(clause: CommitteeClause) -> Iterator[Line]:
    yield either(
        clause.partial_project,
        "La commission peut ne retenir qu’une partie des postes d’un projet.",
        "Les postes d’un projet sont retenus ensemble ou pas du tout.",
        "Si une partie seulement des postes d’un projet peut être retenue.",
    )
    yield told(
        clause.reserve_until,
        lambda day: f"La liste complémentaire est valable jusqu’au {short_day(day)}.",
        "Jusqu’à quand la liste complémentaire est valable.",
    )
    yield told(
        clause.offer_days,
        lambda n: f"Un poste offert depuis la liste complémentaire s’accepte sous {days(n)}.",
        "Le délai de réponse à un poste offert depuis la liste complémentaire.",
    )


def _award(call: Call) -> Iterator[Line]:
    clause = call.clauses.award
    yield told(
        clause.notified_to,
        lambda who: f"Le résultat est notifié {listing([_TO[one] for one in who])}.",
        "À qui le résultat est notifié.",
    )
    if clause.also_notified is not None:
        yield told(
            clause.also_notified,
            lambda who: f"Le résultat est aussi adressé {listing([_TO[one] for one in who])}.",
            "À qui d’autre le résultat est adressé.",
        )
    yield told(
        clause.acceptance_days,
        lambda n: f"L’attribution s’accepte sous {days(n)}.",
        "Le délai pour accepter l’attribution.",
    )
    yield told(
        clause.choice_days,
        lambda n: f"Un médecin retenu dans deux dossiers choisit sous {days(n)}.",
        "Le délai pour choisir entre deux dossiers retenus.",
    )


def deciders(call: Call, act_labels: Mapping[str, str]) -> Iterator[Line]:
    """The acts whose decision level this call sets."""
    for act, level in call.clauses.decision_levels.items():
        yield _decider(act_labels.get(act, act), level)


def _decider(act: str, level: Sourced[Role]) -> Line:
    return told(level, lambda role: f"« {act} » : {role.label} décide.", f"Qui décide de l’acte « {act} ».")


def quotas(call: Call) -> Iterator[Line]:
    """The places that awards may not exceed."""
    labels = {quota.id: quota.label for quota in call.parameters.quotas}
    for quota in call.parameters.quotas:
        yield _quota(quota, labels)
    yield from notes(call, Topic.QUOTAS)


def _quota(quota: Quota, labels: Mapping[str, str]) -> Line:
    about = [
        f"compris dans « {labels.get(quota.within, quota.within)} »" if quota.within else "",
        f"catégorie {quota.category}" if quota.category else "",
        f"départements {listing(quota.departments)}" if quota.departments else "",
        f"GHT {listing(quota.ghts)}" if quota.ghts else "",
        f"réservé à l’établissement {quota.finess}" if quota.finess else "",
        f"réservé à la spécialité {_specialty(quota.specialty)}" if quota.specialty else "",
        f"source {quota.source}" if quota.source else "",
    ]
    details = " ; ".join(part for part in about if part)
    name = f"{quota.label} ({details})" if details else quota.label
    return told(
        quota.places,
        lambda n: f"{name} : {count(n, 'poste')}.",
        f"{name} : le nombre de postes. Tant qu’il manque, un poste n’est attribué que sous réserve (A18).",
    )


def _specialty(code: str) -> str:
    return SPECIALTIES[code].label if code in SPECIALTIES else code
