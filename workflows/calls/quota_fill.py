"""Quotas that name an entry of a quota source get their places from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.calls.errors import CallFileError, Found, Path
from workflows.calls.quota_source import QuotaSource, parse_quota_source
from workflows.shape_fields import nearest, shown

#: Stands for places that could not be found, so that the rest of the quota is still read.
_NOT_FOUND = {"unknown": True, "rule": "?"}


def fill_quotas(tree: Mapping[str, Any], sources: Mapping[str, str]) -> tuple[dict[str, Any], list[Found]]:
    """The tree of a call with the places of its sourced quotas, and the mistakes met on the way."""
    parameters = tree.get("parameters")
    quotas = parameters.get("quotas") if isinstance(parameters, Mapping) else None
    if not isinstance(parameters, Mapping) or not isinstance(quotas, list):
        return dict(tree), []
    reader = _Sources(sources, tree.get("authority"))
    filled = [reader.fill(("parameters", "quotas", rank), quota) for rank, quota in enumerate(quotas)]
    return {**tree, "parameters": {**parameters, "quotas": filled}}, reader.found


class _Sources:
    """Reads each source once."""

    def __init__(self, texts: Mapping[str, str], authority: Any) -> None:
        self._texts = texts
        self._region = authority.get("region") if isinstance(authority, Mapping) else None
        self._read: dict[str, QuotaSource] = {}
        self.found: list[Found] = []

    def fill(self, path: Path, quota: Any) -> Any:
        """The table of a quota with its places."""
        reference = quota.get("source") if isinstance(quota, Mapping) else None
        if not isinstance(reference, str):
            return quota
        if "places" in quota:
            self.found.append(((*path, "places"), "Les places viennent de « source » : retirez l’un des deux."))
            return quota
        return {**quota, "places": self._places((*path, "source"), reference)}

    def _places(self, path: Path, reference: str) -> dict[str, Any]:
        name, _, entry_id = reference.partition(":")
        source = self._source(path, name)
        if source is None:
            return _NOT_FOUND
        entry = next((e for e in source.entries if e.id == entry_id), None)
        if entry is None:
            near = nearest(entry_id, [e.id for e in source.entries])
            hint = f"Vouliez-vous écrire « {name}:{near} » ?" if near else "Vérifiez la catégorie et la région."
            self.found.append((path, f"L’entrée « {shown(reference)} » n’existe pas. {hint}"))
            return _NOT_FOUND
        if None not in (entry.region, self._region) and entry.region != self._region:
            message = f"Cette entrée est celle de la région {entry.region}, l’appel celui de la région {self._region}."
            self.found.append((path, f"{message} Corrigez l’un ou l’autre."))
        rule = next(c.rule for c in source.categories if c.id == entry.category)
        return {"value": entry.places, "rule": rule, **({"note": entry.note} if entry.note else {})}

    def _source(self, path: Path, name: str) -> QuotaSource | None:
        if name in self._read:
            return self._read[name]
        if name not in self._texts:
            known = f" Sources connues : {', '.join(sorted(self._texts))}." if self._texts else ""
            self.found.append((path, f"La source de quotas « {shown(name)} » est introuvable.{known}"))
            return None
        try:
            self._read[name] = parse_quota_source(self._texts[name])
        except CallFileError as error:
            self.found += [(path, f"La source « {name} » est à corriger : {issue}") for issue in error.errors]
            return None
        return self._read[name]
