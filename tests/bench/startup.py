"""How long the application takes to be imported, against its libraries alone."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

_RUNS = 5
_LIBRARIES = "import flask, flask_sqlalchemy, sqlalchemy, marshmallow, alembic.command, argon2, transitions, jinja2"


def _seconds(code: str) -> float:
    times = []
    for _ in range(_RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - ourselves
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def measure() -> list[str]:
    """One line."""
    app, floor = _seconds("import backoffice.web.app"), _seconds(_LIBRARIES)
    both = f"{app:.2f} s ; ses bibliothèques seules : {floor:.2f} s"
    return [f"import de l’application : {both} ; rapport {app / floor:.2f}"]
