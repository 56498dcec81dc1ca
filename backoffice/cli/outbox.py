"""``backoffice outbox``: what the machine has to do, what failed, and having it tried again."""

from __future__ import annotations

import argparse
import os
import re
from datetime import datetime, timedelta
from getpass import getuser
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from backoffice.cli.installation import OK, REFUSED, ZONE, clocks_here, on_database, refused, tell_shift
from backoffice.services import effect_words, operations
from backoffice.services.clocks import machine_now
from backoffice.services.operations import TROUBLES
from backoffice.store import operations as store
from backoffice.store.operations import RowState
from config.settings import from_environment
from workflows.french import count, instant, typography

if TYPE_CHECKING:
    from backoffice.cli import Groups

_UNITS = {"s": timedelta(seconds=1), "min": timedelta(minutes=1), "h": timedelta(hours=1), "j": timedelta(days=1)}
_SPAN = re.compile(r"(\d{1,6})(s|min|h|j)", re.ASCII)
_LONGEST = timedelta(days=36_500)
_LIMIT, _MOST = 100, 100_000
_STANDS = {
    RowState.LATER: "plus tard",
    RowState.DUE: "attend",
    RowState.RUNNING: "en cours",
    RowState.DOUBTFUL: "douteux",
    RowState.DEAD: "abandonné",
    RowState.DONE: "fait",
}


def register(groups: Groups) -> None:
    """Add the group ``outbox``."""
    parser = groups.add_parser("outbox", help="voir ce que la machine doit faire, relancer ce qui a échoué")
    commands = parser.add_subparsers(title="commandes", metavar="<commande>", required=True)
    listing = commands.add_parser("list", help="lister les effets, les plus anciens d’abord")
    told = ", ".join(f"{state.value} ({word})" for state, word in _STANDS.items())
    states = [state.value for state in RowState]
    listing.add_argument(
        "--state", choices=states, action="append", metavar="ÉTAT", help=f"seulement cet état : {told}"
    )
    _add_kind(listing)
    listing.add_argument("--older", type=_span, metavar="DURÉE", help="seulement depuis plus de 90s, 10min, 2h ou 3j")
    most = f"lignes au plus ({_LIMIT} par défaut, de 1 à {_MOST})"
    listing.add_argument("--limit", type=_number, default=_LIMIT, metavar="N", help=most)
    listing.set_defaults(run=show)
    retry = commands.add_parser("retry", help="relancer des effets abandonnés ou douteux")
    retry.add_argument("ids", nargs="*", metavar="ID", help="identifiants donnés par « outbox list »")
    retry.add_argument("--all", action="store_true", help="tous")
    _add_kind(retry)
    retry.set_defaults(run=again)
    check = commands.add_parser("check", help="échouer (code 1) si un effet attend trop ou est abandonné")
    check.set_defaults(run=checked)


def _add_kind(parser: argparse.ArgumentParser) -> None:
    told = ", ".join(f"{kind} ({words})" for kind, words in effect_words.KINDS.items())
    parser.add_argument(
        "--kind", choices=[*effect_words.KINDS], metavar="SORTE", help=f"seulement cette sorte : {told}"
    )


def _span(text: str) -> timedelta:
    found = _SPAN.fullmatch(text)
    span = int(found[1]) * _UNITS[found[2]] if found else None
    if span is None or span > _LONGEST:
        raise ValueError(text)
    return span


def _number(text: str) -> int:
    number = int(text)
    if not 1 <= number <= _MOST:
        raise ValueError(text)
    return number


def show(arguments: argparse.Namespace) -> int:
    """Print the rows asked for, those that are not done by default; 0."""
    return on_database(lambda session: _show(session, arguments, machine_now()))


def _show(session: Session, arguments: argparse.Namespace, now: datetime) -> int:
    asked = [RowState(state) for state in arguments.state or ()]
    states = tuple(asked) or tuple(state for state in RowState if state is not RowState.DONE)
    wanted = store.Wanted(states, arguments.kind, now - arguments.older if arguments.older else None)
    rows = store.listed(session, now, wanted, limit=arguments.limit + 1)
    clocks = clocks_here(session)
    tell_shift(clocks)
    for row in rows[: arguments.limit]:
        print(typography(_line(row, clocks.shift)))
    if not rows:
        print("Aucun effet ne correspond.")
    elif len(rows) > arguments.limit:
        print(typography(f"… et d’autres : --limit en montre plus de {arguments.limit}."))
    return OK


def _line(row: store.Listed, shift: timedelta) -> str:
    """A row, its instant told on the legal clock as on the pages."""
    since = instant(row.since + shift, ZONE)
    about = effect_words.about(row)
    parts = [
        f"{row.id}  {_STANDS[row.state]:<9}  {effect_words.what(row)}, {effect_words.whom(row.addressee)} ({about})",
        f", {since}, {count(row.attempts, 'essai')}",
    ]
    error = operations.without_persons(row.last_error) if row.state is not RowState.DONE else ""
    return "".join(parts) + (f"\n    {error}" if error else "")


def again(arguments: argparse.Namespace) -> int:
    """Have rows tried again; 1 when the demand makes no sense or names no known row, else 0."""
    if arguments.all == bool(arguments.ids) or (arguments.kind and not arguments.all):
        return refused("Donnez des identifiants, ou --all (avec --kind pour une seule sorte).")
    ids = operations.parsed_ids(arguments.ids)
    if len(ids) != len(arguments.ids):
        return refused("Un identifiant ne se lit pas : reprenez-le de « backoffice outbox list ».")
    return on_database(lambda session: _again(session, arguments, machine_now()))


def _again(session: Session, arguments: argparse.Namespace, now: datetime) -> int:
    by = f"command:{_user()}"
    try:
        if arguments.all:
            found = operations.revive_all(session, arguments.kind, now, by=by)
        else:
            found = operations.revive(session, operations.parsed_ids(arguments.ids), now, by=by)
    except LookupError:
        return refused("Aucun effet n’a cet identifiant : reprenez-le de « backoffice outbox list ».")
    told = count(found.revived, "effet repart", "effets repartent") if found.revived else "Rien n’a été relancé"
    left = count(found.already, "ligne n’était plus à relancer", "lignes n’étaient plus à relancer")
    print(typography(f"{told} ; {left}." if found.already else f"{told}."))
    return OK


def _user() -> str:
    try:
        return getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def checked(_arguments: argparse.Namespace) -> int:
    """Say whether the machine does what it must: 1 when an effect waits too long or was given up, else 0."""
    return on_database(lambda session: _checked(session, machine_now()))


def _checked(session: Session, now: datetime) -> int:
    figures, late_after = operations.figures(session, now), from_environment().late_after
    dead, doubtful = (figures.number(state) for state in TROUBLES)
    waited = now - figures.due_since if figures.due_since is not None else timedelta(0)
    late = waited > late_after
    if late:
        print(typography(f"Le plus ancien effet à faire attend depuis {effect_words.lasting(waited)}."))
    if dead:
        told = count(dead, "effet abandonné attend une personne", "effets abandonnés attendent une personne")
        print(typography(f"{told} : « backoffice outbox list --state dead »."))
    if not late and not dead:
        waiting = figures.number(RowState.DUE) + figures.number(RowState.RUNNING) + doubtful
        print(typography(f"Tout part : {count(waiting, 'effet')} à faire maintenant, aucun abandonné."))
    return REFUSED if late or dead else OK
