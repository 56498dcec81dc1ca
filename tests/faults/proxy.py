"""A TCP proxy that does harm: put before a server, it delays, resets, cuts, swallows or refuses as it is told.

with proxied("127.0.0.1", 5432) as proxy:
    connect(proxy.port)
    proxy.swallow()             # connections stay open, nothing goes through any more
    proxy.heal()
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HOST = "127.0.0.1"
_CHUNK = 65536


@dataclass
class Proxy:
    """What the proxy does now. `delay`: seconds before each chunk; `cut_after`: bytes from the client, then a reset."""

    target: tuple[str, int]
    port: int = 0
    delay: float = 0.0
    refuses: bool = False
    cut_after: int | None = None
    passed: int = 0
    swallowed: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _flows: asyncio.Event = field(default_factory=asyncio.Event)

    def swallow(self) -> None:
        """Let nothing through, and close nothing: a half-open connection."""
        self._call(self._flows.clear)

    def heal(self) -> None:
        """Let everything through again; what was swallowed is lost and its connections are reset."""
        self.delay, self.refuses, self.cut_after = 0.0, False, None
        if not self._flows.is_set():
            self.reset()
        self._call(self._flows.set)

    def reset(self) -> None:
        """Reset every open connection."""
        self._call(self._reset_all)

    def _reset_all(self) -> None:
        for writer in list(self._open):
            _abort(writer)

    def _call(self, what: Callable[[], object]) -> None:
        done = threading.Event()

        def run() -> None:
            what()
            done.set()

        self._loop.call_soon_threadsafe(run)
        done.wait(10)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refuses:
            _abort(writer)
            return
        try:
            onward = await self._onward()
        except OSError:
            _abort(writer)
            return
        both = {writer, onward[1]}
        self._open |= both
        try:
            await asyncio.gather(self._pump(reader, onward[1], client=True), self._pump(onward[0], writer))
        except (OSError, asyncio.CancelledError):
            pass  # the one connection is over; cancelled at the end of the block only
        finally:
            self._open -= both
            for one in both:
                _abort(one)

    async def _onward(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = self.target
        return await (asyncio.open_connection(host, port) if port else asyncio.open_unix_connection(host))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, client: bool = False) -> None:
        while data := await reader.read(_CHUNK):
            if not self._flows.is_set():
                self.swallowed += len(data)
                await self._flows.wait()
            if self.delay:
                await asyncio.sleep(self.delay)
            if client:
                self.passed += len(data)
                if self.cut_after is not None and self.passed > self.cut_after:
                    raise ConnectionResetError
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


def _abort(writer: asyncio.StreamWriter) -> None:
    """Close at once, with a reset and not with a goodbye."""
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@contextmanager
def proxied(host: str, port: int) -> Iterator[Proxy]:
    """A proxy before a server of this machine, while the block lasts; without a port, `host` is a Unix socket."""
    proxy = Proxy((host, port))
    loop, listening, stop = proxy._loop, threading.Event(), asyncio.Event()
    proxy._flows.set()

    async def serve() -> None:
        server = await asyncio.start_server(proxy._serve, HOST, 0)
        proxy.port = server.sockets[0].getsockname()[1]
        listening.set()
        await stop.wait()
        server.close()
        for writer in list(proxy._open):
            _abort(writer)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    listening.wait(10)
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
