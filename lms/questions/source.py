"""Question banks as their authors write them: bank.toml and files of [[question]] tables, with every fault on its line."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from lms.facts.faults import Fault
from lms.facts.fields import Fields
from lms.facts.located import Table, document
from lms.facts.rules import key_is_longest, keys_given_away, why_not_scored
from lms.facts.source import Fact
from lms.kernel.canonical import content_hash
from lms.questions.items import POINT, ItemType
from lms.questions.typed import MOST_POINTS, READINGS, Body, Choice

BANK_FILE = "bank.toml"
BANK_KEYS = ("id", "title", "public", "law_as_of", "description")
QUESTION_KEYS = ("id", "objective", "fact", "difficulty", "scenario", "stem", "rationale", "citation")
OPTIONAL_KEYS = ("type", "points", "part_of", "pilot")
SCENARIO_KEYS = ("id", "text")
DIFFICULTIES = ("easy", "medium", "hard")


@dataclass(frozen=True, slots=True)
class Question:
    """One question, resting on one settled fact. `difficulty` is its author's guess; `scenario`: it asks what to do in a situation.

    A `pilot` is only being tried out: exams that ask for such questions mix it in, and never score it.
    `body` is what its type asks for (`typed.py`). `part_of`: the id of the scenario that it belongs to; `setting` is that scenario's.
    """

    id: str
    objective: str
    fact: str
    difficulty: str
    scenario: bool
    stem: str
    rationale: str
    citation: str
    body: Mapping[str, Any]
    path: str
    line: int
    type: ItemType = ItemType.SINGLE
    points: int = POINT
    part_of: str = ""
    setting: Mapping[str, Any] = field(default_factory=dict)
    pilot: bool = False

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can be chosen; nothing in a question of another kind."""
        return tuple(Choice(**one) for one in self.body.get("choices", ()))

    def content(self) -> dict[str, Any]:
        """What is stored of the question beside its id and objective. A plain single choice says no more than it ever did."""
        pilot = {"pilot": True} if self.pilot else {}  # left out elsewhere: other questions keep their names
        return {
            **({} if self.type is ItemType.SINGLE else {"type": str(self.type)}),
            **({} if self.points == POINT else {"points": self.points}),
            **self.setting,
            "stem": self.stem,
            **self.body,
            "rationale": self.rationale,
            "citation": self.citation,
            "fact": self.fact,
            "difficulty": self.difficulty,
            "scenario": self.scenario,
            **pilot,
        }

    @property
    def hash(self) -> str:
        """The name of this edition of the question."""
        return content_hash({"id": self.id, "objective": self.objective, "content": self.content()})


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank. `public`: anyone can read its questions, so it is not secure."""

    id: str
    title: str
    public: bool
    law_as_of: date
    description: str
    questions: tuple[Question, ...]


def banks_in(folder: Path, *, facts: Mapping[str, Fact], objectives: AbstractSet[str], today: date) -> tuple[tuple[Bank, ...], list[Fault]]:
    """The banks below `folder`, or the one that `folder` itself is; question ids are unique across all of them."""
    roots = [folder] if (folder / BANK_FILE).is_file() else sorted(path.parent for path in folder.glob(f"*/{BANK_FILE}"))
    banks = []
    faults: list[Fault] = []
    for root in roots:
        bank, found = bank_in(root, facts=facts, objectives=objectives, today=today)
        faults.extend(found)
        banks.extend([bank] if bank else [])
    if not roots:
        faults.append(Fault(str(folder), 1, "There is no question bank", f"add <bank>/{BANK_FILE}"))
    faults.extend(_repeated([question for bank in banks for question in bank.questions]))
    return tuple(banks), sorted(set(faults))


def bank_in(folder: Path, *, facts: Mapping[str, Fact], objectives: AbstractSet[str], today: date) -> tuple[Bank | None, list[Fault]]:
    """The bank in `folder`, or None when its own file cannot be used; faulty questions are left out and told."""
    path = folder / BANK_FILE
    read = document(path.read_text(encoding="utf-8"), path=str(path))
    fields = read.head.fields("bank", str(path))
    fields.expect(BANK_KEYS)
    identity, title, public = fields.permanent_id(), fields.text("title"), fields.truth("public")
    law_as_of, description = fields.past_day("law_as_of", today), fields.text("description")
    if identity and identity != folder.resolve().name:
        fields.fault("id", f"The id `{identity}` is not the folder's name `{folder.resolve().name}`", "make them the same")
    faults = [*read.faults, *fields.faults]
    questions: list[Question] = []
    for file in sorted(folder.rglob("*.toml")):
        if file.name != BANK_FILE:
            found, own = questions_from(file.read_text(encoding="utf-8"), path=str(file), facts=facts, objectives=objectives)
            questions.extend(found)
            faults.extend(own)
    if not questions:
        faults.append(Fault(str(path), 1, "The bank holds no questions", "write each one under [[question]] in files beside it"))
    faults.extend(_repeated(questions))
    if read.faults or fields.faults or law_as_of is None:
        return None, faults
    return Bank(identity, title, public, law_as_of, description, tuple(questions)), faults


def questions_from(text: str, *, path: str, facts: Mapping[str, Fact], objectives: AbstractSet[str]) -> tuple[list[Question], list[Fault]]:
    """The questions written in `text`; one with faults is left out and told, and hides no other."""
    read = document(text, path=path)
    faults = list(read.faults)
    if read.head.values:
        faults.append(Fault(path, read.head.line, "There are keys before the first question", "move them below [[question]]"))
    questions = []
    for table in read.called("question"):
        question, found = _question(table, path)
        if question is not None:
            found.extend(_meaning_faults(question, facts=facts, objectives=objectives))
            questions.append(question)
        faults.extend(found)
    for name in sorted({*read.tables} - {"question", "scenario"}):
        faults.extend(Fault(path, table.line, f"Nobody knows the table [[{name}]] here", "use [[question]]") for table in read.called(name))
    if keys_given_away([_key_is_longest(question) for question in questions if question.type is ItemType.SINGLE]):
        what = "In 60 percent or more of the questions the correct choice is the longest"
        faults.append(Fault(path, 1, what, "shorten correct choices or fill out the others"))
    questions, found = _set_in_scenarios(questions, read.called("scenario"), path)
    return questions, [*faults, *found]


def _question(table: Table, path: str) -> tuple[Question | None, list[Fault]]:
    fields = table.fields("question", path)
    type_ = ItemType(fields.one_of("type", list(ItemType)) or ItemType.SINGLE) if "type" in fields.values else ItemType.SINGLE
    reading = READINGS[type_]
    fields.expect((*QUESTION_KEYS, *reading.required), (*OPTIONAL_KEYS, *reading.optional))
    identity, objective, fact = fields.permanent_id(), fields.permanent_id("objective"), fields.permanent_id("fact")
    difficulty, scenario, pilot = fields.one_of("difficulty", DIFFICULTIES), fields.truth("scenario"), fields.truth("pilot")
    stem, rationale, citation = fields.text("stem"), fields.text("rationale"), fields.text("citation")
    body = reading.read(table, fields)
    if fields.truth("partial"):
        body["partial"] = True
    part_of = fields.permanent_id("part_of") if "part_of" in fields.values else ""
    points = _points(fields, body)
    if fields.faults:
        return None, fields.faults
    about: dict[str, Any] = {"type": type_, "points": points, "part_of": part_of, "pilot": pilot}
    return Question(identity, objective, fact, difficulty, scenario, stem, rationale, citation, body, path, table.line, **about), []


def _points(fields: Fields, body: Body) -> int:
    """What the question is worth, in thousandths of a point: one point, or of a written answer those of its criteria."""
    otherwise = sum(one["points"] for one in body.get("criteria", ())) or 1
    points = fields.whole("points", 1) if "points" in fields.values else otherwise
    if "points" in fields.values and points > MOST_POINTS:
        fields.fault("points", f"The question is worth {points} points", f"give it at most {MOST_POINTS}")
    return points * POINT


def _set_in_scenarios(questions: list[Question], tables: tuple[Table, ...], path: str) -> tuple[list[Question], list[Fault]]:
    """The questions with the scenario that each belongs to: its text, and the question's place in it."""
    faults: list[Fault] = []
    texts: dict[str, str] = {}
    for table in tables:
        fields = table.fields("scenario", path)
        fields.expect(SCENARIO_KEYS)
        identity, text = fields.permanent_id(), fields.text("text")
        if identity in texts:
            fields.fault("id", f"The scenario {identity} stands twice", "give this one an id of its own")
        texts[identity] = text
        parts = [one for one in questions if one.part_of == identity]
        if len(parts) < 2:
            fields.fault("id", f"The scenario {identity} has {len(parts)} question(s)", f'give it two or more with part_of = "{identity}"')
        if len({one.objective for one in parts}) > 1:
            fields.fault("id", f"The questions of {identity} ask for several objectives", "give them one, so that they are drawn together")
        faults.extend(fields.faults)
    for one in questions:
        if one.part_of and one.part_of not in texts:
            what = f"{one.id} is part of {one.part_of}, and this file has no such scenario"
            faults.append(Fault(path, one.line, what, "write it as [[scenario]] in this file, or correct the id"))
    return [_set(one, questions, texts) for one in questions], faults


