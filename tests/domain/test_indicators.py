"""时、度、效 of an incident: how soon each stage was reached, level beside form,
and how the answer was taken (R102).
"""

from datetime import timedelta

import pytest

from domain.case.records import Source
from domain.law.levels import Metrics
from domain.rules.forms import FormBasis
from domain.rules.indicators import indicators
from domain.rules.phases import OpinionPhase, phase
from domain.steps.register import RecordMetrics
from domain.steps.screen import ExcludeSource
from domain.terms.copies import changed
from domain.terms.vocabulary import Platform, PublicationForm, WarningLevel
from storage.projection import incident_values
from tests.domain.cast import (
    ALICE,
    LAW,
    assigned,
    concluded,
    draft,
    h,
    judged,
    promise,
    published,
    registered,
    step,
)
from tests.domain.given import given

ANSWERED = h(30)


def counted(hour: float, posts: int):
    return step(h(hour), ALICE, RecordMetrics(metrics=Metrics(at=h(hour), posts=posts)))


def told(*later):
    first = (Metrics(at=h(), posts=100),)
    begun = (registered(metrics=first), judged(), assigned(), concluded(), counted(24, 1100))
    return given(*begun, *published(at=ANSWERED), *later).case.state


def test_each_stage_is_timed_from_the_discovery_and_from_the_stage_before_in_time():
    stages = indicators(told(), h(40)).stages
    assert [(one.stage, one.since_discovery, one.since_former) for one in stages] == [
        ("detected", timedelta(0), timedelta(0)),
        ("collected", timedelta(minutes=5), timedelta(minutes=5)),
        ("judged", timedelta(minutes=15), timedelta(minutes=10)),
        ("verified", timedelta(hours=1), timedelta(minutes=45)),
        ("responded", timedelta(hours=30), timedelta(hours=29)),
    ]


def test_what_comes_later_than_the_instant_is_not_told_yet():
    early = indicators(told(counted(48, 1200)), h(29))
    assert [one.stage for one in early.stages] == ["detected", "collected", "judged", "verified"]
    assert (early.forms, early.heat) == ((), None)


def test_the_level_stands_beside_the_forms_that_went_out_and_the_one_that_fits():
    found = indicators(told(), h(40))
    assert found.level is WarningLevel.SOCIAL_HOTSPOT
    assert found.forms == (PublicationForm.SITUATION_NOTICE,)
    assert found.suggestion is not None
    assert (found.suggestion.form, found.suggestion.basis) == (
        PublicationForm.SITUATION_NOTICE,
        FormBasis.CONCLUDED,
    )


def test_heat_after_the_answer_is_the_last_counted_day_beside_the_hottest_before():
    assert indicators(told(), h(40)).heat is None  # not counted since the answer
    heat = indicators(told(counted(48, 1200), counted(72, 1210)), h(80)).heat
    assert heat is not None
    assert (heat.counted_at, heat.new, heat.hottest_before) == (h(72), 10, 1000)


def test_it_says_how_long_after_the_first_post_it_was_discovered():
    posts = (
        Source(at=h(-3), platform=Platform.WEIBO, gist="首帖"),
        Source(at=h(1), platform=Platform.WECHAT, gist="后帖"),
    )
    case = given(registered(at=h(2), sources=posts), judged(at=h(2))).case
    assert indicators(case.state, h(3)).found_after == timedelta(hours=3)
    excluded = step(h(3), ALICE, ExcludeSource(item=1, reason="与本事无关"))
    case.give(excluded)
    assert indicators(case.state, h(4)).found_after is None


def course(*counts, at=60):
    later = [counted(hour, posts) for hour, posts in counts]
    return phase(given(registered(metrics=()), *later).case.state, h(at))


def test_the_course_is_latent_forms_breaks_out_and_fades_by_its_counts():
    assert course() is None
    assert course((1, 19)) is OpinionPhase.LATENT
    assert course((1, 20)) is OpinionPhase.FORMING
    assert course((1, 20), (24, 800)) is OpinionPhase.FORMING
    assert course((1, 20), (24, 800), (48, 959)) is OpinionPhase.FADING
    assert course((1, 20), (24, 800), (48, 960)) is OpinionPhase.FORMING
    assert course((1, 20), (24, 800), (48, 959), at=25) is OpinionPhase.FORMING


def test_counts_that_call_for_the_third_level_are_an_outbreak():
    grave = next(row for row in LAW.thresholds if row.level is WarningLevel.COMPLEX_SENSITIVE)
    assert grave.reads is not None
    for reads, told_as in ((grave.reads - 1, OpinionPhase.FORMING), (grave.reads, OpinionPhase.OUTBREAK)):
        taken = step(h(1), ALICE, RecordMetrics(metrics=Metrics(at=h(1), posts=400, reads=reads)))
        assert phase(given(registered(metrics=()), taken).case.state, h(2)) is told_as


@pytest.mark.parametrize(("said_at", "soon"), [(h(5), True), (h(5, s=1), False)])
def test_the_first_word_is_counted_against_the_limit_of_the_upper_rules(said_at, soon):
    begun = (registered(), judged(), assigned(), concluded())
    case = given(*begun, *published(at=said_at), *published(at=h(20))).case.state
    assert indicators(case, h(4)).first_word is None
    first = indicators(case, h(40)).first_word
    assert first is not None
    assert (first.after, first.figure, first.is_soon) == (said_at - h(), timedelta(hours=5), soon)


@pytest.mark.parametrize(("said_at", "after", "soon"), [(h(3), 5, True), (h(3, s=1), 5, False)])
def test_the_first_word_counts_from_the_occurrence_where_that_is_known_as_its_limit_does(
    said_at, after, soon
):
    begun = (registered(occurred_at=h(-2)), judged(), assigned(), concluded())
    first = indicators(given(*begun, *published(at=said_at)).case.state, h(40)).first_word
    assert first is not None
    assert (first.after - (said_at - h(3)), first.is_soon) == (timedelta(hours=after), soon)
    assert first.from_occurrence


def test_what_was_said_before_anybody_discovered_it_took_no_time():
    begun = (registered(occurred_at=h(-2)), judged(), assigned(), concluded())
    text = draft(PublicationForm.INTERIM_RESPONSE, interim=promise(h(30)))
    early = given(*begun, *published(at=h(2), said_at=h(-1), text=text)).case.state
    found = indicators(early, h(3))
    assert found.first_word is not None
    assert found.first_word.after == timedelta(hours=1)
    assert {one.stage: one.since_discovery for one in found.stages}["responded"] == timedelta(0)
    assert incident_values(early)["responded_after"] == 0
    late = changed(early, occurred_at=None)  # a clock that was corrected, the occurrence unknown
    assert (found_late := indicators(late, h(3)).first_word) is not None
    assert (found_late.after, found_late.from_occurrence) == (timedelta(0), False)
