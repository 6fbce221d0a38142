"""An officer's whole visit at HTTP level, part by part."""

import json
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.bench.training import EXAM, QUESTIONS, Trainee
from tests.support.wire import Answer, Wire, WrongAnswer

CHOICE = re.compile(r'name="choice"\s+id="[^"]+"\s+value="([^"]+)"')


@dataclass(slots=True)
class Visit:
    """One officer on one kept-alive connection; `saves` holds the milliseconds that each save took."""

    trainee: Trainee
    wire: Wire
    exam: str = ""
    attempt: str = ""
    choices: dict[int, str] = field(default_factory=dict)
    saves: list[float] = field(default_factory=list)

    def signs_in(self) -> None:
        """The sign-in page and the form on it."""
        self.wire.opens("/sign-in")
        self.wire.sends("/sign-in", email=self.trainee.email, password=self.trainee.password)

    def opens_the_first_page(self) -> None:
        self.wire.opens("/")

    def opens_the_course(self) -> None:
        self.wire.opens(f"/enrollments/{self.trainee.enrollment_id}")

    def opens_a_lesson(self) -> None:
        self.wire.opens(f"/enrollments/{self.trainee.enrollment_id}/lessons/{self.trainee.lesson_id}")

    def opens_the_exam(self) -> None:
        self.exam = f"/enrollments/{self.trainee.enrollment_id}/exams/{EXAM}"
        self.wire.opens(self.exam)

    def starts(self) -> None:
        """The proctor's code, without the page it leads to."""
        self.attempt = self.wire.sends(f"{self.exam}/attempts", rules_read="y", code=self.trainee.code).location.partition("/questions/")[0]

    def reads_the_questions(self) -> None:
        """Every question page, once."""
        for position in range(1, QUESTIONS + 1):
            self.reads_question(position)

    def reads_question(self, position: int) -> None:
        """One question page; the choice that is to be made."""
        page = self.wire.opens(f"{self.attempt}/questions/{position}")
        self.choices[position] = CHOICE.findall(page.text)[position % 4]

    def answers_the_questions(self) -> None:
        """Every answer, as the page's script sends it."""
        for position in self.choices:
            begun = time.perf_counter()
            self.sends_answer(position, f"{self.attempt}-{position}")
            self.saves.append((time.perf_counter() - begun) * 1000)

    def sends_answer(self, position: int, key: str) -> Answer:
        """One answer, which must be acknowledged."""
        sent = {"response": json.dumps(self.choices[position]), "flagged": "", "revision": "0", "key": key}
        answer = self.wire.sends_by_script(f"{self.attempt}/questions/{position}/answer", **sent)
        if answer.status != 200:
            raise WrongAnswer(f"a save answered {answer.status}: {answer.text[:500]}")
        return answer

    @property
    def attempt_id(self) -> uuid.UUID:
        """The attempt's own name, from its address."""
        return uuid.UUID(self.attempt.rpartition("/")[2])

    def reviews(self) -> None:
        self.wire.opens(f"{self.attempt}/review")

    def hands_in(self) -> None:
        self.wire.sends(f"{self.attempt}/submission")

    def opens_the_result(self) -> None:
        self.wire.opens(f"{self.attempt}/result")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the visit: what it is called, how often it happens in one, and what is done."""

    name: str
    times: int
    play: Callable[[Visit], None]


SIGN_IN = Part("sign-in", 1, Visit.signs_in)
QUESTION_PAGE = Part("question page", QUESTIONS, Visit.reads_the_questions)
SAVE = Part("saved answer", QUESTIONS, Visit.answers_the_questions)
PARTS = (
    SIGN_IN,
    Part("first page", 1, Visit.opens_the_first_page),
    Part("course page", 1, Visit.opens_the_course),
    Part("lesson page", 1, Visit.opens_a_lesson),
    Part("exam page", 1, Visit.opens_the_exam),
    Part("start", 1, Visit.starts),
    QUESTION_PAGE,
    SAVE,
    Part("review page", 1, Visit.reviews),
    Part("handing in", 1, Visit.hands_in),
    Part("result page", 1, Visit.opens_the_result),
)
