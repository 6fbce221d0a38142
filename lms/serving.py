"""Starting a site: everything it needs is made ready and told, then several worker processes serve it until SIGTERM."""

import ctypes
import gc
import logging
import multiprocessing
import os
import signal
import socket
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.context import SpawnProcess
from threading import Event, Lock, Thread
from typing import Final

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from lms import worker, wsgi
from lms.accounts import queries as accounts
from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM
from lms.accounts.service import invite
from lms.accounts.vault import vault_in
from lms.app import cookie_secret
from lms.certificates import keyring
from lms.db import migrate
from lms.kernel import logs
from lms.kernel.clock import SystemClock
from lms.kernel.errors import Refusal
from lms.settings import Settings
from lms.web import assets
from lms.web.application import Application
from lms.web.site import Site

THREADS: Final = 8
"""Requests that one worker process answers at the same time."""
ARENAS: Final = 2
"""Heaps that the threads of a process share; glibc would give each thread one, and none would give back what a large page took."""
M_ARENA_MAX: Final = -8
LONGEST_REQUEST: Final = 60
"""Seconds that a request under way may still take when the site is told to stop."""
PAUSE: Final = 1.0
"""Seconds before a worker of the periodic work that died is started again."""

Say = Callable[[str], None]
logger = logging.getLogger(__name__)

starting: Final = Lock()
"""Held while a thread starts a process, and during each fork: a web worker that is forked in that moment would inherit the lock of
multiprocessing's resource tracker for ever, and could never start a renderer."""
os.register_at_fork(before=starting.acquire, after_in_parent=starting.release, after_in_child=starting.release)


class PortTaken(Refusal):
    """Another program listens where the site is to listen."""


def prepare(site: Site, *, say: Say) -> None:
    """Make the data folder, the database, the secrets and the keys ready; what is there already stays as it is."""
    settings = site.settings
    _private_folder(settings)
    if not migrate.is_current(site.database):
        say("Preparing the database.")
        migrate.upgrade(site.database)
    cookie_secret(settings.data)
    vault_in(settings.data)
    _found_authority(site, say)
    if settings.compress:
        assets.compressed_copy(settings.data / "static")


def _private_folder(settings: Settings) -> None:
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if stat.S_IMODE(settings.data.stat().st_mode) & 0o077:
        settings.data.chmod(0o700)


def _found_authority(site: Site, say: Say) -> None:
    settings = site.settings
    made = keyring.found(settings.data, name=settings.authority_name, specimen=settings.demo, now=site.clock.now())
    if made and settings.demo:
        say("Keys for signing specimens are made.")
    elif made:
        root, passphrase = keyring.folder_of(settings.data) / "root.p12", settings.data / keyring.PASSPHRASES / "root"
        say(f"Keys for signing certificates are made. Before real use, move {root} and {passphrase} to two media kept offline.")


def first_administrator(site: Site, *, say: Say) -> None:
    """Print the link with which the first administrator is created, as long as there is none.

    Links are kept as digests only, so one that was printed before cannot be printed again: each start makes its own.
    """
    now = site.clock.now()
    with site.database.reading() as session:
        if accounts.someone_is(session, role=Role.ADMINISTRATOR, now=now):
            return
    with site.database.writing() as session:
        secret = invite(session, actor=SYSTEM, email="", name="Administrator", role=Role.ADMINISTRATOR, agency_id=None, now=now)
    say(f"Nobody is an administrator yet. This link makes the first one, once; it lasts seven days:\n\n  {_link(site, secret)}\n")
    say("Whoever opens it enters their own name, e-mail address and password. Every such link is void once there is an administrator.")


def _link(site: Site, secret: str) -> str:
    return f"{site.settings.url}/invitations/{secret}"


def serve(settings: Settings, *, say: Say, clock: SystemClock | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C: requests under way are answered first. The site must have been prepared.

    Every process is handed the clock of this one, so that they agree on the time even when one was started after it was set.
    """
    clock = clock or SystemClock()
    few_heaps()
    application = wsgi.make(settings, clock)
    gc.collect()
    gc.freeze()  # what is there before the workers are forked stays where it is, and they share its memory
    server = Server(
        "lms.wsgi",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=THREADS,
        workers_kill_timeout=LONGEST_REQUEST,
        respawn_failed_workers=True,
        log_level=LogLevels.error,
        log_dictconfig=logs.configuration(settings.log_level, plain=settings.plain_log),
    )
    periodic = Periodic(settings, clock)
    server.on_startup(periodic.start)
    server.on_startup(lambda: say(f"Serving {settings.product_name} on {settings.url} (Ctrl-C stops it)."))
    try:
        server.serve(target_loader=partial(load, application), wrap_loader=False)
    finally:
        periodic.stop()
        say(f"{settings.product_name} has stopped.")


def few_heaps() -> None:
    """Keep the memory of this process, and of those forked from it, in few heaps. Only glibc knows the wish."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def load(application: Application) -> Application:
    """The application inside a worker process, as it was made before the fork: no connection of it was open by then."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # the inherited handler would swallow a stop that comes while this process starts
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # Ctrl-C reaches every process; the first one alone stops the others
    worker.end_with_parent()
    return application


def refuse_taken_port(host: str, port: int) -> None:
    """Raise PortTaken when somebody listens there. The workers share their port, so that two sites would share it unnoticed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError as error:
            raise PortTaken(
                f"{host}:{port} cannot be used ({error.strerror}). Choose another with --port, or stop what uses it."
            ) from error


@dataclass(slots=True)
class Periodic:
    """The periodic work beside the site: a process of its own, started again when it dies."""

    settings: Settings
    clock: SystemClock
    stopping: Event = field(default_factory=Event)
    process: SpawnProcess | None = None
    watcher: Thread | None = None

    def start(self) -> None:
        self.watcher = Thread(target=self._keep_running, name="periodic-work")
        self.watcher.start()

    def _keep_running(self) -> None:
        while not self.stopping.is_set():
            handed = (self.settings, self.clock)
            self.process = multiprocessing.get_context("spawn").Process(target=worker.main, args=handed, name="lms-worker")
            with starting:
                self.process.start()
            if self.stopping.is_set():
                self.process.terminate()
            self.process.join()
            if not self.stopping.wait(PAUSE):
                logger.error("the periodic work ended by itself (exit code %s); it is started again", self.process.exitcode)

    def stop(self) -> None:
        """Let the sweep under way finish, then end the process."""
        self.stopping.set()
        if self.process is not None and self.process.is_alive():
            self.process.terminate()
        if self.watcher is not None:
            self.watcher.join()
