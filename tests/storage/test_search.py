"""Pairs of characters: every text that stands in a title or number is found by them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.search import _wanted, _word, grams

TEXT = st.text("饮水占道〔2026〕号aAbB %_\\'\"𠮷é", min_size=1, max_size=12)


@given(TEXT, TEXT, TEXT)
def test_the_pairs_of_a_part_are_among_those_of_the_whole(before: str, part: str, after: str):
    held = set(grams(before + part + after, "number").split())
    assert set(_wanted(part)) <= held
    assert any(word.startswith(_word(part[0].lower() if part[0].isascii() else part[0])) for word in held)


@pytest.mark.parametrize(("title", "text"), [("ABC", "abc"), ("abc", "ABC"), ("W水W", "w水")])
def test_upper_and_lower_case_of_latin_letters_are_alike(title: str, text: str):
    assert set(_wanted(text)) <= set(grams(title).split())


def test_texts_do_not_run_into_each_other():
    assert not set(_wanted("水占")) <= set(grams("饮水", "占道").split())


def test_words_are_plain_letters_and_digits():
    assert grams("水' \"*(\\").replace(" ", "").isalnum()
