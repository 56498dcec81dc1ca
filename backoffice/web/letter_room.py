"""The letters of a region: those to prepare, to validate, to make, to send; many at once, and how far a batch is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backoffice.services.act import Times
from backoffice.services.effect_words import effect_name, letter_words, whom
from backoffice.services.letters import batches, sending, stages
from backoffice.services.letters.freshness import listed_outdated
from backoffice.services.letters.hurdles import foretold, hurdle
from backoffice.services.letters.making import LetterRefusedError, without_object
from backoffice.services.letters.many import Outcome, each, to_read
from backoffice.services.people import signatories
from backoffice.store import letter_lists as store
from backoffice.store.base import db
from backoffice.store.letters import Letter, LetterStep
from backoffice.store.people import Account
from backoffice.store.signed_copies import with_copy
from backoffice.web import exports, letter_export, security
from backoffice.web.letter_steps import WORDS, stage_of
from backoffice.web.letter_subjects import Subject, subject_of
from backoffice.web.policy import Policy, open_to
from backoffice.web.reader import scope_of
from workflows.actors import Actor
from workflows.french import NBSP, count, typography
from workflows.letters.kinds import KINDS
from workflows.letters.members import Sample

blueprint = Blueprint("letter_room", __name__, url_prefix="/courriers")

PAGE = 50
#: Seconds after which the page of a batch asks for itself again, and how long after it was asked for: a page left open
#: must not keep its reader signed in.
EVERY, FOLLOWED = 5, timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Step:
    """A tab of the list: the act that it offers, the steps of its letters, its button, what was done in a sentence."""

    name: str
    steps: tuple[LetterStep, ...]
    tab: str
    button: str
    done: tuple[str, str]


_AT = LetterStep
STEPS = {
    "a-preparer": Step("prepare", (_AT.PREPARE,), "À préparer", "Préparer", ("courrier préparé", "courriers préparés")),
    "a-valider": Step("validate", (_AT.VALIDATE,), "À valider", "Valider", ("courrier validé", "courriers validés")),
    "a-produire": Step("make", (_AT.MAKE,), "À produire", "Produire", ("courrier demandé", "courriers demandés")),
    "a-envoyer": Step(
        *("send", (_AT.SEND,), "À envoyer", "Envoyer par courriel"),
        ("courrier remis à l’envoi", "courriers remis à l’envoi"),
    ),
    "en-cours": Step("wait", (_AT.BEING_MADE, _AT.LEAVING), "En cours", "", ("", "")),
    "envoyes": Step("sent", (_AT.SENT, _AT.FILED), "Envoyés", "", ("", "")),
}


def times() -> Times:
    """The instants of an act asked for by a page."""
    return Times(security.clocks().legal(), security.clocks().machine())


@dataclass(frozen=True, slots=True)
class Line:
    """A letter of the list. `id`: of the letter, or of what asks for it while it is to prepare. `late`: what to do
    before anything else, as a sentence; `blocked`: why the visitor cannot carry it on. `letter`: None while it is to
    prepare.
    """

    id: UUID
    about: Subject
    what: str
    to: str
    stands: str
    href: str
    late: str | None
    blocked: str | None = None
    letter: Letter | None = None

    @property
    def ready(self) -> bool:
        """True when the visitor may carry it on."""
        return self.late is None and self.blocked is None


def _lines(found: list[store.Listed]) -> list[Line]:
    copied = with_copy(db.session(), [row.letter.id for row in found if row.letter])
    signs = store.signs_of(db.session(), [row.letter.id for row in found if row.letter and row.letter.sent_at is None])
    return [_line(row, copied, signs) for row in found]


def _line(found: store.Listed, copied: set[UUID], signs: Mapping[UUID, store.Signs]) -> Line:
    letter, due, session = found.letter, found.due, db.session()
    what, about = effect_name(due.code), subject_of(due, found.row)
    if letter is None:
        href = url_for("letter_pages.project", due=due.id)
        to, words = whom(due.addressee), WORDS[LetterStep.PREPARE]
        return Line(due.id, about, what, to, words, href, without_object(session, due, found.row))
    why = listed_outdated(session, letter, due, found.row, signs.get(letter.id))
    return Line(
        letter.id,
        about,
        letter_words(due.code, letter.data),
        letter.data["to"]["name"],
        stage_of(letter) + (f" (n°{NBSP}{letter.full_number})" if letter.full_number else ""),
        url_for("letter_pages.show", letter=letter.id),
        f"À refaire : {why}" if why else None,
        hurdle(letter, security.required_visitor().actor, copied),
        letter,
    )


@blueprint.get("")
@open_to(Policy.AGENTS)
def index() -> ResponseReturnValue:
    """The letters that wait for a step."""
    return _page(_asked(request.args.get("etape", "")))


def _asked(name: str) -> str:
    return name if name in STEPS else next(iter(STEPS))


def _code() -> str | None:
    """The code of the letters that the page is narrowed to."""
    code = request.values.get("courrier")
    return code if code in KINDS else None


def _page(asked: str, outcome: Outcome | None = None, error: str = "") -> ResponseReturnValue:
    session, visitor = db.session(), security.required_visitor()
    scope, code = scope_of(visitor), _code()
    step = STEPS[asked]
    page = max(1, min(request.args.get("page", 1, type=int) or 1, 10_000))
    counts = store.counts(session, scope, KINDS)
    total = _total(counts, step, code)
    rows = store.listed(session, scope, KINDS, step.steps, code=code, limit=PAGE, offset=(page - 1) * PAGE)
    refused = dict(outcome.refused) if outcome else {}
    named = {line.id: line for line in _lines(_picked(step, list(refused)))} if refused else {}
    read = step.name in {"validate", "make", "send"}
    three = to_read(store.waiting(session, scope, KINDS, step.steps, code, batches.MOST)) if read and total else {}
    return render_template(
        "letters.html",
        steps=STEPS,
        asked=asked,
        step=step,
        number=lambda each: sum(n for (of, _), n in counts.items() if of in each.steps),
        codes={of: effect_name(of) for of in KINDS},
        code=code,
        lines=_lines(rows),
        total=total,
        page=page,
        pages=max(1, -(-total // PAGE)),
        most=batches.MOST,
        three=[(which.label, three[which]) for which in Sample if which in three],
        signing=signatories(session, visitor.region) if step.name == "validate" else [],
        refused=refused,
        named=[(named[one], why) for one, why in refused.items() if one in named][:PAGE],
        done=count(len(outcome.done), *step.done) if outcome and outcome.done else "",
        error=error,
        told=_told(),
        formats=exports.FORMATS,
    ), HTTPStatus.UNPROCESSABLE_ENTITY if error or refused else HTTPStatus.OK


def _total(counts: Mapping[tuple[LetterStep, str], int], step: Step, code: str | None) -> int:
    return sum(n for (name, of), n in counts.items() if name in step.steps and code in {None, of})


@blueprint.get("/export/<ending>")
@open_to(Policy.AGENTS)
def export(ending: str) -> ResponseReturnValue:
    """Every letter of the list that the address says, as a file."""
    session, scope, code = db.session(), scope_of(security.required_visitor()), _code()
    asked = _asked(request.args.get("etape", ""))
    total = _total(store.counts(session, scope, KINDS), STEPS[asked], code)
    lines = (line for found in store.every(session, scope, KINDS, STEPS[asked].steps, code) for line in _lines(found))
    return exports.send(f"courriers {asked}", ending, letter_export.letters_table(lines), rows=total)


def _picked(step: Step, ids: list[UUID]) -> list[store.Listed]:
    """Some letters of a step, wherever they are in its list."""
    session, scope = db.session(), scope_of(security.required_visitor())
    if step.name == "prepare":
        return [store.Listed(due, row, None) for due, row in store.asked(session, scope, ids)]
    return store.picked(session, scope, KINDS, ids)


def _told() -> str:
    """What was just done, as the address says it."""
    made = request.args.get("fait", "")
    number = request.args.get("nombre", "")
    if made not in STEPS or not (number.isascii() and number.isdigit()):
        return ""
    return typography(f"{count(min(int(number[:6]), batches.MOST), *STEPS[made].done)}.") if STEPS[made].button else ""


@blueprint.post("")
@open_to(Policy.AGENTS)
def act() -> ResponseReturnValue:
    """Do the act of a step on the letters that are ticked, or on all those that wait for it, once it is confirmed."""
    visitor, asked = security.required_visitor(), _asked(request.form.get("etape", ""))
    letters = _chosen(asked)
    if not letters:
        return _page(asked, error="Aucun courrier n’est coché : cochez ceux que vous voulez traiter.")
    if STEPS[asked].name not in CHANGES:
        abort(HTTPStatus.NOT_FOUND)
    if not request.form.get("confirme"):
        return _to_confirm(asked, letters)
    if STEPS[asked].name == "make":
        try:
            batch = batches.make_many(db.session(), letters, visitor.region, visitor.actor, times())
        except LetterRefusedError as error:
            return _page(asked, error=str(error))
        return redirect(url_for("letter_room.batch", batch=batch), HTTPStatus.SEE_OTHER)
    name = _act_of(asked)
    outcome = each(letters, _ACTS[name](visitor.actor))
    if outcome.refused:
        return _page(asked, outcome)
    told: dict[str, Any] = {} if name == "elsewhere" else {"fait": asked, "nombre": len(outcome.done)}
    after = url_for("letter_room.index", etape=asked, **told)
    return redirect(after, HTTPStatus.SEE_OTHER)


#: What an act changes, told before it is confirmed.
CHANGES = {
    "prepare": "Une lettre par destinataire sera préparée depuis le dossier, à faire valider par une autre personne.",
    "elsewhere": "Ils quittent la liste : ils sont écrits hors de l’application, et personne ne les prépare ici.",
    "validate": "Leur date et leur signataire seront fixés : ce qu’ils disent ne changera plus.",
    "make": "Chacun recevra son numéro et son fichier, qui ne changent plus.",
    "send": "Un courriel part vers chaque destinataire : un envoi ne se reprend pas.",
}


def _act_of(asked: str) -> str:
    """The act that a form asks for at a step."""
    name = STEPS[asked].name
    return "elsewhere" if request.form.get("ailleurs") and name == "prepare" else name


def _to_confirm(asked: str, letters: list[UUID]) -> ResponseReturnValue:
    """What an act would do, letter by letter; nothing is written."""
    session, scope, step, name = db.session(), scope_of(security.required_visitor()), STEPS[asked], _act_of(asked)
    found = _picked(step, letters)
    lines = _lines(found)
    if name != "elsewhere":
        lines = [_told_before(line, each) for line, each in zip(lines, found, strict=True)]
    ready = [line for line in lines if line.ready or name == "elsewhere"]
    many = count(len(ready), "courrier", "courriers")
    return render_template(
        "letters_confirm.html",
        asked=asked,
        code=request.form.get("courrier") or "",
        signatory=next((who for who in signatories(session, scope.region) if who.id == signatory_given()), None),
        elsewhere=name == "elsewhere",
        button=typography(f"Noter {many} comme écrits ailleurs" if name == "elsewhere" else f"{step.button} {many}"),
        change=CHANGES[name],
        ready=ready,
        blocked=[line for line in lines if line not in ready],
    ), HTTPStatus.OK if ready else HTTPStatus.UNPROCESSABLE_ENTITY


def _told_before(line: Line, found: store.Listed) -> Line:
    """The same, with why the act would be refused."""
    if not line.ready:
        return line
    by = security.required_visitor().actor
    why = foretold(
        *(db.session(), found.due, found.row, found.letter), by=by, times=times(), signatory=signatory_given()
    )
    return replace(line, blocked=why)


def _chosen(asked: str) -> list[UUID]:
    """The letters that a form names, those that the visitor may see."""
    session, scope = db.session(), scope_of(security.required_visitor())
    step, code = STEPS[asked], request.form.get("courrier") or None
    if request.form.get("toutes"):
        return [found for found, _ in store.waiting(session, scope, KINDS, step.steps, code, batches.MOST)]
    ticked = [found for found in map(_uuid, request.form.getlist("courriers")) if found is not None]
    if step.name == "prepare":
        return [due.id for due, _ in store.asked(session, scope, ticked) if due.code in KINDS]
    return store.visible(session, scope, ticked)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def signatory_given() -> UUID | None:
    """The signatory that a form names, when the decision names none."""
    return _uuid(request.form.get("signataire", ""))


_ACTS: dict[str, Callable[[Actor], Callable[[UUID], object]]] = {
    "prepare": lambda by: lambda due: stages.draft(db.session(), due, by, times()),
    "elsewhere": lambda by: lambda due: stages.leave_elsewhere(db.session(), due, by, times()),
    "validate": lambda by: lambda one: stages.validate(db.session(), one, by, times(), signatory_given()),
    "send": lambda by: lambda one: sending.send_by_mail(db.session(), one, by, times()),
}


@blueprint.get("/lots/<uuid:batch>")
@open_to(Policy.AGENTS)
def batch(batch: UUID) -> ResponseReturnValue:
    """How far a batch is; the page asks for itself again while something is left to do, unless its reader stops it."""
    session, visitor = db.session(), security.required_visitor()
    progress = store.batch_progress(session, visitor.region, batch)
    if progress is None:
        abort(HTTPStatus.NOT_FOUND)
    author = session.get(Account, _uuid(progress.batch.asked_by))
    fresh = security.clocks().legal() - progress.batch.asked_at < FOLLOWED
    follows = fresh and progress.waiting > 0 and request.args.get("suivre") != "non"
    page = render_template(
        "letter_batch.html",
        progress=progress,
        author=author.name if author else "",
        fresh=fresh,
        follows=follows,
        every=EVERY,
    )
    response = make_response(page)
    if follows:
        response.headers["Refresh"] = str(EVERY)
    return response
