"""A small program written to disk as authors write it: a register, two modules, a course of one hour and a bank."""

from datetime import date
from pathlib import Path

TODAY = date(2026, 11, 22)
LESSON = "courses/modules/first/01-one.md"
OTHER_LESSON = "courses/modules/second/01-two.md"
COURSE = "courses/mini/course.toml"
REGISTER = "courses/facts.toml"
QUESTIONS = "question_banks/mini/one-1.toml"
BANK = "question_banks/mini/bank.toml"
SENTENCE = "The deputy reads the paper twice before the release and then makes one call to the supervisor. "


def write_program(folder: Path) -> Path:
    """Write the whole small program below `folder`; it has no faults. Returns `folder`."""
    texts = {
        REGISTER: register(),
        "courses/modules/first/module.md": module("first", "immigration law"),
        LESSON: lesson("lesson-one", "ONE-1"),
        "courses/modules/second/module.md": module("second", "civil rights law"),
        OTHER_LESSON: lesson("lesson-two", "TWO-1"),
        COURSE: course(),
        BANK: bank(),
        QUESTIONS: "\n".join(question(f"ONE-1-{number:02}") for number in range(1, 5)),
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Replace `old`, which must be there, by `new` in the file `name`."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(folder: Path, name: str, found: str) -> int:
    """The number of the first line of the file `name` that holds `found`."""
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return next(number for number, text in enumerate(lines, start=1) if found in text)


def register() -> str:
    """Facts of every kind: IL-01 and IL-02 settled, IL-02.1 contested, CR-14 of one court, OLD-01 superseded."""
    return "\n".join(
        [
            fact("IL-01"),
            fact("IL-02"),
            fact("IL-02.1", status="contested"),
            fact("CR-14", jurisdiction="circuit", court="4th Cir."),
            fact("OLD-01", status="superseded"),
        ]
    )


def fact(identity: str, *, status: str = "settled", jurisdiction: str = "federal", court: str = "") -> str:
    return f"""[[fact]]
id = "{identity}"
citation = "8 U.S.C. 1357(g)({identity[-1]})"
statement = "The statement of {identity}."
status = "{status}"
jurisdiction = "{jurisdiction}"
court = "{court}"
source = "primary"
as_of = 2026-11-01
review_by = 2027-05-01
"""


def module(identity: str, subject: str) -> str:
    return f"""---
id: {identity}
title: The {identity} module
subject: {subject}
terminal_objective: After this module you can do one thing.
evaluation: Checks and an exam
law_as_of: 2026-11-22
---
Why this module matters.
"""


def lesson(identity: str, objective: str, *, body: str = "") -> str:
    """A lesson without faults, of thirty minutes; `body` is added to its running text."""
    return f"""---
id: {identity}
title: Title of {identity}
objectives:
  - id: {objective}
    text: Name the one thing.
minutes: {{reading: 1, instruction: 0, laboratory: 0, practice: 29}}
evaluation: Check of understanding
law_as_of: 2026-11-22
review_by: 2027-05-22
facts: [IL-01]
---
## What the paper says

{SENTENCE * 7}It rests on the statute [IL-01].

{body}

??? question "What should the deputy do?"
    Call the supervisor.

## Check of understanding

{check(f"CHK-{objective}-1", objective)}
"""


def check(identity: str, objective: str, *, prompt: str = "What comes first?", feedback: str = "Yes [IL-01].") -> str:
    return f"""```check
id = "{identity}"
objective = "{objective}"
prompt = "{prompt}"
[[choice]]
text = "Read the paper."
correct = true
feedback = "{feedback}"
[[choice]]
text = "Call the newspaper at once."
feedback = "No."
[[choice]]
text = "Wait for another deputy."
feedback = "No."
```
"""


def scenario(identity: str = "SCN-1") -> str:
    """A scenario of six scenes with one sound and three unsound endings."""
    return f'''```scenario
id = "{identity}"
title = "The paper at noon"
[[scene]]
id = "start"
text = """A paper arrives [IL-01]. *What now?*"""
[[scene.choice]]
text = "Read it."
to = "read"
[[scene.choice]]
text = "Ignore it."
to = "ignored"
[[scene]]
id = "read"
text = """It names him."""
[[scene.choice]]
text = "Call."
to = "called"
[[scene.choice]]
text = "Guess."
to = "guessed"
[[scene]]
id = "called"
text = """The supervisor answers."""
[[scene.choice]]
text = "Follow."
to = "sound"
[[scene]]
id = "sound"
text = """Well done."""
ending = "sound"
[[scene]]
id = "ignored"
text = """He walked out."""
ending = "unsound"
[[scene]]
id = "guessed"
text = """The guess was wrong."""
ending = "unsound"
```
'''


def course() -> str:
    return """id = "mini"
title = "A small course"
program_model = "WSO"
summary = "One hour."
hours = 1
minimum_active_share = "0.4"
law_as_of = 2026-11-22
subjects = ["immigration law", "civil rights law"]

[[module]]
id = "first"
day = 1

[[module]]
id = "second"
day = 1

[[exam]]
id = "mini-final"
title = "Final exam"
bank = "mini"
minutes = 60
proctored = true
cut_score = "70.00"
retakes = 1
shared_share = "0"
rule = "One retake"

[exam.specification]
"ONE-1" = 2
"""


def bank() -> str:
    return """id = "mini"
title = "A small bank"
public = true
law_as_of = 2026-11-22
description = "Four questions."
"""


def question(identity: str, *, fact: str = "IL-01", stem: str = "Which act comes first") -> str:
    return f"""[[question]]
id = "{identity}"
objective = "ONE-1"
fact = "{fact}"
difficulty = "medium"
scenario = false
stem = "{stem} ({identity})?"
rationale = "The statute says so."
citation = "8 U.S.C. 1357(g)(1)"
[[question.choice]]
text = "Read the paper."
correct = true
[[question.choice]]
text = "Call the newspaper."
why = "Mistakes news for law."
[[question.choice]]
text = "Wait for the morning."
why = "Mistakes delay for care."
[[question.choice]]
text = "Ask the cook."
why = "Mistakes rank for authority."
"""
