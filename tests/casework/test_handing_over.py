"""How much is handed over to a case while no worker answers."""

import pytest

from casework.handing_over import HandedOver
from casework.outcomes import Unavailable
from domain.bounds import WAITING

CASE, OTHER = "inc-a", "inc-b"
HALF = WAITING // 2


def test_steps_under_way_beside_each_other_are_counted():
    handed_over = HandedOver()
    handed_over.reserve(CASE, "one", HALF)
    handed_over.reserve(CASE, "two", HALF)
    with pytest.raises(Unavailable):
        handed_over.reserve(CASE, "three", HALF)
    handed_over.reserve(OTHER, "three", HALF)


def test_what_was_not_handed_over_is_given_back():
    handed_over = HandedOver()
    handed_over.reserve(CASE, "one", WAITING)
    handed_over.give_back(CASE, WAITING)
    handed_over.reserve(CASE, "two", WAITING)


def test_what_was_carried_out_waits_no_more():
    handed_over = HandedOver()
    handed_over.reserve(CASE, "one", HALF)
    handed_over.reserve(CASE, "two", HALF)
    assert handed_over.last(CASE) == "two"
    handed_over.forget(CASE)
    assert handed_over.last(CASE) is None
    handed_over.reserve(CASE, "three", WAITING)


def test_the_body_of_what_was_handed_over_is_remembered():
    handed_over = HandedOver()
    handed_over.note("one", "digest", "salt")
    assert handed_over.body_of("one", ("other", "")) == ("digest", "salt")
    assert handed_over.body_of("two", ("other", "")) == ("other", "")
