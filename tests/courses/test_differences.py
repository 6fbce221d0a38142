"""Two texts compared."""

from hypothesis import given
from hypothesis import strategies as st

from lms.courses.differences import Kind, between

LINES = st.lists(st.text("ab c", max_size=6), max_size=8).map("\n".join)


def test_the_same_text_has_no_differences() -> None:
    assert between("a\nb\n", "a\nb\n") == ()


def test_a_changed_word_is_told_within_its_line() -> None:
    (_, line, _) = between("one\nthe red door\ntwo", "one\nthe blue door\ntwo")
    assert (line.kind, line.number) == (Kind.CHANGED, 2)
    assert line.pieces == ((Kind.SAME, "the "), (Kind.REMOVED, "red"), (Kind.ADDED, "blue"), (Kind.SAME, " door"))


def test_far_apart_changes_are_shown_with_a_gap() -> None:
    old = [str(number) for number in range(30)]
    new = ["first", *old[1:29], "last"]
    kinds = [line.kind for line in between("\n".join(old), "\n".join(new))]
    assert kinds.count(Kind.GAP) == 1
    assert kinds.count(Kind.CHANGED) == 2


def test_lines_added_and_removed_are_told() -> None:
    assert [line.kind for line in between("a\nb", "a")] == [Kind.SAME, Kind.REMOVED]
    assert [line.kind for line in between("a", "a\nb")] == [Kind.SAME, Kind.ADDED]


@given(LINES, LINES)
def test_what_is_shown_holds_every_word_of_both_texts(old: str, new: str) -> None:
    lines = between(old, new)
    shown = "".join(text for line in lines for kind, text in line.pieces if kind is not Kind.REMOVED)
    for line in lines:
        if line.kind in {Kind.ADDED, Kind.CHANGED}:
            assert "".join(text for kind, text in line.pieces if kind is not Kind.REMOVED) == new.splitlines()[line.number - 1]
    if old.splitlines() == new.splitlines():
        assert shown == ""
