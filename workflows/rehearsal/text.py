"""A rehearsal as a page of French text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from workflows.describe import ADDRESSEES
from workflows.findings import Finding, Severity
from workflows.french import NBSP, count, day, listing, typography, zone_label
from workflows.rehearsal.groups import Group, dossier_words, grouped, span
from workflows.rehearsal.report import Changed, Checked, Fell, Opened, Rehearsal, Step
from workflows.rehearsal.summary import closing_lines
from workflows.rehearsal.words import date_words, effect_words

_INDENT = "    "


def page(found: Rehearsal, width: int = 100) -> str:
    """The whole page, no line wider than `width` columns unless a word is."""
    lines = [*_head(found), "", "HISTORIQUE", *_history(found), *closing_lines(found)]
    return "\n".join(row for line in lines for row in wrapped(line, width))


def wrapped(line: str, width: int) -> Iterable[str]:
    """A line cut at spaces, its continuation two columns further than its start."""
    if not line.strip():
        return ("",)
    start = line[: len(line) - len(line.lstrip(" "))]
    return textwrap.wrap(
        typography(line.strip()),
        width,
        initial_indent=start,
        subsequent_indent=f"{start}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _head(found: Rehearsal) -> Iterator[str]:
    yield f"RÉPÉTITION : {found.title}"
    if found.about:
        yield found.about
    yield ""
    yield f"Appel : {found.call_title} ({found.call}, clauses {found.digest[:12]})"
    if found.variant:
        yield f"Variante : {found.variant}"
    yield f"Toutes les heures sont données à l’{zone_label(found.zone)}."
    if found.places_before:
        taken = listing(f"{count(n, 'place')} de « {quota} »" for quota, n in found.places_before.items())
        yield f"Déjà prises avant le scénario : {taken}."
    if found.complement:
        yield ""
        yield f"AVEC UN COMPLÉMENT : {found.complement}"
        yield "L’appel ne fixe pas ces valeurs ; rien de ce qui en dépend ne l’engage :"
        for value in found.completed:
            yield f"  - {value.path} = {value.value} [{value.rule}, complément]"


def _history(found: Rehearsal) -> Iterator[str]:
    numbers = tuple(report.dossier.number for report in found.dossiers)
    zone, today = ZoneInfo(found.zone), date.min
    for group in grouped(found.history):
        local = group.first.at.astimezone(zone)
        if local.date() != today:
            today = local.date()
            yield ""
            yield day(today)
        yield from _entry(group, local, numbers)


def _entry(group: Group, local: datetime, numbers: Sequence[str]) -> Iterator[str]:
    line = group.first
    who = span(group, numbers)
    start = f"{who}. " if who else ""
    match line:
        case Opened():
            what = f"Brouillon ouvert, qui renouvelle {line.renews}." if line.renews else "Brouillon ouvert."
            yield f"  {start}{what}"
        case Changed():
            yield f"  Paramètre de l’appel. {line.what}."
            if line.note:
                yield f"{_INDENT}{line.note}"
        case Fell():
            rule = f" [{line.due.rule}]" if line.due.rule else ""
            late = f" Dû le {day(line.due.on)}." if line.due.on < local.date() else ""
            yield f"  Échéance. {start}{line.due.what}{late}{rule}"
            whom = listing(ADDRESSEES[to] for to in line.due.to)
            yield f"{_INDENT}S’adresse {whom}, sauf si {line.due.cancelled_if}."
        case Checked():
            yield from _checked(group, numbers)
        case Step():
            hour = _hour(local)
            yield f"  {hour}  {start}{_step_title(group, line)}"
            yield from (f"{_INDENT}{text}" for text in _step_lines(group, line))


def _hour(local: datetime) -> str:
    """`14 h 12`, and the seconds where a closing instant makes them matter."""
    found = f"{local.hour:>2}{NBSP}h{NBSP}{local.minute:02}"
    if local.second or local.microsecond:
        decimals = f",{local.microsecond:06}" if local.microsecond else ""
        found += f"{NBSP}min{NBSP}{local.second:02}{decimals}{NBSP}s"
    return found


def _checked(group: Group, numbers: Sequence[str]) -> Iterator[str]:
    """The facts checked at one instant, those that hold of the same dossiers together."""
    concerned: dict[Checked, list[str]] = {}
    for line in group.lines:
        if isinstance(line, Checked):
            some = concerned.setdefault(replace(line, dossier=None), [])
            some += [line.dossier] if line.dossier else []
    together: dict[tuple[str, ...], list[Checked]] = {}
    for fact, some in concerned.items():
        together.setdefault(tuple(some), []).append(fact)
    for numbers_of, facts in together.items():
        who = f"{dossier_words(numbers_of, numbers)}, " if numbers_of and len(numbers) > 1 else ""
        if facts[0].met:
            told = " ; ".join(f"{fact.what} : {fact.found}" for fact in facts)
            yield f"  Comme attendu. {who}{told if who else told[:1].upper() + told[1:]}."
        else:
            for fact in facts:
                yield f"  ATTENTE MANQUÉE. {who}{fact.what} : {fact.wanted} attendu, {fact.found} trouvé."


def _step_title(group: Group, line: Step) -> str:
    times = f" ({group.times} fois)" if group.times > 1 else ""
    title = f"{group.who} : {line.label}{times}"
    if line.refused:
        return f"{title}. REFUSÉ, le dossier reste à l’état « {line.source.label} »"
    if line.target is line.source or line.target is None:
        return title
    return f"{title}. {line.source.label} → {line.target.label}"


def _step_lines(group: Group, line: Step) -> Iterator[str]:
    if line.note:
        yield line.note
    for label, value in group.inputs:
        yield f"{label} : {value}"
    for finding in line.findings:
        yield from _finding(finding, line)
    yield from line.changes
    yield from date_words(line.dates or {})
    yield from effect_words(line.effects)
    if line.expectation and not line.expectation.met:
        wanted = listing([f"« {word} »" for word in (*line.expectation.wanted, *line.expectation.warns)])
        yield f"ATTENTE MANQUÉE : le scénario attendait {wanted}."


def _finding(finding: Finding, line: Step) -> Iterator[str]:
    rule = f" [{finding.rule}]" if finding.rule else ""
    lifted = (line.lifted or {}).get(finding.code)
    if finding.severity is Severity.WARNING:
        title = "Avertissement"
    elif finding.severity is Severity.HOLD:
        title = "Réserve levée" if lifted and not line.refused else "Réserve"
    else:
        title = "Refus"
    yield f"{title}{rule} : {finding.sentence} ({finding.code})"
    if title == "Réserve levée":
        yield f"  Motif : {lifted}"
    else:
        yield f"  À faire : {finding.remedy}"
