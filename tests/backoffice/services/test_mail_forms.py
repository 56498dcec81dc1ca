"""The form of every mail: its typography, its lines, its vocabulary, and what hostile names cannot do to it."""

import ast
import inspect
import re
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from importlib import resources
from pathlib import Path
from unicodedata import category

import pytest

import workflows
from backoffice.services import mail_layout, mail_matters, mail_texts
from backoffice.services.addresses import Recipient
from backoffice.services.mail_calls import CALL_MAILS
from backoffice.services.mail_digest import template_of
from backoffice.services.mail_reminders import REMINDERS
from backoffice.services.mails import message_of
from backoffice.services.smtp import SmtpMailer
from tests.backoffice.smtp_sink import running
from tests.backoffice.writing import flat, samples, written
from tests.lives import life_of
from workflows.due import MAILED
from workflows.effects import Addressee
from workflows.french import typography
from workflows.states import State

SAMPLES = samples()
#: Mails about several dossiers or none.
ELSEWHERE = {"digest", *CALL_MAILS}
#: What carries a letter, attached, of a dossier or of a session: tests/letters reads it.
CARRIER = {"letter", "session_letter"}
TEMPLATES = {
    entry.name.removesuffix(".txt"): entry.read_text("utf-8")
    for entry in (resources.files("config") / "letters" / "mails").iterdir()
}
MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
NBSP, NARROW = "\u00a0", "\u202f"
ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+")


@pytest.fixture(params=SAMPLES, ids=lambda sample: f"{sample.name}, {sample.title}")
def mail(request):
    return request.param.mail


# The templates.


