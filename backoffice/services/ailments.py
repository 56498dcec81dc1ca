"""What the doctor finds."""

from __future__ import annotations

from dataclasses import dataclass

from marshmallow import ValidationError

#: What reading damaged data raises.
UNREADABLE = (ValidationError, ValueError, LookupError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class Ailment:
    """Something that is not as it must be: which check, where, what."""

    check: str
    where: str
    what: str
