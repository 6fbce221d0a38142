"""The papers at the root say what is so: commands, paths, settings, orders, rules and formats, held against the program."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path

import click
import pytest

from lms import cli
from lms.backup.commands import VARIABLE
from lms.certificates import authority, keyring, signers
from lms.courses import aims, course, diagrams, guide, lesson, practical, source
from lms.courses.blocks import blocks_in, check_from
from lms.facts.source import FIELDS, register_from
from lms.questions.source import BANK_KEYS, OPTIONAL_KEYS, QUESTION_KEYS, questions_from
from lms.settings import Settings
from lms.web.application import Application
from run import DEVELOPER_COMMANDS

ROOT = Path(__file__).parents[2]
PAPERS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/rules.md", "docs/exam-engine.md")
OURS = ("lms", "tests", "courses", "question_banks", "certificates", "docs", ".ci", "run.py", "pyproject.toml", "LICENSE", "NOTICE")
"""First parts of the paths that are in the repository; other paths lie in a data folder or stand for something."""
COMMAND = re.compile(r"python3 run\.py([^`\n|;)]*)")
MODULE = re.compile(r"python -m ([\w.]+)")
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\]\(([^)#]+)\)")
PATHLIKE = re.compile(r"[\w.<>*/-]+")
ADDRESS = re.compile(r"(?:POST )?(/[a-z][\w./<>-]*)")
VARIABLES = re.compile(r"\bLMS_[A-Z_]+\b")
FENCED = re.compile(r"^(?P<marks>`{3,})(?P<kind>\w*)\n(?P<text>.*?)^(?P=marks)$", re.MULTILINE | re.DOTALL)
RULE = re.compile(r"\bR-\d{2}\b")
UNWANTED = ("shared/", "TODO", "FIXME", "shields.io")
LONGEST = {"README.md": 200, "ARCHITECTURE.md": 400}


def text_of(paper: str) -> str:
    return (ROOT / paper).read_text(encoding="utf-8")


def spans(paper: str) -> list[str]:
    """What stands in code marks in the running text."""
    return SPAN.findall(FENCED.sub("", text_of(paper)))


def samples(kind: str) -> list[str]:
    """The fenced samples of one kind in CONTRIBUTING.md."""
    return [found["text"] for found in FENCED.finditer(text_of("CONTRIBUTING.md")) if found["kind"] == kind]


def commands() -> Iterator[tuple[str, list[str]]]:
    for paper in PAPERS:
        for rest in COMMAND.findall(text_of(paper)):
            yield paper, shlex.split(rest)


def fault_of(words: list[str]) -> str | None:
    """What is wrong with a command line of the front door, or None."""
    if not words or words[0] in {"help", *DEVELOPER_COMMANDS}:
        return None
    command: click.Command = cli.main
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if word.startswith("--"):
            option = next((one for one in command.params if word in one.opts), None)
            if option is None and word != "--help":
                return f"{command.name} has no option {word}"
            if option is not None and not getattr(option, "is_flag", False):
                waiting.pop(0)
        elif isinstance(command, click.Group):
            if word not in command.commands:
                return f"{command.name} has no command {word}"
            command = command.commands[word]
    return None


def test_every_command_exists() -> None:
    found = list(commands())
    assert len(found) > 20
    assert {(paper, " ".join(words)): fault for paper, words in found if (fault := fault_of(words))} == {}


def test_a_command_that_does_not_exist_would_be_found() -> None:
    assert fault_of(["certificates", "frame"]) == "certificates has no command frame"
    assert fault_of(["--data", "folder", "serve", "--speed"]) == "serve has no option --speed"


def test_every_command_of_the_program_is_named_or_told_by_its_help() -> None:
    named = {word for _, words in commands() for word in words}
    assert set(cli.main.commands) - {"serve"} <= named
    assert set(DEVELOPER_COMMANDS) <= named


def test_the_test_command_is_the_one_that_strangers_type() -> None:
    assert "\npython3 run.py\npython3 run.py test\n" in text_of("README.md")


def test_every_module_to_run_exists() -> None:
    named = {name for paper in PAPERS for name in MODULE.findall(text_of(paper))}
    assert named
    assert [name for name in named if not (ROOT / name.replace(".", "/")).with_suffix(".py").exists()] == []


def paths_in(paper: str) -> Iterator[str]:
    yield from (link for link in LINK.findall(text_of(paper)) if "://" not in link)
    for span in spans(paper):
        if PATHLIKE.fullmatch(span) and span.split("/")[0] in OURS:
            yield span


@pytest.mark.parametrize("paper", PAPERS)
def test_every_path_exists(paper: str) -> None:
    missing = [path for path in paths_in(paper) if not list(ROOT.glob(re.sub(r"<\w+>", "*", path).rstrip("/")))]
    assert missing == []


def test_every_file_of_the_keys_is_where_the_papers_say() -> None:
    folder, passphrases = keyring.AUTHORITY, keyring.PASSPHRASES
    files = {authority.ROOT_FILE, authority.ISSUING_FILE, authority.SIGNER_FILE, authority.STAMPER_FILE, f"{authority.PUBLIC}/"}
    known = {f"{folder}/{name}" for name in files} | {f"{passphrases}/{place}" for place in keyring.PLACES}
    named = {span for paper in PAPERS for span in spans(paper) if span.startswith((f"{folder}/", f"{passphrases}/"))}
    assert named == known
    assert signers.STAMPERS in spans("README.md")


def test_every_address_exists(app: Application) -> None:
    known = {re.sub(r"<\w+:", "<", rule.rule) for rule in app.url_map.iter_rules()}
    named = {found[1] for paper in PAPERS for span in spans(paper) if (found := ADDRESS.fullmatch(span))}
    assert {"/verify", "/healthz", "/api/v1/certificates/<number>"} <= named
    assert named - known - {"/revoke"} == set()


def test_every_variable_is_a_setting_and_every_setting_is_told() -> None:
    settings = {f"LMS_{field.name.upper()}" for field in fields(Settings)}
    named = {name for paper in PAPERS for name in VARIABLES.findall(text_of(paper))}
    assert named - settings == {VARIABLE, "LMS_CHROMIUM"}
    assert '"LMS_CHROMIUM"' in (ROOT / "run.py").read_text(encoding="utf-8")
    assert settings <= set(VARIABLES.findall(text_of("README.md")))


def test_the_defaults_are_the_settings() -> None:
    told = dict(re.findall(r"^\| `LMS_(\w+)` \| `([^`]+)` \|", text_of("README.md"), re.MULTILINE))
    assert len(told) > 6
    settings = Settings()
    assert {name: default for name, default in told.items() if str(getattr(settings, name.lower())) != default} == {}


def tree() -> str:
    """The tree of ARCHITECTURE.md, of the program alone."""
    block = next(found["text"] for found in FENCED.finditer(text_of("ARCHITECTURE.md")) if "\nlms/\n" in found["text"])
    return block[block.index("\nlms/\n") : block.index("\ntests/\n")]


def test_the_tree_is_the_tree() -> None:
    told = set(re.findall(r"^  ([\w.]+/?) ", tree(), re.MULTILINE))
    folders = {f"{path.name}/" for path in (ROOT / "lms").iterdir() if (path / "__init__.py").exists()}
    modules = {path.name for path in (ROOT / "lms").glob("*.py")} - {"__init__.py", "__main__.py"}
    assert told == folders | modules


def test_every_folder_of_tests_is_a_features_or_told() -> None:
    block = next(found["text"] for found in FENCED.finditer(text_of("ARCHITECTURE.md")) if "\ntests/\n" in found["text"])
    told = set(re.findall(r"^  ([\w.]+)/ ", block[block.index("\ntests/\n") :], re.MULTILINE))
    assert {name for name in told if not (ROOT / "tests" / name).is_dir()} == set()
    folders = {path.name for path in (ROOT / "tests").iterdir() if any(path.glob("*.py"))}
    assert {name for name in folders - told if not (ROOT / "lms" / name).is_dir()} == set()


def test_the_order_of_the_features_is_the_contract() -> None:
    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract.get("containers") == ["lms"])
    told = next(found["text"] for found in FENCED.finditer(text_of("ARCHITECTURE.md")) if found["text"].startswith("cli\n"))
    assert told.split("\n")[:-1] == [layer for layer in layers if not layer.startswith("(")]


def rule_table() -> dict[str, str]:
    """Rule number: where it is held."""
    rows = re.findall(r"^\| (R-\d{2}) \| .+ \| (.+) \|$", text_of("docs/rules.md"), re.MULTILINE)
    return dict(rows)


def test_every_rule_has_a_row_that_says_where_or_not_yet() -> None:
    assert list(rule_table()) == [f"R-{number:02}" for number in range(1, 35)]
    assert [rule for rule, where in rule_table().items() if "`" not in where and "not yet" not in where] == []


def test_every_rule_that_code_or_tests_cite_is_one_that_is_held() -> None:
    files = [*(ROOT / "lms").rglob("*.py"), *(ROOT / "lms").rglob("*.html"), *(ROOT / "tests").rglob("test_*.py")]
    cited = {rule for path in files if path != Path(__file__) for rule in RULE.findall(path.read_text(encoding="utf-8"))}
    held = {rule for rule, where in rule_table().items() if not where.startswith("not yet")}
    assert cited - held == set()


FORMATS = {
    "fact": FIELDS,
    "module": source.MODULE_KEYS,
    "lesson": (*lesson.KEYS, *lesson.KINDS_OF_TIME),
    "practical": (*practical.KEYS, *practical.CRITERION_KEYS, *practical.FOR_OFFICERS, *practical.FOR_STAFF),
    "guide": guide.SECTIONS,
    "diagram": diagrams.CLASSES,
    "course": (*course.KEYS, *course.OPTIONAL_KEYS),
    "day": (*course.DAY_KEYS, *course.OPTIONAL_DAY_KEYS),
    "exam": (*course.EXAM_KEYS, *course.OPTIONAL_EXAM_KEYS, *aims.KEYS, *aims.EXPOSURE_KEYS),
    "bank": BANK_KEYS,
    "question": (*QUESTION_KEYS, *OPTIONAL_KEYS),
}


@pytest.mark.parametrize("thing", FORMATS)
def test_every_key_of_a_format_is_told(thing: str) -> None:
    text = text_of("CONTRIBUTING.md")
    assert [key for key in FORMATS[thing] if not re.search(rf"\b{key}\b", text)] == []


def test_the_samples_are_as_the_program_reads_them() -> None:
    day = date(2026, 11, 22)
    (fact,) = [text for text in samples("toml") if text.startswith("[[fact]]")]
    questions = [text for text in samples("toml") if text.startswith("[[question]]")]
    (whole_course,) = [text for text in samples("toml") if "[[exam]]" in text]
    facts, faults = register_from(fact, path="sample", today=day)
    known = {**facts, "IL-56": facts["IL-01"]}
    read = [questions_from(question, path="sample", facts=known, objectives={"AUTH-1", "DET-1"}) for question in questions]
    assert [len(found) for found, _ in read] == [1, 1]
    question_faults = [fault for _, found in read for fault in found]
    _, course_faults = course.course_from(whole_course, path="sample", today=day)
    assert [*faults, *question_faults, *course_faults] == []


def test_the_sample_of_a_check_is_one() -> None:
    (sample,) = [text for text in samples("markdown") if text.startswith("```check")]
    (block,), faults = blocks_in(sample, path="sample")
    check, more = check_from(block, path="sample")
    assert [*faults, *more] == []
    assert check is not None


@pytest.mark.parametrize("paper", [*PAPERS, "NOTICE"])
def test_no_paper_says_what_does_not_belong_in_it(paper: str) -> None:
    text = text_of(paper)
    assert [word for word in UNWANTED if word in text] == []
    assert [character for character in text if ord(character) > 0x2BFF] == []


@pytest.mark.parametrize("paper", LONGEST)
def test_a_paper_is_short_enough_to_be_read(paper: str) -> None:
    assert len(text_of(paper).splitlines()) < LONGEST[paper]
