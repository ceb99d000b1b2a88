"""数据: when counts are asked for, the gap while they are missing, and the one event a day (DD-34, R305)."""

from dataclasses import replace

import pytest

from domain.case.records import Source
from domain.law.editions import SECOND_EDITION
from domain.law.levels import Metrics
from domain.purposes import Purpose
from domain.rules.counting import missing_since, next_count
from domain.steps.coordinate import GiveSuperiorFeedback, ReceiveSuperiorNotice
from domain.steps.publish import EndEmergencyResponse
from domain.steps.register import RecordMetrics
from domain.terms.vocabulary import EmergencyGrade, Platform, PublicationForm, WarningLevel
from tests.domain.cast import (
    ALICE,
    LAW,
    OFFICE,
    SUPERIOR,
    assigned,
    concluded,
    draft,
    h,
    judged,
    on,
    publish,
    published,
    registered,
    step,
)
from tests.domain.given import given

START = (registered(), judged(), assigned())  # found at 10:00, registered five minutes later
URGENT = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned())


def counted(at, posts=30, said_at=None):
    return step(
        at,
        ALICE,
        RecordMetrics(metrics=Metrics(at=said_at or at, posts=posts, reads=40000, comments=700, local=1)),
    )


def missing(case):
    return [(event.at, event.since) for event in case.happened("counts_missing")]


def due(*steps, law=LAW):
    return next_count(given(*steps, law=law).case.state)


@pytest.mark.parametrize("level", [WarningLevel.COMPLEX_SENSITIVE, WarningLevel.MAJOR_SITUATION])
def test_the_two_highest_levels_and_the_urgent_class_are_counted_every_half_hour(level):
    assert due(registered(), judged(level=level)) == h(m=35)
    assert due(*URGENT) == h(m=35)
    assert due(*URGENT, counted(h(1))) == h(1, m=30)


def test_others_are_counted_every_two_hours():
    assert due(*START) == h(2, m=5)
    assert due(*START, counted(h(2))) == h(4)


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        (on("09-07", "20:00"), on("09-07", "22:00")),
        (on("09-07", "20:00:01"), on("09-08", "07:00")),
        (on("09-08", "03:00"), on("09-08", "07:00")),
        (on("09-08", "05:00"), on("09-08", "07:00")),
    ],
)
def test_not_by_night_between_ten_and_seven(taken, expected):
    assert due(*START, counted(taken)) == expected


def test_the_urgent_ones_by_night_as_well():
    assert due(*URGENT, counted(on("09-07", "23:00"))) == on("09-07", "23:30")


def test_after_the_first_external_answer_daily_at_nine():
    answered = (*START, concluded(), *published(at=h(3)))
    assert due(*answered) == on("09-08", "09:00")
    assert due(*answered, counted(on("09-08", "08:59:59"))) == on("09-08", "09:00")
    assert due(*answered, counted(on("09-08", "09:00"))) == on("09-09", "09:00")


def test_what_answers_nobody_changes_nothing():
    text = step(h(3), ALICE, publish(h(3), anyway="已刊发"))
    notice = (*START, step(h(2), published()[0].by, draft(PublicationForm.FIRST_NOTICE)), text)
    case = given(*notice).case
    assert (case.state.publications[0].counts, next_count(case.state)) == (False, h(2, m=5))


def test_in_the_urgent_class_until_the_response_has_ended():
    text = draft(PublicationForm.FIRST_NOTICE)
    spoken = (*URGENT, *published(at=h(3), text=text))
    assert due(*spoken) == on("09-08", "09:00")
    assert due(*spoken, step(h(4), ALICE, EndEmergencyResponse(reason="处置完毕"))) is None


@pytest.mark.parametrize(
    "platform", [Platform.HOTLINE, Platform.SUPERIOR, Platform.REPORT, Platform.TELEVISION]
)
def test_where_no_public_platform_speaks_of_it_nobody_is_asked_to_count(platform):
    order = Source(at=h(), platform=platform, gist="来电")
    case = given(registered(sources=(order,)), judged(), assigned()).by(h(72))
    assert (next_count(case.state), missing(case)) == (None, [])


@pytest.mark.parametrize(("at", "gap"), [(h(2, m=5), None), (h(2, m=5, s=1), h(2, m=5))])
def test_a_gap_is_computed_when_it_is_read(at, gap):
    assert missing_since(given(*START).case.state, at) == gap


def test_the_clock_speaks_of_it_once_a_day_at_nine():
    case = given(*START).by(on("09-09", "12:00"))
    assert missing(case) == [(on("09-08", "09:00"), h(2, m=5)), (on("09-09", "09:00"), h(2, m=5))]


def test_it_brings_the_one_notice_and_no_points():
    case = given(*START).by(on("09-08", "09:00:01"))
    assert len(case.happened("counts_missing")) == 1
    case.tells((Purpose.COUNTS_MISSING, OFFICE), by="counts_missing")
    assert case.scores(on("09-08", "09:00")) == given(*START).by(on("09-07", "12:00")).scores(
        on("09-08", "09:00")
    )


@pytest.mark.parametrize(("taken", "told"), [("08:00", 0), ("06:59:59", 1), ("09:00", 0), ("09:00:01", 1)])
def test_a_count_by_nine_spares_it(taken, told):
    count = counted(on("09-08", taken))
    assert len(missing(given(*START, count).by(on("09-08", "10:00")))) == told


def test_after_an_outage_each_day_is_told_of_once_stamped_with_its_nine():
    late = step(
        on("09-10", "12:00"),
        ALICE,
        RecordMetrics(metrics=Metrics(at=h(1), posts=30, reads=40000, comments=700, local=1)),
    )
    case = given(*START, late).case
    assert [at for at, _ in missing(case)] == [on(f"09-0{day}", "09:00") for day in (8, 9)] + [
        on("09-10", "09:00")
    ]


def test_a_closed_case_is_asked_no_more():
    case = given(registered(at=h(m=5))).by(h(1)).state
    assert next_count(replace(case, closed_at=h(1))) is None


def test_cases_of_earlier_editions_hear_nothing_of_it():
    before = replace(LAW, edition=SECOND_EDITION, digest="b" * 64)
    case = given(*START, law=before).by(h(72))
    assert (next_count(case.state), missing(case)) == (None, [])


def test_the_intervals_are_data_of_the_law():
    law = replace(LAW, limits=replace(LAW.limits, count_plain=LAW.limits.count_plain * 2), digest="c" * 64)
    assert due(*START, law=law) == h(4, m=5)


def test_while_a_superior_awaits_its_feedback_every_half_hour_whatever_the_level():
    notice = ReceiveSuperiorNotice(sender=SUPERIOR, received_at=h(1), requirement="核实并回应")
    asked = (*START, step(h(1), ALICE, notice), counted(h(2)))
    assert due(*asked) == h(2, m=30)
    answered = GiveSuperiorFeedback(notice="notice-1", report="已核实")
    assert due(*asked, step(h(3), ALICE, answered)) == h(4)
