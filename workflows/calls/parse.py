"""From the text of a call file to a call, or to every mistake it holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

from workflows.calls.checks import check_call
from workflows.calls.complement import Filling, fill
from workflows.calls.digest import digest_of
from workflows.calls.errors import CallFileError, CallFileIssue, issues
from workflows.calls.model import Call, CallFile
from workflows.calls.quota_fill import fill_quotas
from workflows.calls.salvage import read_shape
from workflows.calls.toml_text import TomlText, read_toml

_NO_SOURCE: Mapping[str, str] = MappingProxyType({})


def parse_call(
    text: str,
    *,
    complement: str | None = None,
    quota_sources: Mapping[str, str] = _NO_SOURCE,
    known_acts: frozenset[str] | None = None,
) -> Call:
    """The call a TOML text describes. Raises `CallFileError` with every mistake of the call and of the complement.

    `complement`: TOML text that gives what the call leaves unknown. `quota_sources`: text of each quota source by
    its id. `known_acts`: names of acts that `decision_levels` may use; None: any.
    """
    document, wrong = _read(text)
    extra, wrong_extra = (None, ()) if complement is None else _read(complement, in_complement=True)
    if document is None:
        raise CallFileError((*wrong, *wrong_extra))
    tree, found = fill_quotas(document.tree, quota_sources)
    file, unreadable = read_shape(CallFile, tree)
    wrong = issues([*found, *unreadable, *check_call(file, known_acts)], document.line)
    if extra is None:
        if wrong or wrong_extra:
            raise CallFileError((*wrong, *wrong_extra))
        return _call(file, None)
    filling = fill(tree, extra.tree)
    wrong_extra = issues(filling.found, extra.line, in_complement=True)
    if wrong or wrong_extra:
        raise CallFileError((*wrong, *wrong_extra))
    return _call(_completed(filling, extra, known_acts), filling.reason)


def _read(text: str, *, in_complement: bool = False) -> tuple[TomlText | None, tuple[CallFileIssue, ...]]:
    try:
        return read_toml(text, in_complement=in_complement), ()
    except CallFileError as error:
        return None, error.errors


def _completed(filling: Filling, extra: TomlText, known_acts: frozenset[str] | None) -> CallFile:
    """The call with its complement; what is wrong now is the complement’s doing."""
    file, unreadable = read_shape(CallFile, filling.tree)
    wrong = [*unreadable, *check_call(file, known_acts, completed=True)]
    if wrong:
        told = [(filling.told_at(path), message) for path, message in wrong]
        raise CallFileError(issues(told, extra.line, in_complement=True))
    return file


def _call(file: CallFile, complement: str | None) -> Call:
    parts = {item.name: getattr(file, item.name) for item in dataclasses.fields(file)}
    return Call(**parts, digest=digest_of(file.clauses), complement=complement)
