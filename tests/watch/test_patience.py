"""A trouble is told and healed for as long as it has lasted itself,
whatever else was doubted of the case before it.
"""

from watch.cases import HealingAttempt, is_same_trouble
from watch.patience import Patience, Unmoved


def ages(*attempts: HealingAttempt | None) -> list[float]:
    """The age of a case's trouble at looks five seconds apart."""
    failing = Unmoved(is_same_trouble)
    answers = []
    for ordinal, attempt in enumerate(attempts):
        failing.note({} if attempt is None else {"case": attempt}, 5.0 * ordinal)
        answers.append(failing.age("case", 5.0 * ordinal))
    return answers


def test_an_attempt_that_goes_on_ages():
    assert ages(HealingAttempt(2, 1), HealingAttempt(2, 1), HealingAttempt(2, 1)) == [0, 5, 10]


def test_a_later_attempt_at_the_same_task_is_the_same_trouble():
    assert ages(HealingAttempt(2, 1), HealingAttempt(3, 7), HealingAttempt(3, 7), HealingAttempt(4, 19)) == [
        0,
        5,
        10,
        15,
    ]


def test_a_second_attempt_at_another_task_is_a_trouble_of_its_own():
    assert ages(HealingAttempt(2, 1), HealingAttempt(2, 6), HealingAttempt(2, 11)) == [0, 0, 0]
    assert ages(HealingAttempt(3, 1), HealingAttempt(2, 6)) == [0, 0]


def test_a_trouble_begins_when_it_is_there_and_not_when_something_else_was():
    assert ages(None, None, HealingAttempt(2, 1), HealingAttempt(2, 1)) == [0, 0, 0, 5]


def test_a_case_that_is_missing_stays_missing():
    assert ages(HealingAttempt(), HealingAttempt(), HealingAttempt(2, 3)) == [0, 5, 0]


def test_rests_between_healings_grow_and_are_forgotten_when_all_is_right():
    patience = Patience()
    assert patience.may_heal("case", 0)
    patience.healed("case", 0)
    assert not patience.may_heal("case", 29)
    assert patience.may_heal("case", 30)
    patience.healed("case", 30)
    assert not patience.may_heal("case", 89)
    patience.note([], 91)
    patience.healed("case", 91)
    assert patience.may_heal("case", 121)
