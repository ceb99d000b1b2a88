"""登记: the first events of a case, and what comes in while it runs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.case.records import Source
from domain.law.levels import Metrics
from domain.steps.register import AddSource, RecordConcern, RecordMetrics
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import (
    Audience,
    ClockStart,
    Credibility,
    ObligationKind,
    PaperKind,
    Platform,
    Stage,
    SubjectKind,
    WarningLevel,
)
from tests.domain.cast import (
    ALICE,
    BOB,
    LAW,
    MALLORY,
    OFFICE,
    UNIT,
    assigned,
    closed,
    concluded,
    h,
    handled,
    involved,
    judged,
    of,
    published,
    registered,
    registration,
    reported,
    step,
)
from tests.domain.given import BREACHED, OPEN, Case, given
from tests.domain.outcomes import REGISTERED

RESP48 = ObligationKind.RESP48


def register(**changes):
    return given().when(step(h(m=5), ALICE, registration(**changes)))


def test_registration_opens_one_response_without_unit_and_the_flash_report():
    case = register().then("registered", "obligation_opened", "paper_drafted", "metrics_recorded")
    (obligation,) = case.state.obligations
    assert (obligation.kind, obligation.unit, obligation.status) == (RESP48, None, OPEN)
    assert (obligation.clock_start, obligation.due_at, obligation.created_at) == (h(), h(48), h(m=5))
    assert [(paper.kind, paper.unit) for paper in case.state.papers] == [(PaperKind.FLASH_REPORT, OFFICE)]
    assert case.state.stage is Stage.REGISTERED


@pytest.mark.parametrize("kind", SubjectKind)
def test_each_kind_of_subject_is_registered_as_what_it_is(kind):
    assert register(subject_kind=kind).then(*REGISTERED).state.subject_kind is kind


def test_the_clock_starts_at_discovery_even_when_the_event_lies_earlier():
    case = register(occurred_at=h(-3)).then(*REGISTERED)
    assert case.obligation(RESP48).due_at == h(48)


def test_a_law_may_start_the_clock_at_occurrence():
    law = replace(LAW, clock_start=ClockStart.OCCURRED_AT, digest="occurrence")
    case = given(step(h(m=5), ALICE, registration(occurred_at=h(-3))), law=law).case
    assert case.obligation(RESP48).due_at == h(45)


def test_instants_are_kept_in_whole_seconds():
    case = register(discovered_at=h() + timedelta(microseconds=999_999)).then(*REGISTERED)
    assert case.state.discovered_at == h()
    assert case.obligation(RESP48).due_at == h(48)


def test_a_case_registered_after_its_due_instant_is_late_at_once():
    case = Case().give(step(h(48, s=1), ALICE, registration()))
    assert [event.kind for event in case.events][-2:] == ["obligation_breached", "paper_drafted"]
    assert (case.obligation(RESP48).status, case.obligation(RESP48).breached_at) == (BREACHED, h(48))


def test_a_case_registered_at_the_due_second_is_not_late_yet():
    assert Case().give(step(h(48), ALICE, registration())).obligation(RESP48).status is OPEN


@pytest.mark.parametrize(
    ("changes", "reason", "detail"),
    [
        ({"title": " "}, Reason.MISSING_PART, "title"),
        ({"sources": ()}, Reason.MISSING_PART, "sources"),
        ({"concerns": ("",)}, Reason.MISSING_PART, "concern"),
        ({"discovered_at": h(m=5, s=6)}, Reason.IN_THE_FUTURE, "discovered_at"),
        ({"occurred_at": h(m=6)}, Reason.IN_THE_FUTURE, "occurred_at"),
        ({"occurred_at": h(s=1)}, Reason.BEFORE_OCCURRENCE, "discovered_at"),
        ({"involved": involved("nowhere")}, Reason.UNKNOWN_UNIT, "nowhere"),
        (
            {"sources": (Source(at=h(1), platform=Platform.WEIBO, gist="帖"),)},
            Reason.IN_THE_FUTURE,
            "source.at",
        ),
        ({"metrics": (Metrics(at=h(1)),)}, Reason.IN_THE_FUTURE, "metrics.at"),
        ({"metrics": (Metrics(at=h(), posts=-1),)}, Reason.COUNTS_FALL, "metrics"),
        (
            {"metrics": (Metrics(at=h(), reads=5), Metrics(at=h(m=1), reads=4))},
            Reason.COUNTS_FALL,
            "metrics",
        ),
    ],
)
def test_a_registration_with_a_fault_is_refused(changes, reason, detail):
    register(**changes).refused(reason, detail)


def test_a_time_at_the_very_instant_of_registration_is_not_in_the_future():
    register(discovered_at=h(m=5)).then(*REGISTERED)


def test_any_unit_may_register_and_any_of_its_staff():
    given().when(step(h(m=5), of("agriculture", Role.MONITOR), registration())).then(*REGISTERED)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.CITY_LEADER])
def test_auditors_and_city_leaders_do_not_register(role):
    given().when(step(h(m=5), of(OFFICE, role), registration())).refused(Reason.ROLE_NOT_ALLOWED)


def test_a_unit_that_the_law_does_not_know_registers_nothing():
    given().when(step(h(m=5), of("nowhere"), registration())).refused(Reason.UNKNOWN_UNIT, "nowhere")


def test_a_case_is_registered_once():
    given(registered()).when(step(h(1), ALICE, registration())).refused(Reason.ALREADY_REGISTERED)


def test_nothing_else_opens_a_case():
    given().when(step(h(), ALICE, RecordConcern(text="何时公布"))).refused(Reason.NOT_REGISTERED)


def test_counts_suggest_a_level_as_they_come_in():
    low = registered(metrics=(Metrics(at=h(), reads=9999, comments=99),))
    metrics = RecordMetrics(metrics=Metrics(at=h(1), reads=10000, comments=99))
    case = given(low).when(step(h(1), ALICE, metrics)).then("metrics_recorded")
    assert [event.suggestion.level for event in case.happened("metrics_recorded")] == [
        WarningLevel.GENERAL_MATTER,
        WarningLevel.SOCIAL_HOTSPOT,
    ]


def test_counts_for_an_earlier_instant_may_come_in_later():
    later = RecordMetrics(metrics=Metrics(at=h(2), posts=100, reads=90000, comments=700, local=1))
    between = RecordMetrics(metrics=Metrics(at=h(1), posts=50, reads=50000, comments=650, local=1))
    case = (
        given(registered(), step(h(2), ALICE, later))
        .when(step(h(3), ALICE, between))
        .then("metrics_recorded")
    )
    latest, earlier = case.state.metrics_by(h(3)), case.state.metrics_by(h(1, m=59))
    assert (latest and latest.posts, earlier and earlier.posts) == (100, 50)


def test_counts_and_sources_are_kept_in_whole_seconds():
    at = h(1) + timedelta(microseconds=700_000)
    source = Source(at=at, platform=Platform.WEIBO, gist="跟帖")
    counts = step(
        h(2), ALICE, RecordMetrics(metrics=Metrics(at=at, posts=900, reads=90_000, comments=900, local=1))
    )
    case = given(registered()).when(counts, step(h(2), ALICE, AddSource(source=source))).then("source_added")
    assert (case.state.metrics[-1].at, case.state.sources[-1].at) == (h(1), h(1))


@pytest.mark.parametrize(("at", "posts"), [(h(3), 99), (h(1), 101)])
def test_cumulative_counts_never_fall(at, posts):
    known = RecordMetrics(metrics=Metrics(at=h(2), posts=100, reads=90000, comments=700, local=1))
    fall = RecordMetrics(metrics=Metrics(at=at, posts=posts, reads=90000, comments=700, local=1))
    given(registered(), step(h(2), ALICE, known)).when(step(h(4), ALICE, fall)).refused(Reason.COUNTS_FALL)


def test_counts_taken_again_for_one_instant_replace_those_before():
    again = RecordMetrics(metrics=Metrics(at=h(), posts=20, reads=34000, comments=610, local=1))
    case = given(registered()).when(step(h(1), ALICE, again)).then("metrics_recorded")
    latest = case.state.metrics_by(h())
    assert latest is not None
    assert latest.posts == 20


def test_concerns_are_numbered_in_order():
    case = (
        given(registered(concerns=("何时公布",)))
        .when(step(h(1), BOB, RecordConcern(text="谁负责")))
        .then("concern_recorded")
    )
    assert [(concern.number, concern.text) for concern in case.state.concerns] == [
        (1, "何时公布"),
        (2, "谁负责"),
    ]


@pytest.mark.parametrize("audience", Audience)
def test_a_concern_says_whose_it_is(audience):
    case = (
        given(registered())
        .when(step(h(1), BOB, RecordConcern(text="谁负责", audience=audience)))
        .then("concern_recorded")
    )
    assert [concern.audience for concern in case.state.concerns] == [audience]


def test_an_empty_concern_is_none():
    given(registered()).when(step(h(1), BOB, RecordConcern(text=" \n"))).refused(Reason.MISSING_PART)


def test_a_unit_without_part_adds_nothing():
    source = AddSource(source=Source(at=h(), platform=Platform.WEIBO, gist="帖"))
    given(registered()).when(step(h(1), MALLORY, source)).refused(Reason.UNIT_NOT_CONCERNED, "agriculture")


def test_sources_still_come_in_after_close():
    case = given(
        registered(), judged(), assigned(), concluded(), published(), reported(), handled(), closed()
    )
    source = AddSource(source=Source(at=h(250), platform=Platform.WEIBO, gist="帖"))
    after = case.when(step(h(250), ALICE, source)).then("source_added")
    assert after.state.sources[-1].platform is Platform.WEIBO
    assert after.state.responders == (UNIT,)


def test_an_item_bears_a_mark_of_how_far_it_is_believed():
    doubted = Source(at=h(), platform=Platform.WEIBO, gist="网传", credibility=Credibility.DOUBTFUL)
    case = given(registered(sources=(doubted,))).case.state
    assert [one.credibility for one in case.sources] == [Credibility.DOUBTFUL]
    plain = Source(at=h(1), platform=Platform.WECHAT, gist="转帖")
    later = given(registered(sources=(doubted,)), step(h(2), ALICE, AddSource(source=plain))).case.state
    assert [one.credibility for one in later.sources] == [Credibility.DOUBTFUL, None]
