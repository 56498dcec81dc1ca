"""What changes in the account of a post and in what its months are worth, one sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from workflows.dossier import Dossier
from workflows.french import amount, share, short_day, thirtieths


def described_account(before: Dossier, after: Dossier) -> Iterator[str]:
    """The entries added to the ledger."""
    for entry in after.ledger[len(before.ledger) :]:
        about = f", tranche {entry.tranche}" if entry.tranche and entry.tranche != entry.id else ""
        reference = f" ({entry.reference})" if entry.reference else ""
        if entry.corrects:
            yield f"L’écriture {entry.corrects} est annulée : {entry.kind.label} de {amount(-entry.amount)}{about}."
        else:
            what = entry.kind.label
            yield f"{what[0].upper()}{what[1:]} de {amount(entry.amount)}{about}, le {short_day(entry.on)}{reference}."


def described_contests(before: Dossier, after: Dossier) -> Iterator[str]:
    """The lines of the account contested, and the answers."""
    for contest in after.contests:
        if contest not in before.contests:
            yield f"Ligne contestée, {contest.label}, {amount(contest.amount)} : {contest.state.label}."


def described_terms(before: Dossier, after: Dossier) -> Iterator[str]:
    """The quotité, the distances waived, the days financed or not, and what the schedule gains or loses."""
    if before.contract_share != after.contract_share and before.award is not None:
        yield f"Le contrat passe à {share(after.contract_share)} d’un temps plein."
    names = {site.id: site.name for site in after.sites}
    for waiver in after.waivers[len(before.waivers) :]:
        place = names.get(waiver.site, waiver.site)
        yield f"{place} compte pour la prime à partir du {short_day(waiver.since)}, quelle que soit sa distance."
    old, new = before.award, after.award
    if new and new.financed_until and (old is None or old.financed_until != new.financed_until):
        yield f"Les mois après le {short_day(new.financed_until)} ne sont pas financés."
    if old and new and old.financed_end and new.financed_end and new.extra_thirtieths > old.extra_thirtieths:
        first, last = old.financed_end + timedelta(days=1), new.financed_end
        long = thirtieths(new.extra_thirtieths - old.extra_thirtieths)
        yield f"Les jours du {short_day(first)} au {short_day(last)} sont financés : {long}."
    if before.adjustments:  # the first one writes the whole schedule
        for made in after.adjustments[len(before.adjustments) :]:
            if made.amount:
                way = "augmente" if made.amount > 0 else "diminue"
                yield f"L’échéancier {way} de {amount(abs(made.amount))}."
