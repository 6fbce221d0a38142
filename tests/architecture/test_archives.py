"""What is built to be installed elsewhere carries the content, and never a secret or somebody's data."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECRET = (".key", ".pem", ".p12", ".db", ".secret")
"""Endings of files that hold keys or data, whatever folder they were left in."""


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The names inside the wheel and the source archive, built from a copy in which secrets lie about."""
    copy, built = tmp_path_factory.mktemp("copy") / "lms", tmp_path_factory.mktemp("built")
    for folder in ("lms", "courses", "question_banks", "certificates"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (one for one in ROOT.iterdir() if one.is_file()):
        shutil.copy(path, copy / path.name)
    for left in ("lms/left.p12", "courses/left.key", "certificates/left.pem", "instance/lms.db", "lms/cookie.secret"):
        (copy / left).parent.mkdir(parents=True, exist_ok=True)
        (copy / left).write_text("a secret")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", str(built)], cwd=copy, check=True, capture_output=True)
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel, tarfile.open(next(built.glob("*.tar.gz"))) as source:
        return {"wheel": wheel.namelist(), "source": source.getnames()}


@pytest.mark.parametrize("kind", ["wheel", "source"])
def test_no_archive_carries_a_secret_or_data(archives: dict[str, list[str]], kind: str) -> None:
    assert [name for name in archives[kind] if name.endswith(SECRET) or "/instance/" in f"/{name}"] == []


def test_the_wheel_carries_the_content_inside_the_package_and_no_other_top_level_name(archives: dict[str, list[str]]) -> None:
    names = archives["wheel"]
    assert {name.split("/", 1)[0] for name in names if ".dist-info" not in name} == {"lms"}
    for carried in ("courses/wso/course.toml", "question_banks/library/bank.toml", "certificates/fonts/OFL.txt"):
        assert f"lms/_content/{carried}" in names


def test_the_source_archive_carries_the_front_door_and_its_locks(archives: dict[str, list[str]]) -> None:
    within = {name.split("/", 1)[-1] for name in archives["source"]}
    assert {"run.py", "requirements.lock", "requirements-dev.lock", "README.md", "LICENSE", "NOTICE"} <= within
