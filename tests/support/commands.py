"""The developer's commands of `run.py`: test, check, check-outside, bench, faults and coverage."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from run import apt_install

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
APART = ("tests/outside", "tests/bench")
"""What `test` leaves to commands of their own: outside verifiers, measurements."""
SHORT = "--short"
PAPERS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/rules.md", "docs/exam-engine.md")
WRITTEN = ("lms", "tests", "courses", "question_banks", "run.py", "pyproject.toml", ".ci")
PACKAGES = ROOT / ".ci" / "packages"
FLOOR = 95
WHOLE = (
    *("lms/*/rules.py", "lms/*/*/rules.py", "lms/*/*_rules.py", "lms/agencies/clocks.py"),
    *("lms/accounts/permissions.py", "lms/certificates/numbers.py", "lms/ledger/tlog.py"),
)
"""What is covered to the last branch: here stands what the law and the policies say."""


def main(arguments: list[str]) -> int:
    """Run one command; its exit code is what the command found."""
    command, *rest = arguments
    os.chdir(ROOT)
    return COMMANDS[command](rest)


def test(arguments: list[str]) -> int:
    """Every test, two at a time; arguments go to pytest."""
    return tool("pytest", *pytest_options(arguments))


def pytest_options(arguments: list[str]) -> list[str]:
    """Two processes, and everything but what has a command of its own."""
    return ["-n", "2", "--dist", "loadfile", "--durations=5", *(f"--ignore={path}" for path in APART), *arguments]


def check(_: list[str]) -> int:
    """Every check, whatever the ones before it found."""
    papers = [name for name in PAPERS if (ROOT / name).exists()]
    checks = [
        ("ruff", "check"),
        ("ruff", "format", "--check"),
        ("mypy",),
        ("lint-imports", "--no-logo"),
        ("djlint", "--check", "--quiet", "lms"),
        ("djlint", "--lint", "--quiet", "lms"),
        ("rumdl", "check", "courses", *papers),
        ("codespell", *WRITTEN, *papers),
    ]
    failed = [" ".join(command[:2]) for command in checks if tool(*command) != 0]
    say(f"Found something: {', '.join(failed)}." if failed else "Every check found nothing.")
    return 1 if failed else 0


def check_outside(arguments: list[str]) -> int:
    """Our papers in the hands of verifiers that share none of our code."""
    install_packages()
    return tool("pytest", "tests/outside", *arguments)


def install_packages() -> None:
    """Install the Debian packages of the outside verifiers; where that is impossible, say what to install and end."""
    wanted = PACKAGES.read_text(encoding="utf-8").split()
    missing = [package for package in wanted if not is_installed(package)]
    if missing and not apt_install(*missing):
        sys.exit(f"The outside verifiers are missing. Install them and try again: sudo apt-get install {' '.join(missing)}")


def is_installed(package: str) -> bool:
    """Whether a Debian package is there; on other systems nobody can tell."""
    query = shutil.which("dpkg-query")
    if query is None:
        return False
    found = subprocess.run([query, "-W", "-f=${Status}", package], capture_output=True, text=True, check=False)
    return found.stdout == "install ok installed"


def bench(arguments: list[str]) -> int:
    """What an officer's visit costs."""
    return tool("python", "-m", "tests.bench", *arguments)


def faults(arguments: list[str]) -> int:
    """Faults under officers who answer: what was acknowledged is kept. As often as is worth it, or with `--short` as `test` does."""
    os.environ["LMS_FAULTS"] = "short" if SHORT in arguments else "long"
    return tool("pytest", "tests/faults", *(one for one in arguments if one != SHORT))


def coverage(arguments: list[str]) -> int:
    """The tests again, counting every branch they take, in the processes they start as well."""
    tool("coverage", "erase")
    tests = tool("coverage", "run", "-m", "pytest", *pytest_options(arguments))
    tool("coverage", "combine", "--quiet")
    overall = tool("coverage", "report", "--skip-covered", f"--fail-under={FLOOR}")
    whole = tool("coverage", "report", "--show-missing", f"--include={','.join(WHOLE)}", "--fail-under=100")
    return 1 if tests or overall or whole else 0


def tool(name: str, *arguments: str) -> int:
    """Run a tool of the environment, telling its name and then how long it took; returns its exit code."""
    say(f"--- {name} {' '.join(arguments)}")
    started = time.monotonic()
    code = subprocess.run([str(BIN / name), *arguments], check=False).returncode
    say(f"--- {name}: {'found nothing' if code == 0 else f'exit code {code}'}, {time.monotonic() - started:.0f} s")
    return code


def say(sentence: str) -> None:
    """Tell the person at the terminal."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


COMMANDS = {
    "test": test,
    "check": check,
    "check-outside": check_outside,
    "bench": bench,
    "faults": faults,
    "coverage": coverage,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
