"""Numbers: every slip of one character or of two exchanged ones is noticed, and reading is forgiving."""

from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lms.certificates.numbers import (
    ALPHABET,
    ENTROPY,
    LENGTH,
    LONGEST,
    CertificateClass,
    NotANumber,
    TypingSlip,
    class_of,
    display,
    mint,
    parse,
)

classes = st.sampled_from(CertificateClass)
entropies = st.binary(min_size=ENTROPY, max_size=ENTROPY)
numbers = st.builds(mint, classes, entropies)
places = st.integers(0, LENGTH - 1)


def product(left: int, right: int) -> int:
    """Multiplication in GF(2)[x]/(x^5 + x^2 + 1), written independently of the module: carry-less, then reduced."""
    total = 0
    for bit in range(5):
        total ^= (left << bit) * (right >> bit & 1)
    for bit in range(9, 4, -1):
        total ^= (0b100101 << (bit - 5)) * (total >> bit & 1)
    return total


def powers_of_x() -> list[int]:
    powers = [1]
    while len(powers) < 31:
        powers.append(product(powers[-1], 2))
    return powers


def test_the_polynomial_is_primitive() -> None:
    powers = powers_of_x()
    assert sorted(powers) == list(range(1, 32))
    assert product(powers[-1], 2) == 1


def test_any_single_change_or_exchange_changes_the_sum() -> None:
    weights = powers_of_x()[LENGTH - 1 :: -1]
    differences = range(1, 32)
    assert all(product(weight, difference) for weight in weights for difference in differences)
    assert all(product(one ^ other, difference) for one, other in combinations(weights, 2) for difference in differences)


@given(numbers)
def test_a_number_is_a_word_of_the_code(number: str) -> None:
    weights = powers_of_x()[LENGTH - 1 :: -1]
    total = 0
    for weight, symbol in zip(weights, number, strict=True):
        total ^= product(weight, ALPHABET.index(symbol))
    assert total == 0


@given(classes, entropies)
def test_a_number_is_read_back_as_it_is_shown(certificate_class: CertificateClass, entropy: bytes) -> None:
    number = mint(certificate_class, entropy)
    assert parse(display(number)) == number == parse(number)
    assert class_of(number) is certificate_class
    assert len(display(number)) == LENGTH + 5


@given(st.lists(entropies, unique=True, min_size=2, max_size=8))
def test_different_entropy_gives_different_numbers(drawn: list[bytes]) -> None:
    """R-31: a number is nothing but chance, so that none can be guessed from another."""
    assert len({mint(CertificateClass.FULL, entropy) for entropy in drawn}) == len(drawn)


@given(numbers, places, st.sampled_from(ALPHABET))
def test_a_changed_character_is_a_typing_slip(number: str, place: int, symbol: str) -> None:
    """R-31."""
    assume(number[place] != symbol)
    assert parse(number[:place] + symbol + number[place + 1 :]) == TypingSlip()


@given(numbers, places, places)
def test_two_exchanged_characters_are_a_typing_slip(number: str, one: int, other: int) -> None:
    assume(number[one] != number[other])
    typed = list(number)
    typed[one], typed[other] = typed[other], typed[one]
    assert parse("".join(typed)) == TypingSlip()


@given(numbers, st.data())
def test_case_spaces_hyphens_and_look_alikes_are_forgiven(number: str, data: st.DataObject) -> None:
    heard = {"0": "0Oo", "1": "1IiLl"}
    typed = [data.draw(st.sampled_from(heard.get(symbol, symbol + symbol.lower()))) for symbol in number]
    between = data.draw(st.lists(st.sampled_from(["", " ", "-", "\u2011", "\u00a0"]), min_size=LENGTH, max_size=LENGTH))
    assert parse("".join(gap + symbol for gap, symbol in zip(between, typed, strict=True))) == number


@given(st.text(max_size=LONGEST + 20))
def test_nothing_typed_makes_reading_fail(text: str) -> None:
    found = parse(text)
    assert isinstance(found, TypingSlip | NotANumber) or parse(found) == found


def test_another_length_is_not_a_number() -> None:
    number = mint(CertificateClass.DRILL, bytes(ENTROPY))
    assert parse(number[:-1]) == NotANumber(17)
    assert parse(f"{number}0") == NotANumber(19)
    assert parse("") == NotANumber(0)
    assert isinstance(parse(" " * LONGEST + number), NotANumber)


def test_characters_no_number_contains_are_told() -> None:
    number = mint(CertificateClass.WAIVED, bytes(ENTROPY))
    assert parse(f"{number[:-2]}U!") == NotANumber(18, "U!")


def test_a_word_of_the_code_without_a_class_is_a_slip() -> None:
    assert parse("0" * LENGTH) == TypingSlip()


@pytest.mark.parametrize("length", [0, ENTROPY - 1, ENTROPY + 1])
def test_another_amount_of_entropy_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="10 bytes"):
        mint(CertificateClass.FULL, bytes(length))
