"""The way back of mails that could not be delivered: an envelope address that names the mail and proves it is ours.

Everybody who gets a mail reads its Message-ID; the token of its envelope also holds a code that only a key of the
installation makes. A report that comes to such an address answers a mail of ours.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from config.settings import Settings, SettingsError

#: Where the key of an installation is kept, under the folder of its data, when no setting gives one.
KEY_FILE = "mail.key"
_KEY_SIZE = 32
_ID_BYTES, _CODE_BYTES = 16, 10
_TOKEN = re.compile(r"\+([a-z2-7]{42})@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Returns:
    """The mailbox that reports come back to, and the key of the installation."""

    box: str
    key: bytes = field(repr=False)

    def path(self, outbox: UUID) -> str:
        """The envelope sender of an outbox row."""
        name, _, domain = self.box.rpartition("@")
        return f"{name}+{_token(outbox, self.key)}@{domain}"


def returns_of(settings: Settings) -> Returns | None:
    """The way back of an installation; None when reports go to its sender. Raises SettingsError."""
    return Returns(settings.mail_bounces, mail_key(settings)) if settings.mail_bounces else None


def row_named(address: str, key: bytes) -> UUID | None:
    """The outbox row that an address of ours names; None for one that this installation did not make."""
    found = _TOKEN.search(address)
    if found is None:
        return None
    # the last character holds two bits that no byte needs: only the form that we write is ours
    with suppress(binascii.Error):
        outbox = UUID(bytes=base64.b32decode(f"{found[1].upper()}======")[:_ID_BYTES])
        return outbox if hmac.compare_digest(_token(outbox, key), found[1].lower()) else None
    return None


def _token(outbox: UUID, key: bytes) -> str:
    """Letters and digits of one case: what mail systems do to an address does not change it."""
    code = hmac.digest(key, b"return path " + outbox.bytes, "sha256")[:_CODE_BYTES]
    return base64.b32encode(outbox.bytes + code).decode().rstrip("=").lower()


def mail_key(settings: Settings) -> bytes:
    """The key of an installation: MAIL_KEY, else one made once and kept in its folder. Raises SettingsError."""
    if settings.mail_key:
        return settings.mail_key.encode()
    path = settings.home / KEY_FILE
    try:
        if not path.exists():
            _make(path)
        key = path.read_bytes().strip()
    except OSError as error:
        raise SettingsError(
            f"La clé des courriels ({path}) ne s’ouvre pas ({error.strerror}) : vérifiez TEMPS_PARTAGE_HOME, ou donnez "
            "MAIL_KEY."
        ) from error
    if len(key) < _KEY_SIZE:
        raise SettingsError(
            f"La clé des courriels ({path}) est abîmée : reprenez-la d’une sauvegarde, ou supprimez-la."
        )
    return key


def _make(path: Path) -> None:
    """Write a key, whole or not at all; of two processes that do, one does, and both read the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:  # readable by its owner alone
        file.write(secrets.token_hex(_KEY_SIZE).encode())
    draft = Path(file.name)
    try:
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
