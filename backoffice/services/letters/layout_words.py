"""What the layout lends to templates, in words for who writes them."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.letters.kinds import LetterKind
from workflows.letters.members import members


@dataclass(frozen=True, slots=True)
class Lent:
    """Something a template may call: how it is written, what it prints. `needs`: the members of the letter it reads."""

    call: str
    words: str
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name alone."""
        return self.call.partition("(")[0]


LENT = (
    Lent("amount(data.total)", "un montant en chiffres et en lettres"),
    Lent("facts(([Intitulé], data.start), …)", "une liste d’intitulés et de valeurs ; ce qui manque n’est pas écrit"),
    Lent(
        "grid-of([Légende], ([Titre], …), data.tranches.map(x => (x.due_on, …)))",
        "un tableau avec sa légende et ses titres de colonnes ; numbers: (1,) range à droite la colonne 1",
    ),
    Lent("rests-on()", "les textes et les clauses sur lesquels une décision repose"),
    Lent("references()", "les mêmes, en petit, pour un courrier qui ne décide rien"),
    Lent("greeting", "la salutation"),
    Lent("farewell", "la formule de politesse"),
    Lent("the-post()", "le dossier, la spécialité, le médecin et l’établissement recruteur", ("post",)),
    Lent("the-shares()", "qui travaille où, et pour quelle part", ("post",)),
    Lent("the-payees()", "qui reçoit les crédits", ("payees",)),
    Lent("the-debtor()", "qui doit, et à qui il succède", ("debtor",)),
    Lent("the-end()", "la fin du poste et son motif", ("end", "calculation")),
    Lent("the-calculation()", "les bases de la liquidation", ("calculation",)),
    Lent("the-holders()", "les médecins en poste et leurs jours", ("holders",)),
    Lent("the-worked-shares()", "où le temps servi a été travaillé", ("worked",)),
    Lent("if-complete()", "la réserve d’un accusé de réception : que la demande soit complète", ("refusal_on",)),
    Lent("declare-interests()", "ce qu’un membre déclare avant la réunion", ("agenda",)),
    Lent("the-duties()", "ce que l’agence attend d’un établissement et d’un médecin retenus", ("acceptance_days",)),
    Lent("no-payment-yet()", "aucun paiement n’est dû ni promis, pour une attribution sous réserve", ("awaited",)),
    Lent("no-right()", "une inscription sur la liste ne crée aucun droit", ("valid_until",)),
    Lent(
        "hearing-rights()",
        "le délai pour répondre, les observations orales et l’assistance d’un conseil",
        ("answer_days", "crpa"),
    ),
    Lent("claim-way()", "la réclamation auprès de l’agent comptable", ("claim_within", "claim_silence", "by_title")),
    Lent("ways-to-contest(data.ways)", "des voies de recours, dans le corps du courrier", ("ways",)),
)


def lent_to(kind: LetterKind) -> tuple[Lent, ...]:
    """What a template of a letter may call."""
    return tuple(lent for lent in LENT if members(kind.data).keys() >= set(lent.needs))


def words_of(name: str) -> str:
    """What something that the layout lends prints, by its name. Raises LookupError."""
    found = {lent.name: lent.words for lent in LENT}
    return found[name]
