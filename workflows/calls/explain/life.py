"""What happens after the award: withdrawal, replacement, deferral, early end, repayment, renewal."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.calls.explain.lines import Line, days, either, notes, plain, small, told
from workflows.calls.model import Call, DeferralEnd, ReplacementClause, SecondOpinion
from workflows.calls.notes import Topic
from workflows.calls.sources import Origin
from workflows.french import typography

_OPINIONS = {
    SecondOpinion.CHAIR: "Le président de la commission donne un avis écrit sur le nouveau candidat.",
    SecondOpinion.HEAD: "Sans répercussion et dans la même spécialité, l’instructeur et le responsable suffisent ; "
    "sinon la commission donne son avis.",
}
_ENDS = {
    DeferralEnd.KEEP_DURATION: "La durée est gardée : la fin du poste recule d’autant.",
    DeferralEnd.KEEP_END: "La fin du poste ne bouge pas : le poste est raccourci d’autant.",
}
_CAUSES = {"cca": "recrutement comme chef de clinique"}

_UNSIGNED = " Aucun reversement qu’une clause ouvre n’est décidé avant que l’agence ait signé son choix."


def replacement(call: Call) -> Iterator[Line]:
    """A new candidate after a withdrawal."""
    clause = call.clauses.replacement
    yield either(
        clause.allowed,
        "Après un désistement, un nouveau candidat peut être proposé.",
        "Après un désistement, aucun nouveau candidat ne peut être proposé.",
        "Si un nouveau candidat peut être proposé après un désistement.",
    )
    yield from _file(clause)
    yield from _periods(clause)
    yield told(clause.opinion, _OPINIONS.__getitem__, "Qui donne un avis sur le nouveau candidat.")
    yield either(
        clause.end_unchanged,
        "La fin du poste ne change pas ; les mois sans médecin ne sont pas payés.",
        "La fin du poste recule du temps resté sans médecin.",
        "L’effet d’un remplacement sur la fin du poste.",
    )
    yield from notes(call, Topic.REPLACEMENT)


def _file(clause: ReplacementClause) -> Iterator[Line]:
    yield either(
        clause.pieces_confirmed,
        "La liste des pièces d’un remplacement est arrêtée.",
        "La liste des pièces d’un remplacement n’est pas arrêtée : aucun remplacement n’est examiné avant que l’agence "
        "la confirme.",
        "La liste des pièces d’un remplacement.",
    )
    yield either(
        clause.letter,
        "Le recruteur joint un courrier qui donne le motif du désistement.",
        "Aucun courrier sur le motif du désistement n’est demandé.",
        "Si un courrier donne le motif du désistement.",
    )
    yield either(
        clause.repercussions,
        "Le recruteur précise si le changement de candidat a des répercussions sur le projet médical et sur les "
        "quotités de travail.",
        "Aucune précision sur les répercussions n’est demandée.",
        "Si le recruteur précise les répercussions du changement de candidat.",
    )


def _periods(clause: ReplacementClause) -> Iterator[Line]:
    start = "du signalement ou du départ, le plus tardif des deux"
    yield told(
        clause.propose_within_days,
        lambda n: f"Le nouveau candidat est attendu dans les {days(n)} {start}.",
        "Le délai pour proposer un nouveau candidat.",
    )
    yield told(
        clause.remind_after_days,
        lambda n: f"Le recruteur reçoit un rappel au bout de {days(n)}.",
        "Le rappel adressé au recruteur.",
    )
    yield told(
        clause.give_back_after_days,
        lambda n: f"Au bout de {days(n)}, il est proposé de rendre le poste ; un responsable décide.",
        "Le délai au bout duquel il est proposé de rendre le poste.",
    )


def deferral(call: Call) -> Iterator[Line]:
    """A later start."""
    clause = call.clauses.deferral
    yield either(
        clause.allowed,
        "Un report de la prise de fonctions peut être accordé.",
        "Aucun report de la prise de fonctions n’est possible.",
        "Si un report de la prise de fonctions peut être accordé.",
    )
    yield either(
        clause.duty,
        "Les motifs du report sont donnés immédiatement à l’ARS ; à défaut, il n’y a pas de financement.",
        "Prévenir tard donne un avertissement ; le financement n’en dépend pas.",
        "Si le financement dépend d’une information immédiate.",
    )
    yield told(
        clause.tell_within_days,
        lambda n: f"L’ARS doit être prévenue avant la date prévue, et dans les {days(n)} qui suivent le fait connu.",
        "Le délai pour prévenir l’ARS d’un report.",
    )
    yield told(
        clause.usual_months,
        lambda n: f"L’instructeur propose jusqu’à {n} mois de report.",
        "La durée habituelle d’un report.",
    )
    yield told(
        clause.longest_months,
        lambda n: f"Au-delà de {n} mois, un avertissement s’affiche et la décision est motivée.",
        "La durée au-delà de laquelle un report est exceptionnel.",
    )
    yield told(clause.end, _ENDS.__getitem__, "L’effet d’un report sur la fin du poste.")
    yield from notes(call, Topic.DEFERRAL)


def early_end(call: Call) -> Iterator[Line]:
    """Early ends and what is asked back."""
    funding, clause = call.clauses.funding, call.clauses.end
    for item in funding.repayment_clauses:
        cause = _CAUSES.get(item.cause, item.cause)
        yield Line(typography(f"Clause de reversement ({cause}) : {small(item.text)}"), item.rule, Origin.PRINTED)
    if not funding.repayment_clauses:
        yield plain("Aucune clause de reversement.")
    pending = _UNSIGNED if funding.repayment_clauses and funding.repayment_reading.is_default else ""
    yield told(
        funding.repayment_reading,
        lambda reading: f"Somme à reverser : {reading.asks}.{pending}",
        "Ce qui est à reverser après une fin anticipée.",
    )
    yield told(
        clause.declare_within_days,
        lambda n: f"L’établissement déclare une fin anticipée dans les {days(n)}.",
        "Le délai pour déclarer une fin anticipée.",
    )
    yield told(
        clause.cca_watch_months,
        lambda n: f"Un poste de chef de clinique pris dans les {n} mois après la fin est signalé à l’instructeur.",
        "La période où un poste de chef de clinique pris après la fin est signalé.",
    )
    yield told(
        clause.contradictory_days,
        lambda n: f"Avant toute décision, le recruteur a {days(n)} pour présenter ses observations.",
        "Le délai pour présenter des observations avant un reversement.",
    )
    yield from notes(call, Topic.END)


def renewal(call: Call) -> Iterator[Line]:
    """The same project, partners and candidate once more."""
    clause = call.clauses.renewal
    if clause is None:
        yield plain("Aucun renouvellement n’est prévu.")
    else:
        yield told(
            clause.months,
            lambda n: f"Un même projet, mêmes partenaires et même candidat, se renouvelle pour {n} mois au plus.",
            "La durée d’un renouvellement.",
        )
        yield told(
            clause.times,
            lambda n: f"Nombre de renouvellements d’un poste : {n} au plus.",
            "Combien de fois un poste se renouvelle.",
        )
    yield from notes(call, Topic.RENEWAL)
