"""Effects of the outbox in French: what each is called, whom it is for, where it stands, how long it has waited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from backoffice.services.call_jobs import CALL_MAIL
from backoffice.services.operations import Alert, AlertKind
from backoffice.services.sent_mails import MAIL_AGAIN
from backoffice.store.operations import Age, Listed, RowState
from backoffice.store.outbox import LETTER_MAKE, LETTER_SEND
from backoffice.store.sweeps import DIGEST
from workflows.acts import label_of
from workflows.describe import ADDRESSEES, LETTERS, letter_called
from workflows.due import CallDueKind, DueKind
from workflows.effects import Addressee, EffectKind
from workflows.french import NBSP, count, typography
from workflows.jobs import Job

KINDS = {
    EffectKind.MAIL.value: "courriels",
    MAIL_AGAIN: "courriels représentés",
    EffectKind.ACT.value: "actes de la machine",
    EffectKind.RENEWAL.value: "renouvellements",
    DIGEST: "courriels groupés",
    CALL_MAIL: "courriels d’un appel",
    LETTER_MAKE: "courriers à produire",
    LETTER_SEND: "courriers envoyés par courriel",
}
STATES = {
    RowState.LATER: "plus tard",
    RowState.DUE: "attendent",
    RowState.RUNNING: "en cours",
    RowState.DOUBTFUL: "douteux",
    RowState.DEAD: "abandonnés",
    RowState.DONE: "faits en 24 h",
}
AGES = {
    Age.MINUTE: "moins d’une minute",
    Age.MINUTES: "de 1 à 5 minutes",
    Age.HOUR: "de 5 minutes à 1 heure",
    Age.DAY: "de 1 heure à 1 jour",
    Age.MORE: "plus d’un jour",
}


def effect_name(code: str) -> str:
    """What a mail, a letter or an act of the machine is called, by its code."""
    if code in LETTERS:
        return LETTERS[code].capitalize()
    for kinds in (DueKind, CallDueKind, Job):
        if code in set(kinds):
            return kinds(code).label
    return label_of(code)


def letter_words(code: str, data: Mapping[str, Any]) -> str:
    """What a letter that was prepared is called, by its code and its data."""
    words = letter_called(code, str(data["title"]))
    return f"{words[:1].upper()}{words[1:]}"


def whom(addressee: str | None) -> str:
    """Whom an effect is for, in words."""
    if not addressee:
        return "à la machine"
    return ADDRESSEES[Addressee(addressee)] if addressee in set(Addressee) else addressee


def what(row: Listed) -> str:
    """What a row of the outbox is, in a few words."""
    if row.kind == EffectKind.RENEWAL.value:
        return f"Ouverture du dossier {row.name}"
    if row.lines:
        return f"{effect_name(row.name)} ({count(row.lines, 'échéance')})"
    return effect_name(row.name)


def about(row: Listed) -> str:
    """What a row of the outbox is about: a dossier by its number, or a call."""
    if row.number is not None:
        return row.number
    return f"plusieurs dossiers de {row.call}" if row.lines > 1 else f"appel {row.call}"


def kind_name(kind: str) -> str:
    """The French name of a kind of effects, in the plural."""
    return KINDS.get(kind, kind)


_JOBS = {"due": "échéances", "documents": "rangement des documents"}


def job_name(job: str) -> str:
    """The French name of a job of the clock."""
    return Job(job).label if job in set(Job) else _JOBS.get(job, job)


_UNITS = (
    (timedelta(days=1), "jour", timedelta(days=2)),
    (timedelta(hours=1), "heure", timedelta(hours=2)),
    (timedelta(minutes=1), "minute", timedelta(minutes=1)),
)


def lasting(span: timedelta) -> str:
    """How long something has lasted: `moins d’une minute`, `12 minutes`, `90 minutes`, `3 heures`, `2 jours`."""
    for unit, word, least in _UNITS:
        if span >= least:
            return count(span // unit, word).replace(" ", NBSP)
    return "moins d’une minute"


def alert_text(alert: Alert) -> str:
    """What an alert says: what happens, what is safe, what to do."""
    if alert.kind is AlertKind.QUEUE_LATE:
        told = (
            f"Des effets attendent depuis {lasting(alert.lasts)} sans que rien ne les fasse partir. Rien n’est perdu : "
            "ils partiront. Vérifiez que les processus d’arrière-plan tournent et que le serveur de courriel répond."
        )
    elif alert.kind is AlertKind.CLOCK_LATE:
        told = (
            f"L’horloge n’a pas tourné depuis {lasting(alert.lasts)}. Aucune échéance n’est perdue : elle les verra à "
            "son retour. Vérifiez que le processus de l’horloge tourne."
        )
    elif alert.kind is AlertKind.CLOCK_AHEAD:
        told = (
            f"Le dernier tour de l’horloge est en avance de {lasting(alert.lasts)} sur cette machine : l’heure a "
            "reculé, ou les machines ne sont pas à la même heure. Aucune échéance n’est perdue. Réglez l’heure de "
            "chacune et vérifiez que le processus de l’horloge tourne."
        )
    else:
        told = (
            "L’horloge n’a encore jamais tourné : aucun rappel ne part, aucune échéance n’est vue. Démarrez le "
            "processus de l’horloge."
        )
    return typography(told)
