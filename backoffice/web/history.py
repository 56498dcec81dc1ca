"""What an entry of the journal says of itself: what was typed in its form, in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from backoffice.store.dossiers import JournalEntry
from backoffice.web import forms, telling
from backoffice.web.choices import receipt_in_words, request_in_words
from backoffice.web.choices_repayment import repayment_in_words
from backoffice.web.forms import Field
from backoffice.web.reader import Page
from workflows.acts import ACTS, label_of
from workflows.french import typography

#: Told otherwise on the page, or a reference that says nothing to a reader.
_UNTOLD = frozenset({"reason", "key", "file", "proof", "rpps", "signed_by"})
#: Groups of answers about somebody, or about a whole application: their own pages tell them.
_GROUPS = ("candidate.", "plan.")
_UNTOLD_ACTS = frozenset({"edit_draft"})
#: What an empty list of choices stands for.
_NONE_CHOSEN = {("pause_reminders", "jobs"): "tous ceux qu’une pause peut retenir"}
_REFERENCE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def particulars(page: Page, entry: JournalEntry) -> list[tuple[str, str]]:
    """What was typed for an entry, label and words, for those who may read its reasons; empty for the others."""
    act = ACTS.get(entry.act)
    if act is None or entry.act in _UNTOLD_ACTS or not page.may_read(entry):
        return []
    found = []
    for field in forms.fields_of(act.inputs):
        words = "" if _is_untold(field.name) else _words(page, field, _value(entry.inputs, field.name))
        words = words or _NONE_CHOSEN.get((entry.act, field.name), "")
        if words:
            found.append((typography(field.label), words))
    return found


def _is_untold(name: str) -> bool:
    return name in _UNTOLD or name.startswith(_GROUPS)


def _value(inputs: Mapping[str, Any], name: str) -> Any:
    """What an entry keeps under a dotted name; None when it keeps nothing there."""
    value: Any = inputs
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _words(page: Page, field: Field, value: Any) -> str:
    if value is None or value in ("", []) or (value is False and not field.required):
        return ""  # a box that was left as it was
    if field.name in _NAMED:
        return typography(_NAMED[field.name](page, str(value)))
    if field.kind == "flag":
        return "oui" if value else "non"
    if isinstance(value, str) and _REFERENCE.fullmatch(value):
        return ""
    return page.said(telling.in_words(forms.as_typed(field, value), page.call.authority.zone))


def _receipt(page: Page, name: str) -> str:
    receipt = page.facts.receipt(name)
    return receipt_in_words(page, receipt) if receipt else ""


def _request(page: Page, name: str) -> str:
    request = page.facts.request(name)
    return request_in_words(page, request) if request else ""


def _session(page: Page, name: str) -> str:
    return next((session.label for session in page.call.parameters.sessions if session.id == name), name)


def _line(page: Page, name: str) -> str:
    contested = next((c for c in page.facts.contests if c.line == name), None)
    return contested.label if contested else name


def _contest(page: Page, name: str) -> str:
    return next((c.label for c in page.facts.contests if c.id == name), name)


def _repayment(page: Page, cause: str) -> str:
    repayment = page.facts.repayment_of(cause)
    return repayment_in_words(repayment) if repayment else ""


def _remedy(_page: Page, name: str) -> str:
    return label_of(name)


#: References that have a name of their own.
_NAMED: Mapping[str, Callable[[Page, str], str]] = {
    "contest": _contest,
    "line": _line,
    "receipt": _receipt,
    "remedy": _remedy,
    "repayment": _repayment,
    "request": _request,
    "session": _session,
}
