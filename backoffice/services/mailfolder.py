"""A folder of mails: one file per mail, in the order they came. For demonstrations and development only."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from backoffice.services.mails import Mail, Sent, message_of


def put(folder: Path, content: bytes, at: datetime) -> Path:
    """Keep a mail, whole or not at all, under a name that sorts by instant; gives its file."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".", suffix=".part", delete=False) as file:
        file.write(content)
    draft = Path(file.name)
    try:
        for number in count(1):  # several mails may bear one instant
            target = folder / f"{at.astimezone(UTC):%Y%m%dT%H%M%S%f}-{number:05}.eml"
            with suppress(FileExistsError):
                target.hardlink_to(draft)
                break
    finally:
        draft.unlink()
    return target


@dataclass(frozen=True, slots=True)
class FolderMailer:
    """Writes each mail into a folder instead of sending it, dated by its own instant."""

    folder: Path

    def send(self, mail: Mail) -> Sent:
        """Keep a mail."""
        put(self.folder, bytes(message_of(mail)), mail.at)
        return Sent()
