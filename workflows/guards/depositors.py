"""Guards on who files, and by which way the file comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workflows.acts.base import Context, guard, input_guard
from workflows.calls.model import Channel, Depositor
from workflows.findings import Check, Finding, check, refusal, warning
from workflows.french import listing, to

WRONG_DEPOSITOR = refusal(
    "wrong_depositor",
    "L’appel fait déposer {expected} ; ce dossier est déposé par {actual}.",
    "Demandez {to} de préparer et de déposer le dossier ; ce brouillon peut rester sans suite.",
)
DEPOSITOR_ABSENT = refusal(
    "depositor_absent",
    "Parmi les déposants{joint}, il manque {absent}.",
    "Ajoutez ce déposant au dossier ; dans un dépôt commun, chacun confirme le même.",
)
CHANNEL_DIFFERS = warning(
    "channel_differs",
    "L’appel demande un dépôt {expected} ; celui-ci est arrivé {actual}.",
    "Une personne apprécie si le dossier est reçu.",
)

_WORDS = {
    Depositor.CANDIDATE: "le candidat",
    Depositor.RECRUITER: "l’établissement recruteur",
    Depositor.PARTNER: "l’établissement partenaire",
}


def _depositors(context: Context[Any]) -> Iterator[Finding]:
    filing, actual = context.call.clauses.filing, {d.kind for d in context.dossier.depositors}
    expected = filing.depositors.value
    if not actual and not filing.joint.value:
        absent = _listed(expected, last="ou") if expected else "celui qui a envoyé le dossier"
        yield DEPOSITOR_ABSENT.on(filing.depositors, joint="", absent=absent)
    if expected is None:
        return
    strangers = [kind for kind in Depositor if kind in actual and kind not in expected]
    if strangers:
        words = {"expected": _listed(expected), "actual": _listed(strangers)}
        words["to"] = listing([to(_WORDS[kind]) for kind in expected])
        yield WRONG_DEPOSITOR.on(filing.depositors, **words)
    missing = [kind for kind in expected if kind not in actual]
    if missing and filing.joint.value:
        yield DEPOSITOR_ABSENT.on(filing.joint, joint=" de ce dépôt commun", absent=_listed(missing))


def _listed(kinds: tuple[Depositor, ...] | list[Depositor], last: str = "et") -> str:
    return listing([_WORDS[kind] for kind in kinds], last=last)


@guard
def right_depositors(context: Context[Any]) -> Check:
    """The file is deposited by those the call names, all of them where it is a joint one (NA-22, IDF-12, ARA-15)."""
    return check(_depositors(context))


@guard
def sent_by_right_depositors(context: Context[Any]) -> Check:
    """The same for a file come another way: what is wrong is pointed out, a person decides later."""
    return check([finding.softened() for finding in _depositors(context)])


def _channel(context: Context[Any], actual: str) -> Check:
    expected = context.call.clauses.filing.channel
    if expected.value is None or expected.value.value == actual:
        return check(channel=actual)
    labels = {channel.value: channel.label for channel in Channel}
    words = {"expected": expected.value.label, "actual": labels.get(actual, actual)}
    return check(CHANNEL_DIFFERS(expected.rule, **words), channel=actual)


@guard
def comes_online(context: Context[Any]) -> Check:
    """A file deposited online in a call that asks for another way is pointed out (ARA-15)."""
    return _channel(context, Channel.ONLINE.value)


@input_guard
def comes_as_asked(context: Context[Any]) -> Check:
    """A file come by another way than the one of the call is pointed out (NA-22, IDF-12, CVL-14)."""
    return _channel(context, context.inputs.channel)
