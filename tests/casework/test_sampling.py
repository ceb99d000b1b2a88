"""A sample is drawn again by anybody who knows the seed."""

import hashlib

from casework.sampling import sample

CASES = [(f"inc-{number:024x}", number) for number in range(200)]


def test_the_same_seed_draws_the_same_whatever_the_order():
    assert sample(CASES, "2026-3", 10) == sample(CASES[::-1], "2026-3", 10)
    assert sample(CASES, "2026-3", 10) != sample(CASES, "2026-4", 10)


def test_it_is_drawn_again_by_a_hash_alone():
    by_hand = sorted(CASES, key=lambda case: hashlib.sha256(f"种子|{case[0]}".encode()).hexdigest())
    assert sample(CASES, "种子", 7) == by_hand[:7]


def test_a_smaller_sample_is_the_beginning_of_a_larger_one():
    assert sample(CASES, "x", 20)[:5] == sample(CASES, "x", 5)
    assert sample(CASES[:3], "x", 100) == sample(CASES[:3], "x", 3)


def test_one_case_less_lets_one_other_in():
    drawn = sample(CASES, "x", 10)
    others = sample([case for case in CASES if case != drawn[4]], "x", 10)
    assert [case for case in drawn if case != drawn[4]] == others[:9]
