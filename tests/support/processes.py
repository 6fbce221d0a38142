"""What the processes of one group have used and hold, read from /proc."""

from collections.abc import Iterable
from pathlib import Path


def of_group(group: int) -> list[int]:
    """The processes that belong to the process group `group`."""
    return [pid for pid in _pids() if (stat := _stat(pid)) and int(stat[2]) == group]


def cpu_seconds(group: int) -> float:
    """CPU that the processes of the group have used so far, in user and kernel mode, in all threads that still live.

    From the scheduler's own account in nanoseconds: the ticks of /proc/PID/stat are longer than most requests.
    """
    return sum(_nanoseconds(path) for pid in of_group(group) for path in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


def memory_mib(group: int) -> float:
    """Memory that the processes of the group hold: the sum of their proportional set sizes, so that shared pages count once."""
    return memory_mib_of(of_group(group))


def memory_mib_of(pids: Iterable[int]) -> float:
    """The same of these processes."""
    return sum(_pss_kib(pid) for pid in pids) / 1024


def web_workers(group: int) -> list[int]:
    """The processes of a server that answer: forked from the first one, they bear its command; the periodic work does not."""
    first = _command(group)
    return [pid for pid in of_group(group) if pid != group and _command(pid) == first]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def is_running(pid: int) -> bool:
    """Whether a thread of the process is at work on a processor, or waits for one. Waiting for a disk is not running."""
    return any(_state(path) == "R" for path in Path(f"/proc/{pid}/task").glob("*/stat"))


def _state(stat: Path) -> str:
    try:
        return stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on; empty when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _nanoseconds(schedstat: Path) -> int:
    try:
        return int(schedstat.read_text(encoding="utf-8").split()[0])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _pss_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
