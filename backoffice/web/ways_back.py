"""Where a form leads back to: the page it was opened from, which its address names (`retour`), else the dossier."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from backoffice.web.reader import Page


@dataclass(frozen=True, slots=True)
class WayBack:
    """A page to come back to: its endpoint, what its address names, the words of the link."""

    endpoint: str
    values: Mapping[str, Any]
    label: str

    @property
    def href(self) -> str:
        """Its address."""
        return url_for(self.endpoint, **self.values)

    def after(self, act: str, **more: Any) -> str:
        """Its address once an act is done: the page says so."""
        return url_for(self.endpoint, **self.values, **more, fait=act)


def _to_dossier(page: Page) -> WayBack:
    return WayBack("dossiers.show", {"number": page.row.number}, "Revenir au dossier")


def _to_repayment(page: Page) -> WayBack:
    """The repayment that the address names, else the one to see to."""
    known = [repayment.cause for repayment in page.facts.repayments]
    named = request.args.get("repayment")
    if not page.sees_money or not known:
        return _to_dossier(page)
    rank: dict[str, Any] = {"rank": known.index(named) + 1} if named in known else {}
    return WayBack("repayments.show", {"number": page.row.number, **rank}, "Revenir au reversement")


def _to_account(page: Page) -> WayBack:
    """The account of the post, for who reads amounts."""
    if not page.sees_money:
        return _to_dossier(page)
    return WayBack("account.show", {"number": page.row.number}, "Revenir au compte du poste")


#: Pages that forms may lead back to, by what their address says.
_WAYS: Mapping[str, Callable[[Page], WayBack]] = {"compte": _to_account, "reversement": _to_repayment}


def way_back(page: Page) -> WayBack:
    """Where the form being asked for leads back to."""
    return _WAYS.get(request.args.get("retour", ""), _to_dossier)(page)
