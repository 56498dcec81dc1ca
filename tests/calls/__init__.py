"""Six invented calls that stretch what a call may say, and the quota source one of them refers to."""

from functools import cache
from pathlib import Path

from workflows.calls.model import Call
from workflows.calls.parse import parse_call

_HERE = Path(__file__).parent

#: Text of each synthetic call by its id.
TEXTS = {path.stem: path.read_text("utf-8") for path in sorted(_HERE.glob("*.toml"))}
QUOTA_SOURCES = {path.stem: path.read_text("utf-8") for path in sorted((_HERE / "quotas").glob("*.toml"))}


@cache
def synthetic(call_id: str) -> Call:
    """A synthetic call, such as `s1-marais`."""
    return parse_call(TEXTS[call_id], quota_sources=QUOTA_SOURCES)
