"""The one front door: makes `.venv` from the hash-locked requirements, then hands over to the `lms` command line.

Standard library only, so that a machine with nothing but `python3` can run it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
DEVELOPER_COMMANDS = ("test", "check", "check-outside", "bench", "faults", "coverage")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
USAGE = """\
python3 run.py                 set everything up and serve the site on http://127.0.0.1:8000
python3 run.py demo            the same with a fictional program on its own data folder
python3 run.py test [...]      set everything up and pass every test
python3 run.py check           lint, types, import contracts, templates, content
python3 run.py check-outside   hold our papers against verifiers that share none of our code
python3 run.py bench           measure what an officer's visit costs
python3 run.py faults          what fails under officers who answer: what is acknowledged is kept
python3 run.py coverage        the tests again, with branch coverage and its floors
python3 run.py COMMAND ...     any `lms` command (try `python3 run.py --help`)
"""


def main(arguments: list[str]) -> None:
    """Prepare the environment that the command needs, then become that command."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the one place that meets an older interpreter
        sys.exit(f"This site needs Python 3.11 or later; {sys.executable} is {sys.version.split()[0]}.")
    if arguments[:1] in (["help"], ["-h"]):
        sys.stdout.write(USAGE)
        return
    command = arguments[0] if arguments else "serve"
    developer = command in DEVELOPER_COMMANDS
    install(ROOT / ("requirements-dev.lock" if developer else "requirements.lock"))
    os.chdir(ROOT)
    environment = dict(os.environ)
    if command in ("test", "coverage"):
        environment["LMS_CHROMIUM"] = chromium()
    module = ["-m", "tests.support.commands"] if developer else ["-m", "lms"]
    become([str(PYTHON), *module, *(arguments or ["serve"])], environment)


def install(lock: Path) -> None:
    """Make `.venv` hold exactly what `lock` pins; nothing is done when it already does."""
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = VENV / f".{lock.name}"
    if PYTHON.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return
    say(f"Setting up .venv from {lock.name}: about a minute the first time.")
    if not PYTHON.exists() or not has_pip():
        make_venv()
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "--requirement", str(lock)], check=True)  # noqa: S603
    for other in VENV.glob(".requirements*.lock"):
        other.unlink()
    stamp.write_text(digest, encoding="utf-8")
    if lock.name == "requirements-dev.lock":  # it contains the other one whole
        serving = ROOT / "requirements.lock"
        (VENV / f".{serving.name}").write_text(hashlib.sha256(serving.read_bytes()).hexdigest(), encoding="utf-8")


def has_pip() -> bool:
    """Whether the environment can install packages: a half-made one cannot."""
    return subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0  # noqa: S603


def make_venv() -> None:
    """Create `.venv`, installing Debian's `python3-venv` first where Python comes without it."""
    create = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if subprocess.run(create, capture_output=True, check=False).returncode == 0:  # noqa: S603
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not apt_install(package):
        sys.exit(f"Python cannot make a virtual environment here. Install it and try again: sudo apt-get install {package}")
    subprocess.run(create, check=True)  # noqa: S603


def chromium() -> str:
    """The path of a Chromium for the browser tests, installed with apt where none is found."""
    found = find_chromium()
    if found is None:
        apt_install("chromium")
        found = find_chromium()
    if found is None:
        sys.exit(
            "The tests drive a real browser and none was found. Install one and try again: "
            "sudo apt-get install chromium   (or set LMS_CHROMIUM to its path)"
        )
    return found


def find_chromium() -> str | None:
    """The browser named by LMS_CHROMIUM, else the first known one on the path."""
    named = os.environ.get("LMS_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def apt_install(*packages: str) -> bool:
    """Install Debian packages if that is possible without asking anyone; say whether it worked."""
    apt = shutil.which("apt-get")
    if apt is None or not hasattr(os, "geteuid"):
        return False
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and shutil.which("sudo") is None:
        return False
    say(f"Installing {', '.join(packages)} with apt-get.")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*prefix, apt, "update", "-qq"], env=environment, check=False)  # noqa: S603
    install_it = [*prefix, apt, "install", "-y", "-qq", "--no-install-recommends", *packages]
    return subprocess.run(install_it, env=environment, check=False).returncode == 0  # noqa: S603


def become(command: list[str], environment: dict[str, str]) -> None:
    """Replace this process by `command`, so that signals reach it directly."""
    if os.name == "nt":
        sys.exit(subprocess.run(command, env=environment, check=False).returncode)  # noqa: S603
    os.execve(command[0], command, environment)  # noqa: S606


def say(sentence: str) -> None:
    """Tell the person at the terminal what is going on."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