def _set(question: Question, questions: list[Question], texts: Mapping[str, str]) -> Question:
    if question.part_of not in texts:
        return question
    parts = [one.id for one in questions if one.part_of == question.part_of]
    place = {"group": question.part_of, "part": parts.index(question.id) + 1, "parts": len(parts), "text": texts[question.part_of]}
    return replace(question, setting=place)


def _meaning_faults(question: Question, *, facts: Mapping[str, Fact], objectives: AbstractSet[str]) -> list[Fault]:
    faults = []
    if question.objective not in objectives:
        what = f"{question.id} asks for {question.objective}, which is no objective of any lesson"
        faults.append(Fault(question.path, question.line, what, "use an objective that a lesson teaches"))
    fact = facts.get(question.fact)
    if fact is None:
        what = f"{question.id} rests on {question.fact}, which the register does not have"
        faults.append(Fault(question.path, question.line, what, "rest it on one it has, or add the fact first"))
        return faults
    why = why_not_scored(fact.status, fact.jurisdiction, fact.court, stem=question.stem)
    if why:
        faults.append(Fault(question.path, question.line, f"{question.id} {why[0]} ({fact.id})", why[1]))
    return faults


def _key_is_longest(question: Question) -> bool:
    correct = next(choice.text for choice in question.choices if choice.correct)
    return key_is_longest(correct, [choice.text for choice in question.choices if not choice.correct])


def _repeated(questions: list[Question]) -> list[Fault]:
    first: dict[str, Question] = {}
    faults = []
    for question in questions:
        earlier = first.setdefault(question.id, question)
        if (earlier.path, earlier.line) != (question.path, question.line):
            what = f"The question id {question.id} is used twice (first at {earlier.path}:{earlier.line})"
            faults.append(Fault(question.path, question.line, what, "give this one an id of its own; never change a published id"))
    return faults
