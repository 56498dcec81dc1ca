"""The page that tells, for every rule, what it says, where it is enforced and which check proves it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.rules.mutants import CALLS, mutants_of
from tests.rules.proofs import ENFORCED, STATED, proofs_of
from tests.rules.sentences import TABLES, Words
from tests.rules.survivors import FILE, survivors
from workflows.french import typography

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "rules.md"

_HEAD = """# Les règles et leurs preuves

Cette page est écrite par `python -m tests.rules` ; on ne la modifie pas à la main.

Chaque règle des cinq appels et chaque valeur par défaut y figure une fois : ce qu’elle dit, en quelques mots ; où le
code l’applique ; quel test la prouve. Une règle sans test dit pourquoi : « plus tard », avec ce qui lui manque, ou
« informative », quand elle ne fait que se lire. Une règle prouvée en partie dit aussi ce qui reste.

Une preuve est une fonction d’un appel, dans les modules `proofs_…` de `tests/rules`. Elle passe sur l’appel publié.
Chaque appel est ensuite copié avec une seule chose changée : une valeur changée, laissée inconnue ou inventée, une
table ou une entrée de liste retirée, une origine déplacée entre l’imprimé et le défaut là où la sévérité la suit.
Chaque copie doit être refusée à la lecture du fichier, ou faire échouer une preuve de la règle de la valeur changée ;
une copie que rien ne remarque figure au bas de cette page. Les textes (libellés, remarques, critères, clauses dites en
mots) ne sont pas changés.
"""

_SURVIVORS = f"""## Changements que rien ne remarque

La liste est dans `{FILE.relative_to(ROOT)}`, relue à la main : une ligne par copie, avec la raison.

| Appel | Règle | Valeur | Changement | Pourquoi |
|---|---|---|---|---|"""


def page() -> str:
    """The whole page."""
    parts = [typography(_HEAD), "\n".join(["| Appel | Copies |", "|---|---|", *_copies()]) + "\n"]
    for title, words in TABLES.items():
        parts.append("\n".join([f"## {typography(title)}\n", *_rows(words)]) + "\n")
    parts.append("\n".join([typography(_SURVIVORS), *_survivors()]) + "\n")
    return "\n".join(parts)


def _copies() -> Iterator[str]:
    for call in CALLS:
        yield f"| `{call}` | {len(mutants_of(call))} |"


def _rows(words: Words) -> Iterator[str]:
    yield "| Règle | Ce qu’elle dit | Où | Preuve |"
    yield "|---|---|---|---|"
    for rule, sentence in words.items():
        yield f"| {rule} | {typography(sentence)} | {_where(rule)} | {_proof(rule)} |"


def _where(rule: str) -> str:
    return "<br>".join(f"`{name}`" for name in dict.fromkeys(ENFORCED.get(rule, ())))


def _proof(rule: str) -> str:
    calls: dict[str, list[str]] = {}
    for proof in proofs_of(rule):
        calls.setdefault(proof.name.removeprefix("tests.rules."), []).append(proof.call)
    cells = [f"`{name}`{_in(rule, found)}" for name, found in calls.items()]
    stated = STATED.get(rule)
    if stated is not None:
        kind = "plus tard" if stated.kind == "later" else "informative"
        cells.append(typography(f"« {kind} : {stated.why} »"))
    return "<br>".join(cells)


def _in(rule: str, calls: list[str]) -> str:
    """In which calls a check runs, for a rule that belongs to none of them."""
    if rule in TABLES["Valeurs par défaut (A1 à A48)"] or rule in TABLES["Droit commun et usages de la maison"]:
        return " (les cinq appels)" if len(calls) == len(CALLS) else f" ({', '.join(calls)})"
    return ""


def _survivors() -> Iterator[str]:
    for one in survivors():
        yield f"| {one.call} | {one.rule} | `{one.path}` | {one.mutation} | {typography(one.reason)} |"
