"""A case that has grown stays small, decides quickly and folds to the same:
a tenth of what a release is tried with.
"""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bounds import LARGEST_COMMAND, LONGEST_TEXT, MOST_COUNTS, MOST_ITEMS, MOST_TOLD
from domain.case.counts import thinned
from domain.case.posts import mark
from domain.case.records import Claim, ConcernAnswer
from domain.catalogue import AnyCommand
from domain.incident import decide, fold
from domain.law.levels import Metrics
from domain.rules.coverage import active_platforms
from domain.rules.heat import heat_is_down
from domain.terms.vocabulary import Platform
from storage.codec import COMMAND, INCIDENT, canonical, incident_from, incident_text
from tests.domain.cast import BOB, LAW, draft, h
from tests.domain.grown import Grown
from tests.domain.quickness import MANY_TIMES, quickest

STATE, INPUT = 256 * 1024, 512 * 1024  # bytes


@pytest.fixture(scope="module")
def grown() -> Grown:
    return Grown(share=0.1)


def test_its_state_stays_small_and_comes_back_as_it_was(grown: Grown):
    text = incident_text(grown.state)
    assert len(text.encode()) < STATE / 2
    assert len(INCIDENT.dump_json(grown.state)) < INPUT / 2
    assert incident_from(text, grown.state.law) == grown.state


def test_it_holds_no_words_and_all_of_them_stand_beside_it(grown: Grown):
    text = incident_text(grown.state)
    assert len(grown.texts) > 1_000
    assert not any(item.text[:12] in text for item in grown.texts if len(item.text) > 12)


def test_it_folds_from_its_events_to_the_same(grown: Grown):
    assert fold(event for decided in grown.decisions for event in decided.events) == grown.state


def test_items_beyond_the_bound_count_and_are_known_again(grown: Grown):
    state = grown.state
    assert len(state.sources) == MOST_ITEMS
    given = sum(one.count for one in state.beyond) + len(state.sources)
    assert given == 500 + 1
    assert active_platforms(state, grown.now) == {Platform.DOUYIN, Platform.WEIBO, Platform.WECHAT}
    assert mark("https://posts.example/499") in state.marks
    assert mark("https://posts.example/500") not in state.marks


def test_reports_and_their_papers_are_counted_on(grown: Grown):
    state = grown.state
    assert len(state.reports) == MOST_TOLD
    assert state.left("report") == 125 - MOST_TOLD
    assert state.reports[0].at < state.reports[1].at  # the first stays
    numbers = [paper.id for paper in state.papers if paper.kind == "situation_report"]
    assert numbers[0] == "situation_report-1"
    assert numbers[-1] == "situation_report-125"


def test_counts_keep_the_shape_of_their_curve():
    taken = tuple(
        Metrics(at=h(m=number * 30), posts=1_000 + min(number, 100) * 90 + min(number, 5))
        for number in range(400)
    )
    kept = thinned(taken)
    assert len(kept) == MOST_COUNTS
    assert (kept[0], kept[-1]) == (taken[0], taken[-1])
    window, percent = LAW.limits.heat_window, LAW.limits.heat_percent
    for hours in (80, 100, 120, 150, 199):
        by_then = tuple(one for one in taken if one.at <= h(hours))
        whole, thin = (
            heat_is_down(one, h(hours), window=window, percent=percent) for one in (by_then, thinned(by_then))
        )
        assert whole == thin


@given(
    st.lists(
        st.builds(
            lambda seconds, posts: Metrics(at=h(0) + timedelta(seconds=seconds), posts=posts),
            st.integers(0, 40),
            st.integers(0, 10**9),
        ),
        min_size=4,
        max_size=12,
    )
)
def test_the_count_that_is_left_out_is_the_one_missed_least_by_whole_numbers(taken: list[Metrics]):
    order = sorted(range(len(taken)), key=lambda place: (taken[place].at, place))
    missed = {}
    for a, b, c in zip(order, order[1:], order[2:], strict=False):
        whole, passed = (
            (taken[c].at - taken[a].at).total_seconds(),
            (taken[b].at - taken[a].at).total_seconds(),
        )
        off = Fraction(-1)
        if taken[b].at != taken[c].at:
            straight = Fraction((taken[c].posts - taken[a].posts) * int(passed), int(whole))
            off = abs(taken[b].posts - taken[a].posts - straight)
        missed[b] = (off, taken[b].at, b)
    least = min(missed.values())[-1]
    with patch("domain.case.counts.MOST_COUNTS", len(taken) - 1):
        assert list(thinned(tuple(taken))) == [one for place, one in enumerate(taken) if place != least]


def largest() -> Iterator[AnyCommand]:
    """Drafts as large as a step may be, each in another way."""
    yield draft(facts="电话13812345678。" * 1_400, measures="长" * 10_000, result="长" * 10_000)
    yield draft(facts="居民张建国" * 4_000, measures="王小明说" * 5_000)
    yield draft(
        claims=tuple(Claim(subject=f"第{number}项", type="number", value="3") for number in range(500))
    )
    yield draft(answers=tuple(ConcernAnswer(concern=1, paragraph="长" * 60) for _ in range(500)))


@pytest.mark.parametrize("place", range(4))
def test_the_largest_step_is_decided_quickly(grown: Grown, place: int):
    command = list(largest())[place]
    assert len(canonical(COMMAND.dump_python(command, mode="json"))) <= LARGEST_COMMAND
    assert all(len(text) <= LONGEST_TEXT for text in (command.facts, command.measures, command.result))
    asked = grown.submission(command, BOB)  # read where it is given, once
    floor = quickest(lambda: canonical(COMMAND.dump_python(command, mode="json")))
    assert quickest(lambda: decide(grown.state, asked, grown.now)) < MANY_TIMES * floor
