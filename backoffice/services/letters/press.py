"""Compiling letters, in a process of their own that has an end: of time, of memory, without files nor network."""

from __future__ import annotations

import atexit
import json
import os
import selectors
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

#: Seconds a letter may take: a usual one takes a hundredth of one.
SECONDS = 10.0
#: A tagged PDF for readers (PDF/UA-1) that is kept for years (PDF/A-2a), in one file.
STANDARDS = ("ua-1", "a-2a")
#: Bytes of an answer: no letter is that long.
_LONGEST = 32 * 1024 * 1024
_PPI = 96.0
_SIZE = struct.Struct(">I")
_PRESSMAN = Path(__file__).with_name("pressman.py")
#: A way to the network that leads nowhere.
_NOWHERE = "http://127.0.0.1:9"


class NotCompiledError(RuntimeError):
    """The template does not compile. `message` and `diagnostic` are the words of the compiler, in English."""

    def __init__(self, message: str, diagnostic: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.diagnostic = diagnostic


class TooLongError(NotCompiledError):
    """The template did not end in time, or took all the memory it may have."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to compile: `sources` by name, `main.typ` first, and the texts that the template reads as its inputs."""

    sources: Mapping[str, str]
    inputs: Mapping[str, str]
    at: datetime


@dataclass
class Press:
    """One process that compiles, a letter at a time; started when it is first needed, and again after a stop."""

    seconds: float = SECONDS
    _lock: Lock = field(default_factory=Lock)
    _process: subprocess.Popen[bytes] | None = None
    _folder: tempfile.TemporaryDirectory[str] | None = None

    def pdf(self, job: Job) -> bytes:
        """The letter as a PDF, always the same bytes for the same job. Raises NotCompiledError."""
        return self._asked(job, {"format": "pdf", "standards": STANDARDS})[0]

    def pages(self, job: Job) -> list[bytes]:
        """The pages of the letter as PNG images. Raises NotCompiledError."""
        return self._asked(job, {"format": "png", "ppi": _PPI})

    def close(self) -> None:
        """Stop the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _asked(self, job: Job, how: Mapping[str, Any]) -> list[bytes]:
        told = {
            "sources": dict(job.sources),
            "inputs": dict(job.inputs),
            "timestamp": int(job.at.timestamp()),
            **how,
        }
        content = json.dumps(told).encode()
        with self._lock:
            try:
                return self._exchange(content)
            except NotCompiledError:
                raise
            except (OSError, EOFError, TimeoutError) as error:
                self.close()
                raise TooLongError("the compiler was stopped") from error
            except BaseException:  # whoever asked is stopped: nobody else may read the answer
                self.close()
                raise

    def _exchange(self, content: bytes) -> list[bytes]:
        process, until = self._started(), time.monotonic() + self.seconds
        stdin, stdout = process.stdin, process.stdout
        if stdin is None or stdout is None:
            raise EOFError
        stdin.write(_SIZE.pack(len(content)) + content)
        stdin.flush()
        head = json.loads(_read(stdout.fileno(), _SIZE.unpack(_read(stdout.fileno(), _SIZE.size, until))[0], until))
        if not head["ok"]:
            raise NotCompiledError(head["message"], head["diagnostic"])
        return [_read(stdout.fileno(), size, until) for size in head["sizes"]]

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._folder = tempfile.TemporaryDirectory(prefix="courriers-")
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and script
                [sys.executable, "-I", str(_PRESSMAN)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=self._folder.name,
                env={"HTTP_PROXY": _NOWHERE, "HTTPS_PROXY": _NOWHERE, "ALL_PROXY": _NOWHERE},
            )
        return self._process


def _read(descriptor: int, size: int, until: float) -> bytes:
    """So many bytes. Raises TimeoutError after an instant, EOFError when the other end stops."""
    if size > _LONGEST:
        raise EOFError
    parts: list[bytes] = []
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while size:
            if not selector.select(max(0.0, until - time.monotonic())):
                raise TimeoutError
            part = os.read(descriptor, size)
            if not part:
                raise EOFError
            parts.append(part)
            size -= len(part)
    return b"".join(parts)


_presses: dict[int, Press] = {}


def press() -> Press:
    """The press of this process; a process that was forked has its own."""
    if os.getpid() not in _presses:
        _presses.clear()
        _presses[os.getpid()] = Press()
        atexit.register(_presses[os.getpid()].close)
    return _presses[os.getpid()]
