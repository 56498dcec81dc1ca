"""What a decision changes, in French sentences: shown before an act is sent, and in the history after."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from workflows.contract import end_after
from workflows.describe_money import described_account, described_contests, described_terms
from workflows.dossier import Dossier, EndOutcome
from workflows.effects import Addressee, Effect, EffectKind
from workflows.french import amount, count, listing, short_day, typography
from workflows.parts.claims import Claim
from workflows.parts.repayments import RepaymentFile, RepaymentKind
from workflows.states import State

ADDRESSEES: Mapping[Addressee, str] = {
    Addressee.DEPOSITORS: "au déposant",
    Addressee.CANDIDATE: "au candidat",
    Addressee.FORMER_CANDIDATE: "à l’ancien candidat",
    Addressee.RECRUITER: "à l’établissement recruteur",
    Addressee.PARTNERS: "aux partenaires",
    Addressee.REPORTER: "à l’auteur de la demande",
    Addressee.SERVICE: "au service instructeur",
    Addressee.ACCOUNTANT: "à l’agent comptable",
    Addressee.MEMBERS: "aux membres de la commission",
    Addressee.MINISTRY: "à la direction générale de l’offre de soins",
}

LETTERS: Mapping[str, str] = {
    "L1": "accusé d’enregistrement",
    "L2": "accusé de réception",
    "L3": "demande de pièces manquantes",
    "L4": "annonce du dossier complet",
    "L5": "décision d’irrecevabilité",
    "L6": "convocation de la commission",
    "L7": "procès-verbal de la commission",
    "L7b": "extrait du procès-verbal de la commission",
    "L8": "décision d’attribution",
    "L8b": "attribution sous réserve",
    "L9": "inscription sur la liste complémentaire",
    "L10": "décision de refus",
    "L11": "notification financière",
    "L12": "réponse à la demande de remplacement",
    "L13": "réponse à la demande de report",
    "L14": "constat de fin anticipée ou de trop-perçu, et procédure contradictoire",
    "L15": "décision de reversement",
    "L16": "demande d’émission du titre",
    "L17a": "attestation de fin de poste",
    "L17b": "confirmation du renouvellement",
    "L17c": "bilan annuel",
    "L18": "fiche d’instruction",
    "claim_answer": "réponse à la réclamation",
    "relief_granted": "décision de réduction, de remise ou de non-valeur",
    "tranche_reduced": "décision modificative de financement",
    "account_contested": "ligne du compte contestée",
    "answer": "réponse reçue",
    "award_confirmed": "levée de la réserve d’une attribution",
    "contest_answered": "réponse sur une ligne contestée",
    "contests_corrected": "ligne contestée corrigée",
    "contradictory_notice": "courrier contradictoire",
    "correction": "courrier rectificatif",
    "departure_announced": "annonce du départ",
    "place_offered": "proposition d’une place",
    "post_closed": "clôture du poste",
    "repayment_dropped": "abandon du reversement",
    "repayment_proposed": "proposition de reversement",
    "request_cancelled": "annulation d’une demande",
    "request_received": "accusé de réception d’une demande",
    "request_refused": "refus d’une demande",
    "result": "annonce du résultat, sans ses motifs",
    "title_changed": "suite donnée à une demande de titre",
    "way_changed": "changement de la voie de recouvrement",
    "withdrawal_recorded": "désistement enregistré",
}


def letter_name(code: str) -> str:
    """A letter or a mail in a few words."""
    return LETTERS.get(code, code)


#: Letters that one act asks for under several names: each says in its title what it is.
_SEVERAL = frozenset({"relief_granted", "title_changed"})


def letter_called(code: str, title: str) -> str:
    """A letter that was prepared in a few words. `title`: its own, told where its code does not say what it is."""
    return f"{title[:1].lower()}{title[1:]}" if code in _SEVERAL else letter_name(code)


def described(before: Dossier, after: Dossier) -> tuple[str, ...]:
    """What changes between two views of a dossier, one sentence each, the state first."""
    return tuple(typography(sentence) for say in _SAYERS for sentence in say(before, after))


def described_effects(effects: tuple[Effect, ...]) -> tuple[str, ...]:
    """What will be sent or done, one sentence each."""
    return tuple(typography(sentence) for effect in effects if (sentence := _effect(effect)))


def _effect(effect: Effect) -> str:
    what = LETTERS.get(effect.name, effect.name)
    whom = ADDRESSEES[effect.to] if effect.to else ""
    match effect.kind:
        case EffectKind.MAIL:
            return f"Courriel {whom} : {what}."
        case EffectKind.LETTER if effect.to is Addressee.SERVICE:
            return f"Document à verser au dossier : {what}."
        case EffectKind.LETTER:
            return f"Lettre à signer, {whom} : {what}."
        case EffectKind.RENEWAL:
            return "Un nouveau dossier, lié à celui-ci, est ouvert."
        case EffectKind.CANCEL:
            return "Les courriers qui attendaient encore ne partent pas."
        case EffectKind.ACT:
            return _acts(effect.name)


def _acts(name: str) -> str:
    return {
        "open_clawback": "La machine vérifie si ce qui a été versé est à reverser, et le propose.",
        "open_overpayment": "La machine propose de demander ce qui a été versé au-delà de l’échéancier.",
        "replace": "Le remplacement déjà accordé prend effet.",
    }.get(name, "")


def _state(before: Dossier, after: Dossier) -> Iterator[str]:
    if before.state is not after.state:
        yield f"Le dossier passe de « {before.state.label} » à « {after.state.label} »."


def _filing(before: Dossier, after: Dossier) -> Iterator[str]:
    asked = after.open_piece_request
    if asked and asked != before.open_piece_request:
        yield f"Les pièces demandées sont attendues jusqu’au {short_day(asked.due_on)}."
    if before.silence != after.silence and after.silence:
        ended = before.silence is not None and before.silence.ended_on is not None
        if after.silence.ended_on and not ended:
            yield "Le délai au bout duquel le silence vaut rejet prend fin."
        elif ended and not after.silence.ended_on:
            yield "Le délai au bout duquel le silence vaut rejet court de nouveau."
        elif len(after.silence.suspensions) > len(before.silence.suspensions if before.silence else ()):
            yield "Le délai au bout duquel le silence vaut rejet est suspendu."
            if asked:
                due_on = after.silence.due_on(asked.asked_on)
                yield f"Si les pièces arrivent le dernier jour, le silence vaudra rejet le {short_day(due_on)}."
    changed = {p.key: p for p in after.pieces if p not in before.pieces}
    if changed:
        states = listing([f"« {label} »" for label in sorted({p.state.label for p in changed.values()})])
        yield f"{count(len(changed), 'pièce change', 'pièces changent')} d’état : {states}."


def _reserve(before: Dossier, after: Dossier) -> Iterator[str]:
    old, new = before.reserve, after.reserve
    if new is None or new == old:
        return
    if new.offered_on and new.reply_by and (old is None or old.offered_on != new.offered_on):
        yield f"Une place est proposée : la réponse est attendue jusqu’au {short_day(new.reply_by)}."
    elif new.declined_on:
        yield "La place proposée est refusée : elle peut être proposée au suivant de la liste."
    elif new.recruiter_accepted_on and not (old and old.recruiter_accepted_on):
        yield "L’établissement recruteur accepte la place proposée."
    elif new.candidate_accepted_on and not (old and old.candidate_accepted_on):
        yield "Le candidat accepte la place proposée."


def _award(before: Dossier, after: Dossier) -> Iterator[str]:
    if before.place != after.place:
        if after.place is None:
            yield "La place est rendue au contingent."
        else:
            held = after.place.held_until
            tail = f" jusqu’au {short_day(held)}" if held else ""
            yield f"La place est {after.place.status.label}{tail}."
    old, new = before.award, after.award
    if new and (old is None or (old.planned_start, old.planned_end) != (new.planned_start, new.planned_end)):
        start = short_day(new.planned_start) if new.planned_start else "une date à fixer"
        end = f" au {short_day(new.planned_end)}" if new.planned_end else ""
        whole = new.planned_start and new.planned_end == end_after(new.planned_start, new.months)
        months = f", pour {new.months} mois" if whole else ""
        yield f"Le poste est prévu du {start}{end}{months}."
    if new and new.reply_by and (old is None or old.reply_by != new.reply_by):
        yield f"L’acceptation est attendue jusqu’au {short_day(new.reply_by)} : ce délai court depuis la réception."
    if old and new is None and after.state is not State.ENDED:
        yield "L’attribution est retirée."


def _post(before: Dossier, after: Dossier) -> Iterator[str]:
    if len(after.tenures) > len(before.tenures):
        yield f"Les fonctions ont commencé le {short_day(after.tenures[-1].starts_on)}."
    yield from _departure(before, after)
    if after.vacancy and after.vacancy != before.vacancy:
        yield f"Le poste est vacant depuis le {short_day(after.vacancy.since)}."
        yield f"Un remplacement peut être proposé jusqu’au {short_day(after.vacancy.replace_by)}."
    if after.end and after.end != before.end:
        never = after.end.outcome is EndOutcome.NEVER_STARTED
        on = short_day(after.end.last_day)
        yield "Le poste n’aura jamais été pourvu." if never else f"Le poste finit le {on} ({after.end.outcome.label})."
    former = {r.id: r for r in before.requests}
    for request in after.requests:
        if former.get(request.id) != request:
            yield f"Demande de {request.kind.label} n° {after.number}-{request.id} : {request.state.label}."


def _departure(before: Dossier, after: Dossier) -> Iterator[str]:
    old, new = before.departure, after.departure
    if new is None or new == old:
        return
    on = short_day(new.dates.effective_on)
    if old is not None and new.replacement != old.replacement:
        yield f"Le remplacement prendra effet avec le départ, le {on} : la machine s’en chargera."
    else:
        yield f"Le départ prendra effet le {on} : la machine changera l’état ce jour-là."


def _money(before: Dossier, after: Dossier) -> Iterator[str]:
    notice = after.money_notice
    if notice and notice != before.money_notice:
        yield f"Le financement notifié est de {amount(notice.total)}."
    for tranche in after.tranches[len(before.tranches) :]:
        yield f"Tranche de {amount(tranche.amount)} sur l’exercice {tranche.budget_year}."


def _repayments(before: Dossier, after: Dossier) -> Iterator[str]:
    for new in after.repayments:
        old = before.repayment_of(new.cause)
        if new == old:
            continue
        if old and new == replace(old, answer_by=new.answer_by):
            if new.answer_by:
                yield f"Les observations sur le reversement sont attendues jusqu’au {short_day(new.answer_by)}."
            continue
        yield from _repayment(old, new)


def _repayment(old: RepaymentFile | None, new: RepaymentFile) -> Iterator[str]:
    what = "Reversement" if new.kind is RepaymentKind.EARLY_END else "Reversement d’un trop-perçu"
    if old and new == replace(old, debtor=new.debtor) and new.debtor:
        yield f"{what} : {new.debtor.name} en est désormais redevable."
        return
    due = new.decided if new.decided is not None else new.proposed
    yield f"{what} : {new.state_label}, {amount(due)}."
    for moved in new.movements[len(old.movements) if old else 0 :]:
        authority = f", {moved.authority}" if moved.authority else ""
        yield f"{moved.label.capitalize()} de {amount(moved.amount)}, le {short_day(moved.on)}{authority}."
    yield from _titled(old, new)
    if new.relief and (old is None or new.relief != old.relief):
        whole = f" de {amount(new.relief.amount)}" if new.relief.amount is not None else ""
        yield f"Mesure préparée : {new.relief.relief.label}{whole}. Une autre personne l’accorde."
    if new.title_received_on and (old is None or old.title_received_on != new.title_received_on):
        yield f"Le débiteur a reçu le titre le {short_day(new.title_received_on)}."
    if old and old.way is not new.way:
        deed = f", {new.deed}" if new.deed else ""
        yield f"Voie retenue : {new.way.label}{deed}."
    if new.hearing_asked_on and (old is None or old.hearing_asked_on is None):
        yield "Le recruteur demande à être entendu avant la décision."
    yield from _claims(old.claims if old else (), new.claims)
    if new.settled_on and (old is None or old.settled_on is None):
        yield f"{what} : soldé."


def _titled(old: RepaymentFile | None, new: RepaymentFile) -> Iterator[str]:
    if old is None or old.title == new.title:
        return
    if old.title is not None:
        yield f"Le titre n° {old.title} avait été noté par erreur : le titre est attendu de nouveau."
    if new.title is not None:
        issued = f", émis le {short_day(new.title_on)}" if new.title_on else ""
        yield f"Titre n° {new.title}{issued}."


def _claims(old: tuple[Claim, ...], new: tuple[Claim, ...]) -> Iterator[str]:
    for claim in new:
        if claim in old:
            continue
        filed, contested = short_day(claim.filed_on), amount(claim.contested)
        yield f"Réclamation du {filed}, qui conteste {contested} : {claim.state.label}."
        if claim.is_open:
            yield f"Sans réponse avant le {short_day(claim.silent_on)}, le silence vaut rejet."


def _successions(before: Dossier, after: Dossier) -> Iterator[str]:
    for taken in after.successions[len(before.successions) :]:
        on = short_day(taken.on)
        yield f"{taken.name} ({taken.after}) succède à {taken.former_name} ({taken.before}) depuis le {on}."


def _receipts(before: Dossier, after: Dossier) -> Iterator[str]:
    known = {receipt.id: receipt for receipt in before.receipts}
    if any(receipt.is_awaited and receipt.id not in known for receipt in after.receipts):
        yield "La réception est à prouver pour chaque destinataire : les délais partiront de ce jour."
    for receipt in after.receipts:
        old = known.get(receipt.id)
        whom, what = receipt.to.label, letter_name(receipt.letter)
        if receipt.received_on and (old is None or old.received_on != receipt.received_on):
            yield f"Réception prouvée le {short_day(receipt.received_on)} ({whom}) : {what}."
        elif old is not None and old.received_on and not receipt.received_on:
            yield f"La preuve de réception du {short_day(old.received_on)} est retirée ({whom}) : {what}."
        elif receipt.answered_on and old is not None and old.is_awaited:
            yield f"Cette réponse montre que le courrier a été reçu ({whom}) : {what}."
        elif receipt.void and old is not None and not old.void:
            yield f"Ce courrier n’a plus d’objet ({whom}) : {what}."
    notice = after.notice
    if notice and notice.answer_by and (before.notice is None or before.notice.answer_by != notice.answer_by):
        yield f"La réponse au courrier contradictoire est attendue jusqu’au {short_day(notice.answer_by)}."


def _pause(before: Dossier, after: Dossier) -> Iterator[str]:
    if after.pause == before.pause:
        return
    if after.pause is None:
        yield "Les rappels de ce dossier reprennent : de ceux qui attendaient, seul le dernier de chaque sujet part."
    else:
        which = "" if not after.pause.jobs else f" ({listing(job.label.lower() for job in after.pause.jobs)})"
        yield f"Les rappels de ce dossier{which} attendent jusqu’au {short_day(after.pause.until)} compris."
        yield "Les délais de la loi et les actes déjà décidés n’attendent pas."


_SAYERS: tuple[Callable[[Dossier, Dossier], Iterator[str]], ...] = (
    _state,
    _filing,
    _reserve,
    _award,
    _post,
    _money,
    described_account,
    described_contests,
    described_terms,
    _repayments,
    _successions,
    _receipts,
    _pause,
)
