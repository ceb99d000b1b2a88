"""代理: who is called in the place of somebody who is away."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.deputies import Absence, deputy_of

NOON = datetime(2026, 9, 9, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("deputies", "called"),
    [
        ({}, "a"),
        ({"b": "c"}, "a"),
        ({"a": "b"}, "b"),
        ({"a": "b", "b": "c"}, "c"),
        ({"a": "b", "b": "a"}, "a"),
        ({"a": "b", "b": "c", "c": "b"}, "a"),
        ({"a": "a"}, "a"),
    ],
)
def test_the_deputy_is_called_and_in_a_circle_whoever_is_away(deputies: dict[str, str], called: str):
    assert deputy_of("a", deputies) == called


def test_an_absence_holds_from_its_first_second_until_before_its_end():
    absence = Absence(
        id="1", unit="qingxi", person="a", deputy="b", since=NOON, until=NOON + timedelta(hours=1)
    )
    assert absence.covers(NOON)
    assert not absence.covers(NOON - timedelta(seconds=1))
    assert not absence.covers(NOON + timedelta(hours=1))
