"""What deploy/ says is true of this code: commands parse, settings exist, delays agree; no secret is in it."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from argparse import Namespace
from collections import defaultdict
from pathlib import Path

import pytest

from backoffice.cli import build_parser
from backoffice.cli.children import GRACE, share
from backoffice.services.smtp import SENDING_SECONDS
from config.faultpoints import VARIABLE
from config.settings import for_service

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
EXAMPLE = DEPLOY / "temps-partage.env.example"
#: Names of the example that are for the servers around the application.
AROUND = {"POSTGRES_PASSWORD"}
_SETTING = re.compile(r"""(?:env(?:\.get)?\(|\(env, )["']([A-Z][A-Z_]+)["']""")


def text(name: str) -> str:
    return (DEPLOY / name).read_text("utf-8")


def parsed(words: list[str]) -> Namespace:
    """A command as `backoffice` understands it; SystemExit when it does not."""
    return build_parser().parse_args(words)


def unit(path: Path) -> dict[str, list[str]]:
    """The options of a unit, each with its values in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found[name].append(value)
    return found


def settings_of_the_code() -> set[str]:
    """The names of the environment that the settings read, those of the tests left out."""
    return set(_SETTING.findall((ROOT / "config/settings.py").read_text("utf-8"))) - {VARIABLE}


def settings_of_the_example() -> dict[str, str]:
    """The settings of the example, those in comments included."""
    lines = re.findall(r"^#?([A-Z][A-Z_]+)=(.*)$", EXAMPLE.read_text("utf-8"), re.MULTILINE)
    return dict(lines)


def test_the_example_lists_every_setting_and_no_other():
    assert {"DATABASE_URL", "METRICS_TOKEN", "SMTP_URL", "TEMPS_PARTAGE_PROXIES"} <= settings_of_the_code()
    assert settings_of_the_example().keys() - AROUND == settings_of_the_code()


def test_the_example_filled_in_is_an_installation():
    filled = {
        "MAIL_FROM": "bureau@ars.example",
        "SMTP_URL": "smtp://courriel.example",
        "PUBLIC_URL": "https://t.example",
    }
    kept = {name: value for name, value in settings_of_the_example().items() if name not in AROUND}
    found = for_service(kept | filled)
    assert found.proxies == 1
    assert not found.demo


def test_no_secret_is_written_down():
    """Passwords are asked for, never given."""
    assert settings_of_the_example()["POSTGRES_PASSWORD"] == ""
    for path in (p for p in DEPLOY.rglob("*") if p.is_file()):
        told = path.read_text("utf-8")
        for name in ("POSTGRES_PASSWORD", "METRICS_TOKEN"):
            given = re.findall(rf"^[ #]*{name}[ ]*[:=][ ]*(\S.*)$", told, re.MULTILINE)
            assert [value for value in given if not value.startswith("${")] == [], path
    assert "/deploy/temps-partage.env\n" in (ROOT / ".gitignore").read_text("utf-8")


def commands_of_compose() -> list[list[str]]:
    """The commands of the services that run the application."""
    lists = [json.loads(found) for found in re.findall(r"^\s+command: (\[.*\])$", text("compose.yaml"), re.MULTILINE)]
    return [words for words in lists if words[0] != "valkey-server"]


def test_the_services_run_commands_that_exist_and_each_role_once():
    served = [parsed(words) for words in commands_of_compose() if words[0] == "serve"]
    assert parsed(["db", "upgrade"]).run is not None
    assert ["db", "upgrade"] in commands_of_compose()
    roles = [(bool(a.web), bool(a.workers), bool(a.clocks)) for a in served]
    assert sorted(roles) == [(False, False, True), (False, True, False), (True, False, False)]


def test_the_services_have_time_to_end():
    grace = [parsed(words).grace for words in commands_of_compose() if words[0] == "serve"]
    (given,) = re.findall(r"stop_grace_period: (\d+)s", text("compose.yaml"))
    assert int(given) > max(grace) + 5
    assert share(min(grace)) > SENDING_SECONDS


def test_the_services_have_few_rights_and_official_images():
    compose = text("compose.yaml")
    for wanted in ("read_only: true", 'cap_drop: ["ALL"]', "no-new-privileges:true", "service_completed_successfully"):
        assert wanted in compose
    images = re.findall(r"^\s+image: (\S+)$", compose, re.MULTILINE)
    assert set(images) == {"temps-partage", "postgres:18", "valkey/valkey:8-alpine"}
    assert compose.count("healthcheck:") == 3
    assert "/readyz" in compose


def test_the_image_runs_as_nobody_in_particular_from_the_locks():
    told = text("Dockerfile")
    assert re.search(r"^USER \d+$", told, re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", told, re.MULTILINE)) == {"python:3.13-slim"}
    assert told.count("--require-hashes") == 2
    (command,) = re.findall(r"^CMD (\[.*\])$", told, re.MULTILINE)
    assert parsed(json.loads(command)).host == "0.0.0.0"  # noqa: S104 - compared, not bound
    for folder in ("backoffice", "config", "workers", "workflows"):
        assert f"COPY {folder} {folder}" in told
        assert f"!{folder}\n" in text("Dockerfile.dockerignore")


def test_the_procfile_runs_commands_that_exist():
    lines = dict(line.split(": ", 1) for line in text("Procfile").splitlines())
    assert lines.keys() == {"release", "web", "worker", "clock"}
    for line in lines.values():
        program, *words = shlex.split(line.replace("$PORT", "8000"))
        assert program == "backoffice"
        assert parsed(words).run is not None


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_is_hardened_and_runs_a_command_that_exists(path: Path):
    options = unit(path)
    (command,) = options["ExecStart"]
    program, *words = shlex.split(command.replace("$SERVE_OPTIONS", "--web 2 --workers 0 --clocks 0"))
    assert program.endswith("/bin/backoffice")
    assert parsed(words).run is not None
    expected = {
        "NoNewPrivileges": ["yes"],
        "ProtectSystem": ["strict"],
        "PrivateTmp": ["yes"],
        "ProtectHome": ["yes"],
        "CapabilityBoundingSet": [""],
        "RestrictAddressFamilies": ["AF_INET AF_INET6 AF_UNIX"],
    }
    assert {name: options[name] for name in expected} == expected
    assert options["SystemCallFilter"][0] == "@system-service"
    assert options["MemoryMax"]
    assert options["User"] not in (["root"], [])
    assert options["EnvironmentFile"][0] == "/etc/temps-partage/temps-partage.env"


def test_the_unit_that_serves_comes_back_and_has_time_to_end():
    (path,) = (path for path in UNITS if "@" in path.name)
    options = unit(path)
    assert options["Restart"] == ["always"]
    words = shlex.split(options["ExecStart"][0].replace("$SERVE_OPTIONS", ""))[1:]
    assert int(options["TimeoutStopSec"][0]) > parsed(words).grace + 5
    assert parsed(words).grace == GRACE
    assert options["KillMode"] == ["mixed"]


RECORDER = """#!/bin/sh
printf '%s\\n' "$@" > "$TEMPS_PARTAGE_HOME/arguments"
env > "$TEMPS_PARTAGE_HOME/environment"
cat > "$TEMPS_PARTAGE_HOME/mail"
exit 65
"""


def received(settings: Path, program: Path) -> subprocess.CompletedProcess[str]:
    """A mail handed over as Postfix does: no environment, nothing but the mail."""
    named = [f"MAIL_RECEIVE_SETTINGS={settings}", f"MAIL_RECEIVE_PROGRAM={program}"]
    command = ["/usr/bin/env", "-i", *named, str(DEPLOY / "mail-receive")]
    mail = "Subject: essai\n\nBonjour.\n"
    return subprocess.run(command, check=False, input=mail, capture_output=True, text=True, timeout=30)  # noqa: S603 - ours


def test_a_mail_server_without_any_environment_hands_a_mail_over(tmp_path: Path):
    program, settings = tmp_path / "backoffice", tmp_path / "temps-partage.env"
    program.write_text(RECORDER, "utf-8")
    program.chmod(0o755)
    lines = (
        "# un commentaire=1",
        f"TEMPS_PARTAGE_HOME={tmp_path}",
        'MAIL_FROM=Bureau des "assistants" <bureau@ars.example> $(touch piège) `touch piège`',
        "DATABASE_URL=postgresql://u:a&b;c$d@h/b?x=1",
        "PATH-X=y",
        "PUBLIC_URL=https://t.example",
    )
    settings.write_text("\n".join(lines), "utf-8")  # the last line has no end
    done = received(settings, program)
    assert done.returncode == 65, done.stderr
    assert (tmp_path / "arguments").read_text("utf-8").split() == ["mail", "receive", "-"]
    assert (tmp_path / "mail").read_text("utf-8") == "Subject: essai\n\nBonjour.\n"
    given = (tmp_path / "environment").read_text("utf-8").splitlines()
    assert {*lines[1:4], lines[5]} <= set(given)
    assert not [path for path in (tmp_path, Path.cwd()) if (path / "piège").exists()]
    assert parsed((tmp_path / "arguments").read_text("utf-8").split()).run is not None


def test_a_mail_without_settings_is_kept_by_the_mail_server(tmp_path: Path):
    done = received(tmp_path / "absent.env", tmp_path / "absent")
    assert done.returncode == 75
    assert "absent.env" in done.stderr


def test_the_program_of_an_installation_takes_a_mail_through_the_script(tmp_path: Path):
    program = Path(sys.executable).parent / "backoffice"
    settings = tmp_path / "temps-partage.env"
    settings.write_text(f"TEMPS_PARTAGE_HOME={tmp_path}\nMAIL_FROM=Bureau <b@ars.example>\n", "utf-8")
    done = received(settings, program)
    assert done.returncode == 75, "no database yet: the mail server keeps the mail"
    assert "backoffice db upgrade" in done.stderr
    (line,) = re.findall(
        r"^    retours unix .*argv=(\S+)$", (ROOT / "docs/courriels.md").read_text("utf-8"), re.MULTILINE
    )
    assert line == "/usr/local/lib/temps-partage/mail-receive"
    assert "/usr/local/lib/temps-partage/venv/bin/backoffice" in text("mail-receive")


def test_the_proxy_says_what_the_application_believes():
    told = text("nginx.conf")
    assert told.count("proxy_set_header X-Forwarded-For $remote_addr;") == told.count("proxy_pass ") == 2
    assert "client_max_body_size 12m;" in told
