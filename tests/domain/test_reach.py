"""到达率: reads of the official word over reads of the matter, and how its reads are recorded (R365)."""

from dataclasses import replace

import pytest

from domain.law.levels import Metrics
from domain.rules.indicators import indicators
from domain.rules.reach import reach_rate
from domain.steps.publish import RecordRelay
from domain.steps.reads import RecordReads
from domain.steps.register import RecordMetrics
from domain.steps.withdraw import WithdrawPublication
from domain.terms.refusals import Reason
from domain.terms.vocabulary import Platform
from tests.domain.cast import (
    ALICE,
    BOB,
    CAROL,
    EVIDENCE,
    MALLORY,
    MEDIA,
    UNIT,
    assigned,
    concluded,
    draft,
    h,
    judged,
    of,
    publish,
    registered,
    reviewed,
    step,
)
from tests.domain.given import given

ON = (Platform.WECHAT, Platform.WEBSITE)
OUT = (
    *(
        registered(metrics=()),
        judged(),
        assigned(),
        concluded(),
        step(h(5), BOB, draft()),
        *reviewed(UNIT, h(5)),
    ),
    step(h(5), BOB, publish(h(5), ON)),
)
READS = RecordReads(
    publication="publication-1",
    channel=Platform.WECHAT,
    counted_at=h(6),
    reads=3_000,
    figure_source="公众号后台",
)


def counted(hours, reads):
    return step(h(hours), ALICE, RecordMetrics(metrics=Metrics(at=h(hours), reads=reads)))


def read(hours, reads, channel=Platform.WECHAT, actor=BOB):
    return step(h(hours), actor, replace(READS, counted_at=h(hours), reads=reads, channel=channel))


def test_reads_of_all_channels_count_over_those_of_the_matter():
    case = given(*OUT, counted(6, 10_000), read(6, 3_000), read(6, 500, Platform.WEBSITE)).case
    assert reach_rate(case.state, h(6)) == 0.35
    assert indicators(case.state, h(6)).reach == 0.35


@pytest.mark.parametrize("steps", [(), (counted(6, 10_000),), (read(6, 3_000),), (counted(6, 0), read(6, 5))])
def test_without_a_figure_of_either_there_is_no_rate(steps):
    assert reach_rate(given(*OUT, *steps).case.state, h(7)) is None


def test_the_latest_figure_of_a_channel_counts_and_a_later_one_for_an_earlier_instant_changes_nothing():
    case = given(*OUT, counted(6, 10_000), read(8, 5_000)).case
    case.give(step(h(9), BOB, replace(READS, counted_at=h(6), reads=3_000)))
    assert reach_rate(case.state, h(9)) == 0.5
    assert len(case.state.publications[0].reads) == 1
    case.give(read(10, 6_000))
    assert reach_rate(case.state, h(10)) == 0.6


def test_a_relay_with_authority_is_one_of_its_channels():
    relay = RecordRelay(
        publication="publication-1", relayed_at=h(6), channels=(Platform.DOUYIN,), authorised=True
    )
    by_media = step(h(6), of(MEDIA), relay)
    case = given(*OUT, by_media, counted(7, 10_000), read(7, 2_000, Platform.DOUYIN, of(MEDIA))).case
    assert reach_rate(case.state, h(7)) == 0.2
    unauthorised = step(h(6), of(MEDIA), replace(relay, authorised=False))
    given(*OUT, unauthorised).when(read(7, 2_000, Platform.DOUYIN)).refused(Reason.UNKNOWN_REFERENCE)


def test_nobody_read_it_on_the_channel_of_a_relay_before_that_relay():
    relay = RecordRelay(
        publication="publication-1", relayed_at=h(8), channels=(Platform.DOUYIN,), authorised=True
    )
    relays = (step(h(8), of(MEDIA), replace(relay, relayed_at=h(hour))) for hour in (8, 7))
    case = given(*OUT, *relays)
    early = replace(READS, counted_at=h(7, s=-1), channel=Platform.DOUYIN)
    case.when(step(h(9), BOB, early)).refused(Reason.BEFORE_OCCURRENCE)
    case.case.give(step(h(9), BOB, replace(early, counted_at=h(7))))


def test_what_was_withdrawn_reaches_nobody_any_more():
    case = given(*OUT, counted(6, 10_000), read(6, 3_000)).case
    withdrawal = WithdrawPublication(
        publication="publication-1", withdrawn_at=h(7), reason="有误", because_of_error=True
    )
    case.give(step(h(7), CAROL, withdrawal))
    assert reach_rate(case.state, h(7)) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"publication": "publication-9"}, Reason.UNKNOWN_REFERENCE),
        ({"channel": Platform.WEIBO}, Reason.UNKNOWN_REFERENCE),
        ({"counted_at": h(5, s=-1)}, Reason.BEFORE_OCCURRENCE),
        ({"counted_at": h(9)}, Reason.IN_THE_FUTURE),
        ({"reads": -1}, Reason.COUNTS_FALL),
        ({"counted_at": h(7), "reads": 2_999}, Reason.COUNTS_FALL),
        ({"counted_at": h(5.5), "reads": 3_001}, Reason.COUNTS_FALL),
        ({"figure_source": "  "}, Reason.MISSING_PART),
    ],
)
def test_a_figure_that_cannot_be_is_refused(changes, reason):
    given(*OUT, read(6, 3_000)).when(step(h(8), BOB, replace(READS, **changes))).refused(reason)


def test_who_has_no_part_records_none():
    given(*OUT).when(step(h(6), MALLORY, READS)).refused(Reason.UNIT_NOT_CONCERNED)


def test_it_moves_no_limit_and_answers_for_nobody():
    before = given(*OUT).case.state.obligations
    assert given(*OUT, step(h(6), BOB, replace(READS, evidence=EVIDENCE))).case.state.obligations == before
