"""What is wrong with a template, in French: the words of the compiler are English, and its traces are long."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from backoffice.services.letters.press import NotCompiledError, TooLongError
from workflows.french import NBSP, typography


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a template: the line, from 1 (None for the whole), and a sentence."""

    line: int | None
    sentence: str

    def __str__(self) -> str:
        where = f"Ligne {self.line}{NBSP}: " if self.line else ""
        return where + self.sentence


class TemplateRefusedError(ValueError):
    """A template that is not kept, with everything that is wrong with it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(" ".join(map(str, faults)))
        self.faults = faults


def no_member(name: str) -> str:
    """The sentence of a name that no letter of the kind has."""
    return typography(f"le champ « {name} » n’existe pas pour ce courrier : prenez-en un dans la liste des champs.")


_FIELDS = "prenez un champ de la liste des champs, ou un texte entre guillemets"
_SAID: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r'does not contain key "([^"]*)"', lambda found: no_member(found[1])),
    (
        r"printed as it is",
        lambda _: (
            "ceci est un groupe, une liste, une fonction ou un oui ou non, et non un texte : écrivez #amount(…) pour "
            "un montant, un membre du groupe (.name, .figures…), #for pour une liste, #if pour un oui ou non, et des "
            "parenthèses après le nom d’une fonction."
        ),
    ),
    (r"link refused", lambda _: "un lien commence par https:// ou mailto: ; les autres ne sont pas permis."),
    (r"unknown variable: (\S+)", lambda found: f"le nom « {found[1]} » n’est pas connu : vérifiez son écriture."),
    (r"file not found|package|access denied", lambda _: "un modèle ne lit aucun fichier et n’utilise aucun paquet."),
    (r"expected function, found none|type none has no method", lambda _: "cette fonction n’est pas permise ici."),
    (r"infinite|always true|depth exceeded", lambda _: "le modèle tourne sans fin : retirez cette boucle."),
    (r"cannot access fields on type none", lambda _: "ce champ peut manquer : écrivez-le sous une condition (#if)."),
    (
        r"cannot access fields on (?:user-defined )?functions?|function .* does not contain field",
        lambda _: "ceci est une fonction, qui n’a pas de champ : écrivez son nom suivi de parenthèses.",
    ),
    (
        r"cannot access fields on type (\w+)",
        lambda _: "ceci est un texte ou un nombre, qui n’a pas de champ : retirez ce qui suit le point.",
    ),
    (r"first heading must be", lambda _: "le premier titre est de niveau 1 : commencez-le par un seul « = »."),
    (r"heading level|headings? .*level", lambda _: "un titre saute un niveau : suivez l’ordre =, ==, ===."),
    (r"pagebreaks? .*not allowed", lambda _: "un modèle ne change pas de page : retirez « pagebreak »."),
    (r"missing alt text", lambda _: "une figure n’a pas de texte de remplacement."),
    (
        r"unclosed (delimiter|string|raw|label)|unexpected closing|unexpected end",
        lambda _: "une parenthèse, un crochet, une accolade ou un guillemet n’est pas refermé, ou l’est deux fois.",
    ),
    (r"missing argument: (\S+)", lambda found: f"il manque une valeur (« {found[1]} ») entre les parenthèses."),
    (r"unexpected argument", lambda _: "il y a une valeur de trop entre les parenthèses."),
    (r"cannot (add|join|subtract|multiply|divide)", lambda _: "ces valeurs ne s’assemblent pas."),
    (r"cannot compare|cannot apply", lambda _: "ces valeurs ne se comparent pas."),
    (r"cannot loop over", lambda _: "ceci n’est pas une liste : #for parcourt une liste de la liste des champs."),
    (r"expected boolean", lambda _: "une condition (#if) attend un oui ou non, ou une comparaison (== none)."),
    (
        r"^expected (?:expression|identifier|pattern|block|semicolon|comma|keyword|equals sign|end)",
        lambda _: f"ce qui suit « # » n’est pas complet, ou a un signe de trop : {_FIELDS}.",
    ),
    (r"^expected .*, found", lambda _: f"cette valeur n’est pas de la bonne nature : {_FIELDS}."),
    (r"index out of bounds|is empty", lambda _: "cette liste peut être vide : écrivez-la sous une condition (#if)."),
    (r"PDF/(?:UA|A)", lambda _: "le fichier ne serait pas lisible par tous (PDF/UA) : gardez titres et tableaux."),
)
_WHERE = re.compile(r"main\.typ:(\d+):")


def fault_of(error: NotCompiledError, lines_before: int) -> Fault:
    """What a compiler said, as a sentence with the line of the template, which starts after so many lines."""
    if isinstance(error, TooLongError):
        return Fault(None, typography("Le modèle tourne sans fin, ou demande trop de mémoire : simplifiez-le."))
    first = re.split(r"\nerror: ", error.diagnostic, maxsplit=1)[0]
    lines = [int(found) - lines_before for found in _WHERE.findall(first)]
    line = next((number for number in reversed(lines) if number > 0), None)
    for pattern, told in _SAID:
        found = re.search(pattern, error.message)
        if found:
            return Fault(line, typography(told(found)))
    return Fault(line, typography(f"ceci n’est pas compris (le compilateur dit, en anglais : « {error.message} »)."))
