"""What was just done, told on the page one was sent to. The address says it: no message is kept anywhere."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.acts import ACTS
from workflows.french import count, typography

#: What was done, for pages that say it better than the name of an act.
_TOLD = {
    "brouillon": "Brouillon créé, pas encore déposé",
    "brouillon-corrige": "Brouillon corrigé, pas encore déposé",
    "document": "Document déposé",
    "message": "Message classé",
}
_MOST = 999


def notice(args: Mapping[str, str]) -> str:
    """The sentence for an address with `fait`, and `nombre` where something is counted; empty for any other."""
    done, number = args.get("fait", ""), args.get("nombre", "")
    if done == "pieces" and number.isascii() and number.isdigit() and 0 < int(number[:4]) <= _MOST:
        told = count(int(number), "pièce acceptée", "pièces acceptées")
    else:
        told = _TOLD.get(done) or (f"« {ACTS[done].label} »" if done in ACTS else "")
    return typography(f"{told} : c’est fait.") if told else ""
