"""A folder of mails: one file per mail, in the order they came. For demonstrations and development only."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from backoffice.services.mails import Mail, message_of


def put(folder: Path, content: bytes, at: datetime, number: int) -> Path:
    """Keep a mail, whole or not at all, under a name that sorts by instant; gives its file.

    `number` tells apart the mails of one instant.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{at.astimezone(UTC):%Y%m%dT%H%M%S%f}-{number:05}.eml"
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".", suffix=".part", delete=False) as file:
        file.write(content)
    Path(file.name).chmod(0o600)
    Path(file.name).replace(target)
    return target


@dataclass
class FolderMailer:
    """Writes each mail into a folder instead of sending it, dated by its own instant."""

    folder: Path
    count: int = 0

    def send(self, mail: Mail) -> None:
        """Keep a mail."""
        self.count += 1
        put(self.folder, bytes(message_of(mail)), mail.at, self.count)
