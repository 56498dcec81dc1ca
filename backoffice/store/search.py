"""Text as it is searched and sorted: the same on every database, without extensions."""

from __future__ import annotations

import unicodedata


def normalised(*texts: str | None) -> str:
    """Lower-case text without accents, for searching and sorting alike on every database."""
    joined = " ".join(text for text in texts if text)
    stripped = "".join(c for c in unicodedata.normalize("NFD", joined) if not unicodedata.combining(c))
    return " ".join(stripped.replace("’", " ").replace("'", " ").lower().split())
