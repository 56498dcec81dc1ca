"""The process that compiles letters: started by `press`, it reads requests on its input and answers on its output.

It imports nothing of ours and runs in an empty folder with an empty environment: a template finds no file to read, and
no way to the network. Its memory has an end; its time is watched by who started it.
"""

from __future__ import annotations

import json
import struct
import sys
from typing import Any, BinaryIO

import typst

#: Bytes of address space: a letter takes a twentieth of it.
MEMORY = 2 * 1024**3
_SIZE = struct.Struct(">I")


def _bounded() -> None:
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(stream: BinaryIO) -> Any:
    head = stream.read(_SIZE.size)
    if len(head) < _SIZE.size:
        return None
    return json.loads(stream.read(_SIZE.unpack(head)[0]))


def _answer(stream: BinaryIO, head: dict[str, Any], *parts: bytes) -> None:
    told = json.dumps({**head, "sizes": [len(part) for part in parts]}).encode()
    stream.write(_SIZE.pack(len(told)) + told)
    for part in parts:
        stream.write(part)
    stream.flush()


def _compiled(asked: dict[str, Any]) -> list[bytes]:
    pdf = asked["format"] == "pdf"
    compiled: Any = typst.compile  # its types do not know sources given by name
    made = compiled(
        {name: text.encode() for name, text in asked["sources"].items()},
        root=".",
        format=asked["format"],
        ppi=None if pdf else asked["ppi"],
        sys_inputs=asked["inputs"],
        pdf_standards=asked["standards"] if pdf else [],
        timestamp=asked["timestamp"] if pdf else None,
        ignore_system_fonts=True,
        package_path=".",
        package_cache_path=".",
    )
    return made if isinstance(made, list) else [made]


def main() -> None:
    """Answer requests until the input ends."""
    _bounded()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while (asked := _read(source)) is not None:
        try:
            _answer(sink, {"ok": True}, *_compiled(asked))
        except typst.TypstError as error:
            _answer(sink, {"ok": False, "message": error.message, "diagnostic": error.diagnostic})
        except (MemoryError, ValueError, RuntimeError) as error:
            _answer(sink, {"ok": False, "message": str(error), "diagnostic": ""})


if __name__ == "__main__":
    main()
