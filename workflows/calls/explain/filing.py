"""Who runs the call, who may file and until when."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.calendars import CALENDARS, Calendar
from workflows.calls.explain.lines import Line, either, notes, plain, told
from workflows.calls.model import Call, Depositor, Unit
from workflows.calls.notes import Topic
from workflows.calls.parameters import Extension
from workflows.deadlines import Closing
from workflows.french import listing, short_day, zone_label
from workflows.regions import REGIONS

_BY = {
    Depositor.CANDIDATE: "le candidat",
    Depositor.RECRUITER: "l’établissement recruteur",
    Depositor.PARTNER: "l’établissement partenaire",
}

_UNITS = {
    Unit.CANDIDATE_AND_POST: "La demande porte sur un poste et sur le candidat qui l’occupera.",
    Unit.POST: "La demande porte sur un poste ; le candidat peut être désigné plus tard.",
}

#: What the silence is worth, by whether the code governs the application.
_PURPOSE = {
    True: "",
    False: " ; la date est donnée pour information",
    None: ", si le code régit la demande",
}


def about(call: Call) -> Iterator[Line]:
    """The agency, its clock, what the call is about."""
    authority = call.authority
    region = REGIONS.get(authority.region or "")
    where = f", région {region.name} (code INSEE {region.code})" if region else ""
    yield plain(f"Agence : {authority.name}{where}.")
    yield plain(
        f"Service : {authority.service or 'à renseigner'}. Adresse électronique : {authority.email or 'à renseigner'}. "
        f"Téléphone : {authority.phone or 'à renseigner'}. Adresse : {authority.address or 'à renseigner'}."
    )
    if authority.accountant_email:
        yield plain(f"Adresse électronique de l’agent comptable : {authority.accountant_email}.")
    holidays = CALENDARS[Calendar(authority.calendar).id].label
    yield plain(f"L’heure qui compte est l’{zone_label(authority.zone)}. Jours fériés : {holidays}.")
    promotion = f"Promotion {call.promotion}" if call.promotion else "Promotion non précisée"
    yield plain(f"{promotion} ; catégorie de postes : {listing([call.category, *call.other_categories])}.")
    if call.complement is not None:
        yield plain(f"Un complément de répétition est appliqué : {call.complement}.")
    yield from notes(call, Topic.GENERAL)


def depositors(call: Call) -> Iterator[Line]:
    """What is asked for, by whom, through which channel."""
    filing = call.clauses.filing
    yield told(filing.unit, _UNITS.__getitem__, "Si la demande porte sur un poste seul ou aussi sur un candidat.")
    link = "et" if filing.joint.value else "ou"
    yield told(
        filing.depositors,
        lambda who: f"Le dossier est déposé par {listing([_BY[one] for one in who], link)}.",
        "Qui dépose le dossier.",
    )
    yield either(
        filing.joint,
        "Le dépôt est commun : chaque déposant confirme le même dossier.",
        "Le dépôt n’est pas commun : un seul déposant suffit.",
        "Si plusieurs déposants doivent confirmer le même dossier.",
    )
    yield told(
        filing.channel,
        lambda channel: f"Le dossier parvient à l’agence {channel.label}.",
        "Comment le dossier parvient à l’agence.",
    )
    yield either(
        call.clauses.regime_crpa,
        "Le code des relations entre le public et l’administration (CRPA) régit la demande.",
        "Le code des relations entre le public et l’administration (CRPA) ne régit pas la demande ; ses étapes sont "
        "suivies comme bonne pratique.",
        "Si le code des relations entre le public et l’administration (CRPA) régit la demande.",
    )
    yield from notes(call, Topic.FILING)


def closing(call: Call) -> Iterator[Line]:
    """Opening, closing and its extensions, reminders, and the silence that follows."""
    parameters, clauses = call.parameters, call.clauses
    yield told(
        parameters.opens_on,
        lambda day: f"Les dossiers sont reçus à partir du {short_day(day)}.",
        "La date d’ouverture du dépôt.",
    )
    yield told(parameters.closing, _closing, "La date limite de dépôt.")
    for extension in parameters.extensions:
        yield _extension(extension)
    yield told(
        clauses.filing.reminder_days,
        lambda before: (
            f"Un brouillon est rappelé à son auteur {listing([str(n) for n in before])} jours avant la clôture."
        ),
        "Les rappels envoyés avant la clôture.",
    )
    purpose = _PURPOSE[clauses.regime_crpa.value]
    yield told(
        clauses.silence_months,
        lambda months: f"Sans réponse {months} mois après la réception, la demande est réputée rejetée{purpose}.",
        "Le délai au bout duquel le silence vaut rejet.",
    )
    yield from notes(call, Topic.CLOSING)


def _closing(value: Closing) -> str:
    return f"L’appel écrit « {value.wording} » : dépôt {value.as_sentence()}."


def _extension(extension: Extension) -> Line:
    decision = f"Par décision du {short_day(extension.decided_on)} ({extension.decided_by})"
    later = f"« {extension.closing.wording} », dépôt {extension.closing.as_sentence()}"
    return plain(f"{decision}, la clôture est déplacée pour tous : {later}. Motif : {extension.reason}.")
