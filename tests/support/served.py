"""The site as `lms serve` runs it, in processes of its own, on a data folder that is filled already.

Nothing is published at the start, so that a test may start it many times: the rest is what `lms serve` does.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Self

from lms import serving
from lms.settings import Settings
from tests.support.processes import is_running, of_group

HOST = "127.0.0.1"
PATIENCE = 60.0
"""Seconds in which a server must answer."""
SETTLING = 10.0
"""Seconds after which workers that were started anew may die again."""
ROOT = Path(__file__).parents[2]


class NeverAnswered(RuntimeError):
    """The server did not answer in time; the message is what it wrote."""


class Served:
    """A server in a process group of its own, which a SIGKILL ends whole. `module` is run as `python -m module FOLDER PORT HOST`."""

    def __init__(
        self,
        folder: Path,
        *,
        port: int,
        module: str = "tests.support.served",
        host: str = HOST,
        log: Path | None = None,
        **environment: str,
    ) -> None:
        self.folder = folder
        self.port = port
        self._command = [sys.executable, "-m", module, str(folder), str(port), host]
        self._environment = {**os.environ, "LMS_COMPRESS": "0", "LMS_LOG_LEVEL": "ERROR", **environment}
        self._log = (log or folder) / f"{module}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._settled_at = 0.0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()

    @property
    def group(self) -> int:
        """The process group of the server."""
        assert self._process is not None, "the server has not been started"
        return self._process.pid

    def start(self) -> None:
        """Start the processes and wait until they answer."""
        self._settled_at = 0.0
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True)
        wait_until_it_answers(self.port, self._process, self._log)

    def kill(self) -> None:
        """End every process of the server at once, as a power failure of this machine's processes would: nothing is flushed or closed."""
        assert self._process is not None, "the server has not been started"
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stands_still(self) -> None:
        """Let no process of the server do anything more, as at the moment of a power cut: what was not answered by now never is."""
        os.killpg(self.group, signal.SIGSTOP)
        until = time.monotonic() + PATIENCE
        while any(is_running(pid) for pid in of_group(self.group)) and time.monotonic() < until:
            time.sleep(0)

    def kill_workers(self) -> None:
        """End the processes that answer, and the periodic work, and leave the one that starts them anew.

        That one gives up when they die again within seconds, as it must: nothing else would tell the operator.
        """
        time.sleep(max(0.0, self._settled_at - time.monotonic()))
        self._settled_at = time.monotonic() + SETTLING
        for pid in of_group(self.group):
            if pid != self.group:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def answers_again(self) -> None:
        """Wait until it answers."""
        assert self._process is not None, "the server has not been started"
        wait_until_it_answers(self.port, self._process, self._log)


def wait_until_it_answers(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Return as soon as `process` answers on `port`. Raises NeverAnswered when it ends first, or after a minute."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        connection = HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()
    raise NeverAnswered(log.read_text(encoding="utf-8", errors="replace")[-4000:])


def free_port() -> int:
    """A port on which nobody listens at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    asked = Settings.from_env(os.environ, data=Path(sys.argv[1]), port=int(sys.argv[2]))
    serving.serve(replace(asked, host=sys.argv[3]), say=print)  # a test may let other networks of this machine reach it
