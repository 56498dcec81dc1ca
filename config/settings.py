"""Settings of an installation, read from the environment. Every default is fit for one machine without a server."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from config import faultpoints


class SettingsError(ValueError):
    """A setting that cannot be used, said in French."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`database_url`: an SQLAlchemy URL. `redis_url`: None for the embedded broker. `smtp_url`: where mail goes.

    `home`: folder of what is kept on disk (embedded database, documents, demo mail). `public_url`: how users reach
    the pages. `mail_bounces`: the mailbox that undelivered mail comes back to, the sender’s when None. `mail_key`: what
    proves that a report of undelivered mail is about one of ours; None for a key kept in `home`. `proxies`: how many
    proxies stand before the pages, whose word is taken on where a request comes from. `legal_shift`: how far ahead the
    legal clock is, for demonstrations only. `insecure_cookies`: allows plain http, for a demonstration on one machine
    only. `metrics_token`: what a monitoring system shows to read /metrics, closed when None. `late_after`: how long an
    effect may wait before somebody is told. What may hold a password is never shown with the rest.
    """

    database_url: str = field(repr=False)
    home: Path
    redis_url: str | None = field(default=None, repr=False)
    smtp_url: str = field(default="smtp://127.0.0.1:2525", repr=False)
    mail_from: str = "ne-pas-repondre@temps-partage.example"
    mail_bounces: str | None = None
    mail_key: str | None = field(default=None, repr=False)
    public_url: str = "http://127.0.0.1:8000"
    proxies: int = 0
    legal_shift: timedelta = timedelta(0)
    insecure_cookies: bool = False
    demo: bool = False
    metrics_token: str | None = field(default=None, repr=False)
    late_after: timedelta = timedelta(minutes=5)


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from environment variables. Raises SettingsError."""
    env = os.environ if environment is None else environment
    home = Path(env.get("TEMPS_PARTAGE_HOME", "var")).absolute()
    demo = _flag(env, "TEMPS_PARTAGE_DEMO")
    shift = timedelta(seconds=_number(env, "TEMPS_PARTAGE_LEGAL_SHIFT"))
    if shift and not demo:
        raise SettingsError("L’horloge légale ne se déplace qu’en démonstration : retirez TEMPS_PARTAGE_LEGAL_SHIFT.")
    insecure = _flag(env, "TEMPS_PARTAGE_INSECURE_COOKIES")
    if insecure and not demo:
        raise SettingsError("Les témoins de connexion sans https ne sont admis qu’en démonstration.")
    if env.get(faultpoints.VARIABLE) and not demo:
        raise SettingsError(f"Les pannes provoquées sont réservées aux essais : retirez {faultpoints.VARIABLE}.")
    return Settings(
        database_url=_database(env.get("DATABASE_URL"), home),
        home=home,
        redis_url=env.get("REDIS_URL") or None,
        smtp_url=env.get("SMTP_URL", "smtp://127.0.0.1:2525"),
        mail_from=env.get("MAIL_FROM", "ne-pas-repondre@temps-partage.example"),
        mail_bounces=_mailbox(env, "MAIL_BOUNCES"),
        mail_key=_token(env, "MAIL_KEY"),
        public_url=env.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/"),
        proxies=_number(env, "TEMPS_PARTAGE_PROXIES"),
        legal_shift=shift,
        insecure_cookies=insecure,
        demo=demo,
        metrics_token=_token(env, "METRICS_TOKEN"),
        late_after=_late_after(env, "TEMPS_PARTAGE_LATE_MINUTES"),
    )


#: What mails cannot leave without: who sends them, where their links lead, through which server.
_OF_MAILS = ("MAIL_FROM", "PUBLIC_URL", "SMTP_URL")


def for_service(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings of processes that serve people. Raises SettingsError, also when a real installation lacks one."""
    env = os.environ if environment is None else environment
    settings = from_environment(env)
    lacking = [name for name in _OF_MAILS if not env.get(name)]
    if lacking and not settings.demo:
        raise SettingsError(
            f"Il manque des réglages : {', '.join(lacking)}. Donnez-les : les courriels partiraient d’une adresse "
            "d’exemple, avec des liens qui ne mènent nulle part."
        )
    return settings


def _database(url: str | None, home: Path) -> str:
    if not url:
        return f"sqlite:///{home / 'temps-partage.sqlite3'}"
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


#: The shortest token: 128 bits in hexadecimal.
_TOKEN = 32


def _token(env: Mapping[str, str], name: str) -> str | None:
    value = env.get(name, "").strip()
    if value and (len(value) < _TOKEN or not value.isascii()):
        raise SettingsError(f"{name} compte au moins {_TOKEN} caractères sans accent : tirez-le au hasard.")
    return value or None


def _late_after(env: Mapping[str, str], name: str) -> timedelta:
    minutes = _number(env, name, "5")
    if minutes < 1:
        raise SettingsError(f"{name} vaut au moins 1 minute, pas « {minutes} ».")
    return timedelta(minutes=minutes)


#: The longest name of a mailbox that a token of 42 characters follows: a server need not take more than 64.
_BOX = 21


def _mailbox(env: Mapping[str, str], name: str) -> str | None:
    value = env.get(name, "").strip()
    if value and not re.fullmatch(r"[^\s@+<>]+@[^\s@<>]+", value):
        raise SettingsError(f"{name} est une adresse comme retours@agence.example, pas « {value} ».")
    if len(value.partition("@")[0]) > _BOX:
        raise SettingsError(f"{name} compte au plus {_BOX} caractères avant l’arobase, pas « {value} ».")
    return value or None


def _flag(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name, "0")
    if value not in {"0", "1"}:
        raise SettingsError(f"{name} vaut 0 ou 1, pas « {value} ».")
    return value == "1"


def _number(env: Mapping[str, str], name: str, default: str = "0") -> int:
    value = env.get(name) or default
    try:
        return int(value)
    except ValueError as error:
        raise SettingsError(f"{name} est un nombre entier, pas « {value} ».") from error
