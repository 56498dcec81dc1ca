"""The way out of the mails of an installation, by the scheme of its SMTP_URL."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from backoffice.services.mailfolder import FolderMailer
from backoffice.services.mails import Mail, Mailer, Sent, wired
from backoffice.services.returns import returns_of
from backoffice.services.smtp import SmtpMailer
from config.settings import Settings, SettingsError


@dataclass(frozen=True, slots=True)
class DryMailer:
    """Sends nothing: each mail is composed as it would leave, and kept in its dossier."""

    def send(self, mail: Mail) -> Sent:
        """Compose a mail, to find what would stop it."""
        wired(mail)
        return Sent(dry=True)


def mailer_of(settings: Settings) -> Mailer:
    """What sends the mails of an installation. Raises SettingsError for a scheme that nobody knows.

    `smtp:` and `smtps:` a server, `dry:` nothing leaves, `file:` a folder takes the mails, on a developer’s machine.
    """
    target = urlsplit(settings.smtp_url)
    match target.scheme:
        case "smtp" | "smtps":
            return SmtpMailer(settings.smtp_url, returns_of(settings))
        case "dry":
            return DryMailer()
        case "file" if target.path:
            return FolderMailer(Path(unquote(target.path)))
    # its value may hold a password
    raise SettingsError("SMTP_URL commence par smtp://, smtps://, file:/ ou dry: : corrigez ce réglage.")