def names_asked_for():
    """The first argument of every `mail(...)` of the rules, read in their sources."""
    found = set()
    for path in Path(workflows.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "mail":
                assert isinstance(node.args[0], ast.Constant), ast.unparse(node)
                found.add(node.args[0].value)
    return found


def test_every_mail_asked_for_has_a_template_and_no_template_is_unused():
    asked = names_asked_for() | set(REMINDERS)
    assert {"L1", "L2", "L3", "L4", "withdrawal_recorded", "draft_reminder"} <= asked
    assert set(mail_matters.MATTERS) == asked
    assert {name for name in TEMPLATES if not name.startswith("_")} == asked | ELSEWHERE | CARRIER


@pytest.mark.parametrize("kind", sorted(MAILED))
@pytest.mark.parametrize("to", Addressee)
def test_whatever_the_machine_tells_whoever_has_a_template(kind, to):
    assert template_of(kind.value, (to,)) in mail_matters.MATTERS


def test_every_part_of_a_template_is_used():
    included = {name for text in TEMPLATES.values() for name in re.findall(r'{% include "(.+?)\.txt" %}', text)}
    assert {name for name in TEMPLATES if name.startswith("_")} == included


def test_every_template_is_read_by_the_samples():
    assert {sample.name for sample in SAMPLES} == set(mail_matters.MATTERS) | ELSEWHERE


def test_a_mail_about_one_dossier_gives_its_page_once():
    twice = {s.title for s in SAMPLES if s.name not in ELSEWHERE and s.mail.body.count("Page du dossier") > 1}
    assert not twice


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_begins_with_its_subject_then_a_blank_line(name):
    text = TEMPLATES[name]
    assert text.endswith("\n")
    assert not re.search(r"[ \t]+$|\t", text, re.MULTILINE)
    if not name.startswith("_"):
        subject, blank, greeting = text.split("\n")[:3]
        of_several = {"digest": "{{ subject }}", "call_opened": "Appel ouvert : ", "call_closed": "Appel clos : "}
        of_several |= {"session_convened": "Convocation : ", "session_prepared": "Séance à préparer : "}
        of_several |= {"session_late": "Convocation tardive : ", "session_letter": "Commission : "}
        assert subject.startswith(of_several.get(name, "Dossier {{ number }} : "))
        assert blank == ""
        either = {f'{{{{ "Bonjour," if {who} else "Madame, Monsieur," }}}}' for who in ("for_service", "inside")}
        assert greeting in {"Madame, Monsieur,", "Bonjour,", *either}


def test_templates_only_ever_show_values_never_the_dossier():
    shown = {
        word for text in TEMPLATES.values() for word in re.findall(r"\{[{%].*?\b((?:view|call|details|matter)\b)", text)
    }
    assert shown == set()


# The text.


def test_typography_has_nothing_left_to_do(mail):
    assert typography(mail.body) == mail.body
    assert typography(mail.subject) == mail.subject


def test_french_spaces_and_quotes(mail):
    text = ADDRESS.sub("adresse", f"{mail.subject}\n{mail.body}")
    assert "'" not in text
    assert '"' not in text
    assert re.findall(rf"(?<!{NARROW})[;!?](?=\s)", text) == []
    assert re.findall(rf"(?<!{NBSP})[:»%€](?=\s)", text) == []
    assert re.findall(rf"«(?!{NBSP})", text) == []
    assert re.findall(r"\d[ .]\d{3}", text) == []
    assert re.findall(rf"\b1 (?:{MONTHS})", text) == []


def test_no_loose_space_and_no_doubled_mark(mail):
    for line in mail.body.split("\n"):
        assert line == line.rstrip()
        assert "  " not in line.lstrip()
    text = ADDRESS.sub("adresse", flat(mail.body))
    assert re.findall(r" [.,]", text) == []
    assert re.findall(r"[.,;:] ?[.,;]", text) == []
    assert re.findall(r"\(\s|\s\)|\(\)", text) == []
    assert "\n\n\n" not in mail.body


def test_lines_are_short_and_no_paragraph_is_cut(mail):
    assert [line for line in mail.body.split("\n") if len(line) > 76 and " " in line.strip()] == []
    assert not mail.body.startswith("\n")
    assert re.findall(r"(?:\b[LR]\.|n°|«|\brang)\n", mail.body) == []
    assert re.findall(rf"(?:\b\d{{1,2}}|1er)\n(?:{MONTHS})|(?:{MONTHS})\n\d{{4}}", mail.body) == []


def test_the_subject_is_one_short_line_that_names_the_dossier(mail):
    assert {category(c) for c in mail.subject} & {"Cc", "Cf", "Zl", "Zp"} == set()
    assert len(mail.subject) < 120
    of_one = r"Dossier [A-Z]{2,3}-\d{4}-\d{3}\u00a0: \S"
    of_several = r"\d+ dossiers\b|(?:Appel (?:ouvert|clos)|Convocation(?: tardive)?|Séance à préparer)\u00a0: \S"
    assert re.match(f"{of_one}|{of_several}", mail.subject)


def test_no_default_no_reference_and_no_code_is_shown(mail):
    text = f"{mail.subject} {mail.body}"
    assert re.findall(r"\b[AJL]\d{1,2}\b", text) == []
    for trace in ("txt:", "motif-0001", "{{", "{%", "None", "True", "False", "filing/", "capucine-bleuet", "<"):
        assert trace not in text


def test_the_end_says_that_nobody_signs(mail):
    assert mail.body.endswith("Ce courriel est automatique\u00a0: il n’est pas signé.\n")


def test_a_mail_to_somebody_outside_names_the_service_and_the_rights_over_data():
    outside = [sample for sample in SAMPLES if sample.mail.body.startswith("Madame, Monsieur,")]
    inside = {"account_contested", "alert", "answer", "call_closed", "call_opened", "repayment_proposed"}
    inside |= {"session_late", "session_prepared"}
    assert {sample.name for sample in SAMPLES} - {sample.name for sample in outside} == inside
    for sample in outside:
        text = flat(sample.mail.body)
        assert "Service chargé du dossier : " in text
        assert "RGPD, article 6" in text
        assert "CNIL" in text
        assert "Appel : " in text


def test_every_mail_goes_through_the_wire_unharmed():
    with running() as sink:
        mailer = SmtpMailer(sink.url)
        for sample in SAMPLES:
            mailer.send(sample.mail)
    arrived = [(r.header("Subject"), r.body, r.html) for r in sink.accepted]
    assert arrived == [(s.mail.subject, s.mail.body, s.mail.html) for s in SAMPLES]


# Hostile values.

HOSTILE = {
    "template": "{{ 7*7 }}{% include 'L1.txt' %}",
    "line breaks": "Anis\r\nBcc: tous@ailleurs.example\n\n- Dossier : FAUX",
    "separators": "Anis\u2028Bcc: tous\u2029\x85x\x0bx\x0c",
    "controls": "Anis\x00\x1b[31m\u202e\u200b\ue000Vermeil",
    "markup": "<b>&amp;</b>",
    "very long": "Châtaigne" * 5000,
    "very long, in words": "Châtaigne rousse " * 5000,
}


@pytest.fixture(params=list(HOSTILE.values()), ids=list(HOSTILE))
def hostile(request):
    return request.param


def written_with(hostile):
    life = life_of("na-2024").to(State.SUBMITTED)
    recruiter, partner = life.dossier.sites
    life.changed(sites=(recruiter, replace(partner, name=hostile)))
    return written(life, "L2", recipients=(Recipient(hostile, "anis@vermeil.example"),))


def test_a_hostile_name_is_only_ever_text(hostile):
    mail = written_with(hostile)
    usual = written_with("CHU des Tilleuls")
    assert "49" not in mail.body
    assert not [c for c in mail.body if c != "\n" and c in "\r\t\x00\x0b\x0c\x1b\x85\u2028\u2029\u202e\u200b\ue000"]
    assert len(mail.body) < len(usual.body) + 1000
    assert [line for line in mail.body.split("\n") if line.startswith("- Dossier")] == ["- Dossier\u00a0: NA-2024-007"]
    assert mail.subject == usual.subject


def test_a_hostile_name_reaches_no_header(hostile):
    raw = message_of(written_with(hostile)).as_bytes()
    message = message_from_bytes(raw)
    assert message["Bcc"] is None
    to = str(make_header(decode_header(message["To"])))
    assert to.count("@vermeil.example") == 1
    assert len(to) < 400


def test_a_hostile_name_is_cleaned_and_not_emptied():
    mail = written_with(HOSTILE["line breaks"])
    assert "Anis Bcc : tous@ailleurs.example - Dossier : FAUX" in flat(mail.body)
    assert mail.recipients[0].name == "Anis Bcc: tous@ailleurs.example - Dossier : FAUX"


def test_values_in_mails_are_plain_text_and_are_not_escaped():
    assert "<b>&amp;</b>" in written_with(HOSTILE["markup"]).body
    assert "{{ 7*7 }}" in written_with(HOSTILE["template"]).body


def test_compose_is_called_by_name_only():
    parameters = inspect.signature(mail_texts.compose).parameters.values()
    assert {parameter.kind for parameter in parameters} == {inspect.Parameter.KEYWORD_ONLY}


# The layout.


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("un\ndeux\n\n\n\ntrois", "un deux\n\ntrois\n"),
        ("- un ;\n- deux\nsuite.", "- un\u202f;\n- deux suite.\n"),
        ("un\n.\ndeux , trois", "un. deux, trois\n"),
        ("a " * 38 + "L. 114-5", "a " * 37 + "a\nL. 114-5\n"),
        ("a " * 36 + "le 1er mai 2025", "a " * 36 + "le\n1er mai 2025\n"),
        ("- " + "mot " * 18 + "long fini", "- " + "mot " * 17 + "mot\n  long fini\n"),
        ("x" * 200, "x" * 200 + "\n"),
    ],
)
def test_the_layout_of_paragraphs_and_items(text, expected):
    assert mail_layout.flowed(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Anis\n\nVermeil ", "Anis Vermeil"),
        ("Anis\u200bVermeil", "AnisVermeil"),
        ("\u0301", "\u0301"),
        ("10\u00a0h\u202f12", "10\u00a0h\u202f12"),
        ("x" * 500, "x" * 399 + "…"),
    ],
)
def test_cleaning_a_value(text, expected):
    assert mail_layout.clean(text) == expected
