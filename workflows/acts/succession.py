"""The legal entity of the recruiter changes: payee and debtor follow the one that took over (A43)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import label
from workflows.acts.repaying import REPAYING, request_waits
from workflows.effects import Addressee, Effect, letter
from workflows.guards import succession as on_succession
from workflows.guards.common import reason_written
from workflows.guards.days import not_in_future
from workflows.identifiers import compact
from workflows.parts.repayments import Debtor, RepaymentFile
from workflows.parts.successions import Succession, corrected
from workflows.parts.titles import TitleChange
from workflows.sites import SiteRole


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessionInputs(ActInputs):
    """The legal entity that took over the recruiter: its FINESS number, its name, since when, by which deed."""

    legal_entity: str = field(metadata=label("FINESS de la nouvelle entité juridique", help="Neuf caractères."))
    name: str = field(metadata=label("Nom de l’établissement recruteur désormais"))
    since: date = field(metadata=label("Depuis le"))
    deed: str | None = field(
        default=None, metadata=label("Acte", personal=True, help="L’arrêté ou la décision de fusion, sa date.")
    )
    siret: str | None = field(
        default=None, metadata=label("SIRET de la nouvelle entité juridique", help="Quatorze chiffres, s’il est connu.")
    )


def _succeed(context: Context[SuccessionInputs]) -> Outcome:
    """The site stays, its legal entity is another; who owed before owes no more, its successor does."""
    inputs, dossier, site = context.inputs, context.dossier, context.dossier.recruiter
    if site is None:
        raise LookupError("no recruiter")
    entity, name = compact(inputs.legal_entity), inputs.name.strip()
    siret = compact(inputs.siret) if inputs.siret else None
    mended = corrected((s for s in dossier.successions if s.site == site.id), entity, inputs.since)
    former = (mended.before, mended.former_name) if mended else (site.legal_entity, site.name)
    taken = Succession(site.id, *former, entity, name, inputs.since, inputs.deed or "", siret)
    heir = replace(site, legal_entity=entity, name=name)
    sites = tuple(heir if each.role is SiteRole.RECRUITER else each for each in dossier.sites)
    changes: dict[str, Any] = {"sites": sites, "successions": (*dossier.successions, taken)}
    if dossier.repayments:
        debtor = Debtor(heir.id, heir.legal_entity, heir.name)
        changes["repayments"] = tuple(_owed_by(repayment, debtor) for repayment in dossier.repayments)
    asked = (r for r in dossier.repayments if _passes(r) and r.title_stands and not request_waits(context, r))
    return Outcome(changes, _title_letter([repayment.cause for repayment in asked]))


def _title_letter(causes: list[str]) -> tuple[Effect, ...]:
    """The accountant, of whom titles were asked against somebody else, is told whom they are against now."""
    if not causes:
        return ()
    told = {"repayment": causes[0], "change": TitleChange.SUCCEEDED.value}
    others = {"others": " ".join(causes[1:])} if causes[1:] else {}
    return letter("title_changed", Addressee.ACCOUNTANT, **told, **others)


def _passes(repayment: RepaymentFile) -> bool:
    return repayment.debtor is not None and not repayment.is_over


def _owed_by(repayment: RepaymentFile, debtor: Debtor) -> RepaymentFile:
    """A repayment whose debtor is known, owed by who took over; one that is over stays as it was settled."""
    return replace(repayment, debtor=debtor) if _passes(repayment) else repayment


ACTS = (
    Act(
        "record_succession",
        "Enregistrer la succession du recruteur",
        (Who.HEAD,),
        SuccessionInputs,
        _succeed,
        (
            reason_written,
            not_in_future("since"),
            on_succession.recruiter_known,
            on_succession.heir_sound,
            on_succession.since_in_order,
            on_succession.siret_sound,
            on_succession.deed_given,
        ),
        sources=REPAYING,
    ),
)
