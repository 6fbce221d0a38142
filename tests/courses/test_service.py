"""Publishing courses and lessons, and two people on one text."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM, Identity, identity_with
from lms.audit.models import AuditEntry
from lms.courses import edition, queries, service
from lms.courses.edition import Edition, lesson_edition
from lms.courses.models import CourseRevision, LessonRevision
from lms.courses.queries import LessonHead
from lms.courses.service import Texts
from lms.courses.source import Tree, tree_in
from lms.courses.storing import Published
from lms.db.session import Database
from lms.facts import queries as facts
from lms.facts.standing import questions_in
from lms.kernel.errors import Invalid
from lms.kernel.ids import new_id
from tests.support.statements import statements_on
from tests.support.writing import COURSE, LESSON, REGISTER, TODAY, change, lesson, scenario, write_program

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANA = identity_with(frozenset({Role.INSTRUCTOR}), user_id=new_id(), name="Ana")
BEN = identity_with(frozenset({Role.INSTRUCTOR}), user_id=new_id(), name="Ben")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return write_program(tmp_path / "program")


def tree_of(folder: Path) -> Tree:
    tree, faults = tree_in(folder / "courses", today=TODAY, banks=questions_in(folder / "question_banks"), reader=edition)
    assert faults == []
    return tree


def publish(session: Session, folder: Path, *, replaced: bool = False, once: bool = False) -> Published:
    (done,) = service.publish(session, actor=SYSTEM, tree=tree_of(folder), now=NOW, note="A note", replace=replaced, once=once)
    return done


def head(session: Session, lesson_id: str = "lesson-one") -> LessonHead:
    found = queries.lesson_head(session, lesson_id)
    assert found is not None
    return found


def edited(session: Session, *, old: str = "reads the paper", new: str = "reads every paper") -> Edition:
    current = head(session)
    assert old in current.source
    return lesson_edition(current.source.replace(old, new), path="lesson-one", facts=facts.facts(session), today=TODAY)


def publish_edit(session: Session, made: Edition, *, actor: Identity = ANA, based_on: str | None = None) -> tuple[Published, ...]:
    return service.publish_lesson(
        session, actor=actor, lesson_id="lesson-one", based_on=based_on or head(session).hash, edition=made, note="Clearer", now=NOW
    )


def test_publishing_makes_one_revision_and_the_second_time_says_that_nothing_changed(session: Session, program: Path) -> None:
    first = publish(session, program)
    again = publish(session, program)
    assert (first.number, first.changed) == (1, True)
    assert again == replace(first, changed=False)
    assert session.scalar(select(func.count()).select_from(CourseRevision)) == 1
    assert session.scalar(select(func.count()).select_from(LessonRevision)) == 2
    acts = session.scalars(select(AuditEntry.action)).all()
    assert sorted(acts) == ["published a course revision", "published the register of law"]


def test_the_manifest_says_everything_a_class_is_pinned_to(session: Session, program: Path) -> None:
    publish(session, program)
    found = queries.head(session, "mini")
    assert found is not None
    assert found.manifest["number"] == 1
    assert found.manifest["minimum_active_share"] == 400
    assert found.manifest["exams"][0]["cut_score"] == 70_000
    assert found.manifest["exams"][0]["specification"] == {"ONE-1": 2}
    assert [module["id"] for module in found.manifest["modules"]] == ["first", "second"]
    assert found.manifest["modules"][0]["lessons"][0]["minutes"] == {"reading": 1, "instruction": 0, "laboratory": 0, "practice": 29}
    assert queries.revision(session, found.hash) == found


def test_a_changed_lesson_makes_a_new_revision_and_the_old_one_stays(session: Session, program: Path) -> None:
    first = publish(session, program)
    change(program, LESSON, "reads the paper", "reads every paper")
    second = publish(session, program)
    assert (second.number, second.changed) == (2, True)
    old = queries.lesson_page(session, first.hash, "lesson-one")
    new = queries.lesson_page(session, second.hash, "lesson-one")
    assert old is not None
    assert new is not None
    assert "reads the paper" in old.html
    assert "reads every paper" in new.html
    assert [row.number for row in queries.revisions(session, "mini")] == [2, 1]


def test_going_back_to_an_old_text_is_a_new_revision(session: Session, program: Path) -> None:
    publish(session, program)
    change(program, LESSON, "reads the paper", "reads every paper")
    publish(session, program)
    change(program, LESSON, "reads every paper", "reads the paper")
    third = publish(session, program)
    assert (third.number, third.changed) == (3, True)
    assert session.scalar(select(func.count()).select_from(LessonRevision)) == 3


def test_a_lesson_page_holds_everything_but_the_keys_in_one_statement(database: Database, program: Path) -> None:
    with database.writing() as session:
        done = publish(session, program)
    with statements_on(database) as heard, database.reading() as session:
        found = queries.lesson_page(session, done.hash, "lesson-two")
    assert len(set(heard)) == 1
    assert found is not None
    assert (found.position, found.total_minutes, found.course_title) == (2, 30, "A small course")
    assert found.previous is not None
    assert (found.previous.id, found.next, found.module.id) == ("lesson-one", None, "second")
    assert [place.position for module in found.outline for place in module.lessons] == [1, 2]
    assert [check["id"] for check in found.checks] == ["CHK-TWO-1-1"]
    assert "correct" not in str(found)
    assert "feedback" not in str(found.checks)


def test_a_page_of_a_lesson_that_the_course_does_not_hold_is_not_there(session: Session, program: Path) -> None:
    done = publish(session, program)
    assert queries.lesson_page(session, done.hash, "lesson-nine") is None
    assert queries.lesson_page(session, "0" * 64, "lesson-one") is None
    assert queries.lesson_head(session, "lesson-nine") is None
    assert queries.head(session, "maxi") is None


def test_a_check_key_is_asked_for_apart(session: Session, program: Path) -> None:
    publish(session, program)
    name = head(session).hash
    key = queries.check_key(session, name, "CHK-ONE-1-1")
    assert key is not None
    assert key.correct == "a"
    assert set(key.feedback) == {"a", "b", "c"}
    assert queries.check_key(session, name, "CHK-NONE") is None
    assert queries.check_key(session, "0" * 64, "CHK-ONE-1-1") is None
    assert queries.check_ids(session, name) == ("CHK-ONE-1-1",)


def test_publishing_a_lesson_makes_a_new_revision_of_every_course_that_holds_it(session: Session, program: Path) -> None:
    (program / "courses/maxi").mkdir()
    text = (program / COURSE).read_text().replace('id = "mini"', 'id = "maxi"').replace('id = "mini-final"', 'id = "maxi-final"')
    (program / "courses/maxi/course.toml").write_text(text)
    before = service.publish(session, actor=SYSTEM, tree=tree_of(program), now=NOW)
    done = publish_edit(session, edited(session))
    assert {one.course_id: one.number for one in done} == {"mini": 2, "maxi": 2}
    for one in before:
        kept = queries.lesson_page(session, one.hash, "lesson-one")
        assert kept is not None
        assert "reads the paper" in kept.html, "a class under way would have changed"
    assert "reads every paper" in head(session).source
    acts = session.scalars(select(AuditEntry.action).where(AuditEntry.actor_id == ANA.user_id)).all()
    assert sorted(acts) == ["published a course revision", "published a course revision", "published a lesson"]


def test_a_lesson_is_not_published_over_an_edition_its_author_has_not_seen(session: Session, program: Path) -> None:
    publish(session, program)
    old = head(session).hash
    mine = edited(session, new="reads the orange paper")
    publish_edit(session, edited(session), actor=BEN)
    with pytest.raises(service.LessonMovedOn):
        publish_edit(session, mine, based_on=old)
    assert "reads every paper" in head(session).source


def test_a_lesson_without_change_or_note_is_not_published(session: Session, program: Path) -> None:
    publish(session, program)
    with pytest.raises(service.NothingChanged):
        publish_edit(session, edited(session, new="reads the paper"))
    made = edited(session)
    with pytest.raises(service.NoNote):
        service.publish_lesson(session, actor=ANA, lesson_id="lesson-one", based_on=head(session).hash, edition=made, note=" ", now=NOW)
    with pytest.raises(service.NoSuchLesson):
        service.publish_lesson(session, actor=ANA, lesson_id="lesson-nine", based_on="x", edition=made, note="n", now=NOW)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("## What the paper says", "# What the paper says", "first level"),
        ("id: lesson-one", "id: lesson-uno", "ids are permanent"),
        ("practice: 29", "practice: 39", "would take 70 minutes"),
        ("id: ONE-1", "id: TWO-1", "stands twice in the course"),
        ("id: ONE-1", "id: ONE-9", "no lesson would teach any more"),
        ('id = "CHK-ONE-1-1"', 'id = "CHK-TWO-1-1"', "taken by the lesson lesson-two"),
        ("title: Title of lesson-one", "title: a: b", "front matter"),
    ],
)
def test_a_lesson_with_faults_is_not_published(session: Session, program: Path, old: str, new: str, what: str) -> None:
    publish(session, program)
    with pytest.raises(service.FaultyLesson) as refused:
        publish_edit(session, edited(session, old=old, new=new))
    assert any(what in f"{fault.what} {fault.fix}" for fault in refused.value.faults), refused.value.faults
    assert queries.revisions(session, "mini")[0].number == 1


def test_files_do_not_replace_what_was_edited_in_the_browser_unasked(session: Session, program: Path) -> None:
    publish(session, program)
    publish_edit(session, edited(session))
    with pytest.raises(service.EditedHere, match="lesson-one"):
        publish(session, program)
    change(program, "courses/modules/second/01-two.md", "reads the paper", "reads each paper")
    with pytest.raises(service.EditedHere, match="lesson-one"):
        publish(session, program)
    done = publish(session, program, replaced=True)
    assert (done.number, done.changed) == (3, True)
    assert "reads the paper" in head(session).source


def test_files_that_hold_the_browsers_edit_are_published(session: Session, program: Path) -> None:
    publish(session, program)
    publish_edit(session, edited(session))
    (program / LESSON).write_text(head(session).source, encoding="utf-8")
    assert not publish(session, program).changed


def test_what_was_once_published_stays_replaced_when_the_site_starts_again(session: Session, program: Path) -> None:
    publish(session, program, once=True)
    change(program, LESSON, "reads the paper", "reads every paper")
    change(program, REGISTER, "The statement of IL-02.", "The new statement of IL-02.")
    second = publish(session, program)
    change(program, LESSON, "reads every paper", "reads the paper")
    change(program, REGISTER, "The new statement of IL-02.", "The statement of IL-02.")
    assert publish(session, program, once=True) == replace(second, changed=False)
    assert facts.facts(session)["IL-02"].statement == "The new statement of IL-02."
    publish_edit(session, edited(session, old="reads every paper", new="reads any paper"))
    assert publish(session, program, once=True).changed is False
    assert "reads any paper" in head(session).source


def save(
    session: Session, *, actor: Identity, text: str, seen: service.SavedDraft | None = None, based_on: str | None = None, minutes: int = 0
) -> service.SavedDraft:
    return service.save_draft(
        session,
        actor=actor,
        lesson_id="lesson-one",
        based_on=based_on or head(session).hash,
        seen=seen.draft.id if seen else None,
        texts=Texts(text),
        now=NOW + timedelta(minutes=minutes),
    )


def test_each_save_is_a_draft_and_the_newest_is_found(session: Session, program: Path) -> None:
    publish(session, program)
    first = save(session, actor=ANA, text="One.\r\n")
    second = save(session, actor=ANA, text="Two.", seen=first)
    assert not second.overtaken
    newest = queries.newest_draft(session, "lesson-one", based_on=head(session).hash)
    assert newest == second.draft
    assert first.draft.source == "One.\n"
    assert [row.number for row in queries.drafts(session, "lesson-one")] == [2, 1]
    assert queries.lessons_with_drafts(session) == {("lesson-one", head(session).hash)}


def test_whoever_saves_second_without_having_seen_the_first_is_told_and_both_texts_are_kept(session: Session, program: Path) -> None:
    publish(session, program)
    by_ana = save(session, actor=ANA, text="Ana's text.")
    by_ben = save(session, actor=BEN, text="Ben's text.")
    assert not by_ana.overtaken
    assert by_ben.overtaken
    newest = queries.newest_draft(session, "lesson-one", based_on=head(session).hash)
    assert newest is not None
    assert newest.source == "Ana's text.\n"
    kept = queries.draft(session, by_ben.draft.id)
    assert kept is not None
    assert (kept.source, kept.aside) == ("Ben's text.\n", True)
    merged = save(session, actor=BEN, text="Both texts.", seen=by_ana)
    assert not merged.overtaken
    assert save(session, actor=ANA, text="Ana again.", seen=by_ana).overtaken


def test_the_same_text_saved_twice_is_no_conflict(session: Session, program: Path) -> None:
    publish(session, program)
    save(session, actor=ANA, text="One text.")
    assert not save(session, actor=ANA, text="One text.").overtaken


def test_a_draft_on_an_old_edition_is_kept_aside(session: Session, program: Path) -> None:
    publish(session, program)
    old = head(session).hash
    publish_edit(session, edited(session))
    saved = save(session, actor=BEN, text="On the old one.", based_on=old)
    assert saved.overtaken
    assert queries.newest_draft(session, "lesson-one", based_on=head(session).hash) is None


def test_a_draft_needs_a_person_a_lesson_and_an_edition(session: Session, program: Path) -> None:
    publish(session, program)
    with pytest.raises(service.NoSuchLesson):
        save(session, actor=ANA, text="x", based_on="0" * 64)
    with pytest.raises(Invalid):
        save(session, actor=SYSTEM, text="x")
    with pytest.raises(service.NoSuchLesson):
        service.save_draft(session, actor=ANA, lesson_id="nine", based_on="x", seen=None, texts=Texts("x"), now=NOW)


def test_a_scenario_added_in_the_browser_is_published_with_its_lesson(session: Session, program: Path) -> None:
    publish(session, program)
    made = lesson_edition(lesson("lesson-one", "ONE-1", body=scenario()), path="x", facts=facts.facts(session), today=TODAY)
    publish_edit(session, made)
    found = queries.head(session, "mini")
    assert found is not None
    shown = queries.lesson_page(session, found.hash, "lesson-one")
    assert shown is not None
    assert 'class="scenario"' in shown.html
