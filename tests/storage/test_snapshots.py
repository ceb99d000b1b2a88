"""States that were read or written last are kept, each case's latest alone, and no more than so many."""

from domain.case.state import Incident
from storage.snapshots import StatesRead
from tests.storage.cases import Case

ROOM = 50


def state(title: str) -> Incident:
    made = Case("1", title=title).incident
    assert made is not None
    return made


def is_kept(states: StatesRead, text: str, incident: Incident) -> bool:
    """Whether asking for a text gives what was kept of it, and no state that is read anew."""
    return states.kept(text, incident.law) is incident


def test_a_state_that_another_takes_the_place_of_is_let_go():
    states, before, after = StatesRead(ROOM), state("一"), state("二")
    states.keep("before", before)
    states.forget("before", before.law)
    states.keep("after", after)
    assert not is_kept(states, "before", before)
    assert is_kept(states, "after", after)


def test_what_was_not_asked_for_longest_goes_first_and_less_is_kept_when_so_told():
    states, cases = StatesRead(3 * ROOM), [state(title) for title in "甲乙丙丁"]
    texts = [title * ROOM for title in "甲乙丙丁"]
    for text, case in zip(texts[:3], cases[:3], strict=True):
        states.keep(text, case)
    assert is_kept(states, texts[0], cases[0])
    states.keep(texts[3], cases[3])
    assert [is_kept(states, text, case) for text, case in zip(texts, cases, strict=True)] == [
        True,
        False,
        True,
        True,
    ]
    states.bound(ROOM)
    states.keep("戊", cases[0])
    assert not is_kept(states, texts[0], cases[0])
    assert is_kept(states, "戊", cases[0])
