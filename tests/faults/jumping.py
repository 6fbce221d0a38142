"""The site on a machine whose time somebody sets: `python -m tests.faults.jumping FOLDER PORT` reads it from the file FOLDER/wall."""

import os
import sys
import time
from functools import partial
from pathlib import Path

from lms import serving
from lms.kernel.clock import SystemClock
from lms.settings import Settings


def wall(folder: Path) -> float:
    """The machine's time, moved by the seconds that the file holds."""
    return time.time() + float((folder / "wall").read_text(encoding="utf-8") or 0)


def set_wall(folder: Path, seconds: float) -> None:
    """Move the machine's time."""
    (folder / "wall").write_text(str(seconds), encoding="utf-8")


if __name__ == "__main__":
    here = Path(sys.argv[1])
    serving.serve(Settings.from_env(os.environ, data=here, port=int(sys.argv[2])), say=print, clock=SystemClock(partial(wall, here)))
