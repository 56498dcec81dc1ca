"""The letters of a region: those to prepare, to validate, to make, to send; many at once, and how far a batch is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backoffice.services.act import Times
from backoffice.services.effect_words import effect_name, whom
from backoffice.services.letters import batches, sending, stages
from backoffice.services.letters.making import LetterRefusedError, maybe_outdated
from backoffice.services.letters.many import Outcome, each, to_read
from backoffice.services.people import signatories
from backoffice.store import letters as store
from backoffice.store.base import db
from backoffice.store.people import Account
from backoffice.web import security
from backoffice.web.letter_subjects import Subject, subject_of
from backoffice.web.policy import Policy, open_to
from backoffice.web.reader import scope_of
from workflows.actors import Actor
from workflows.french import count, typography
from workflows.letters.kinds import KINDS
from workflows.letters.members import Sample

blueprint = Blueprint("letter_room", __name__, url_prefix="/courriers")

PAGE = 50


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the list: its name in the address, its tab, its button, what was done in a sentence."""

    name: str
    tab: str
    button: str
    done: tuple[str, str]


STEPS = {
    "a-preparer": Step("prepare", "À préparer", "Préparer", ("courrier préparé", "courriers préparés")),
    "a-valider": Step("validate", "À valider", "Valider", ("courrier validé", "courriers validés")),
    "a-produire": Step("make", "À produire", "Produire", ("courrier demandé", "courriers demandés")),
    "a-envoyer": Step(
        "send", "À envoyer", "Envoyer par courriel", ("courrier remis à l’envoi", "courriers remis à l’envoi")
    ),
    "envoyes": Step("sent", "Envoyés", "", ("", "")),
}


def times() -> Times:
    """The instants of an act asked for by a page."""
    return Times(security.clocks().legal(), security.clocks().machine())


@dataclass(frozen=True, slots=True)
class Line:
    """A letter of the list. `id`: of the letter, or of what asks for it while it is to prepare."""

    id: UUID
    about: Subject
    what: str
    to: str
    stands: str
    href: str
    outdated: str | None


def _line(found: store.Listed) -> Line:
    letter, due = found.letter, found.due
    what, about = effect_name(due.code), subject_of(due, found.row)
    if letter is None:
        href = url_for("letter_pages.project", due=due.id)
        return Line(due.id, about, what, whom(due.addressee), "à préparer", href, None)
    return Line(
        letter.id,
        about,
        what,
        letter.data["to"]["name"],
        f"n°\u00a0{letter.full_number}" if letter.full_number else "",
        url_for("letter_pages.show", letter=letter.id),
        maybe_outdated(db.session(), letter, due, found.row),
    )


@blueprint.get("")
@open_to(Policy.AGENTS)
def index() -> ResponseReturnValue:
    """The letters that wait for a step."""
    return _page(_asked(request.args.get("etape", "")))


def _asked(name: str) -> str:
    return name if name in STEPS else next(iter(STEPS))


def _page(asked: str, outcome: Outcome | None = None, error: str = "") -> ResponseReturnValue:
    session, visitor = db.session(), security.required_visitor()
    scope, code = scope_of(visitor), request.values.get("courrier") or None
    code = code if code in KINDS else None
    step = STEPS[asked]
    page = max(1, min(request.args.get("page", 1, type=int) or 1, 10_000))
    counts = store.counts(session, scope, KINDS)
    total = sum(n for (name, of), n in counts.items() if name == step.name and code in {None, of})
    rows = store.listed(session, scope, KINDS, step.name, code=code, limit=PAGE, offset=(page - 1) * PAGE)
    refused = dict(outcome.refused) if outcome else {}
    read = step.name in {"validate", "make", "send"}
    three = to_read(store.waiting(session, scope, KINDS, step.name, code, batches.MOST)) if read and total else {}
    return render_template(
        "letters.html",
        steps=STEPS,
        asked=asked,
        step=step,
        number=lambda name: sum(n for (of, _), n in counts.items() if of == name),
        codes={of: effect_name(of) for of in KINDS},
        code=code,
        lines=[_line(row) for row in rows],
        total=total,
        page=page,
        pages=max(1, -(-total // PAGE)),
        most=batches.MOST,
        three=[(which.label, three[which]) for which in Sample if which in three],
        signing=signatories(session, visitor.region) if step.name == "validate" else [],
        refused=refused,
        done=count(len(outcome.done), *step.done) if outcome and outcome.done else "",
        error=error,
        told=_told(asked),
    ), HTTPStatus.UNPROCESSABLE_ENTITY if error or refused else HTTPStatus.OK


def _told(asked: str) -> str:
    """What was just done, as the address says it."""
    made = request.args.get("fait", "")
    number = request.args.get("nombre", "")
    if made not in STEPS or not (number.isascii() and number.isdigit()):
        return ""
    return typography(f"{count(min(int(number[:6]), batches.MOST), *STEPS[made].done)}.") if STEPS[made].button else ""


@blueprint.post("")
@open_to(Policy.AGENTS)
def act() -> ResponseReturnValue:
    """Do the act of a step on the letters that are ticked, or on all those that wait for it."""
    visitor, asked = security.required_visitor(), _asked(request.form.get("etape", ""))
    letters = _chosen(asked)
    if not letters:
        return _page(asked, error="Aucun courrier n’est coché : cochez ceux que vous voulez traiter.")
    if STEPS[asked].name == "make":
        try:
            batch = batches.make_many(db.session(), letters, visitor.region, visitor.actor, times())
        except LetterRefusedError as error:
            return _page(asked, error=str(error))
        return redirect(url_for("letter_room.batch", batch=batch), HTTPStatus.SEE_OTHER)
    if STEPS[asked].name not in _ACTS:
        abort(HTTPStatus.NOT_FOUND)
    name = "elsewhere" if request.form.get("ailleurs") and STEPS[asked].name == "prepare" else STEPS[asked].name
    outcome = each(letters, _ACTS[name](visitor.actor))
    if outcome.refused:
        return _page(asked, outcome)
    told: dict[str, Any] = {} if name == "elsewhere" else {"fait": asked, "nombre": len(outcome.done)}
    after = url_for("letter_room.index", etape=asked, **told)
    return redirect(after, HTTPStatus.SEE_OTHER)


def _chosen(asked: str) -> list[UUID]:
    """The letters that a form names, those that the visitor may see."""
    session, scope = db.session(), scope_of(security.required_visitor())
    step, code = STEPS[asked].name, request.form.get("courrier") or None
    if request.form.get("toutes"):
        return [found for found, _ in store.waiting(session, scope, KINDS, step, code, batches.MOST)]
    ticked = [found for found in map(_uuid, request.form.getlist("courriers")) if found is not None]
    if step == "prepare":
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
    """How far a batch is; the page asks for itself again while something is left to do."""
    session, visitor = db.session(), security.required_visitor()
    progress = store.batch_progress(session, visitor.region, batch)
    if progress is None:
        abort(HTTPStatus.NOT_FOUND)
    author = session.get(Account, _uuid(progress.batch.asked_by))
    return render_template("letter_batch.html", progress=progress, author=author.name if author else "")
