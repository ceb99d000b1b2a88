"""覆盖率: active source platforms with an authorised official publication over all active ones (R365)."""

import pytest

from domain.case.records import Source
from domain.rules.coverage import coverage_rate
from domain.steps.publish import RecordRelay
from domain.steps.register import AddSource
from domain.terms.vocabulary import Platform
from tests.domain.cast import (
    ALICE,
    BOB,
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

WEBSITE, FORUM, WEIBO, WECHAT, DOUYIN, HOTLINE, SUPERIOR, REPORT, KUAISHOU, *_ = Platform


def sources(*platforms, at=None):
    return tuple(Source(at=at or h(), platform=platform, gist="帖") for platform in platforms)


def covered(*active, on, later=()):
    text = (step(h(5), BOB, draft()), *reviewed(UNIT, h(5)), step(h(5), BOB, publish(h(5), on)))
    return given(registered(sources=sources(*active)), judged(), assigned(), concluded(), *text, *later).case


@pytest.mark.parametrize(
    ("active", "reached", "rate"),
    [
        ((DOUYIN, WECHAT, WEIBO), (WECHAT, DOUYIN, WEBSITE), 0.667),
        ((DOUYIN, WECHAT, WEIBO), (WECHAT,), 0.333),
        ((DOUYIN,), (DOUYIN, WEIBO), 1.0),
        ((DOUYIN,), (WEIBO,), 0.0),
        ((WEBSITE, FORUM), (WEBSITE,), 0.5),
        ((HOTLINE, DOUYIN, DOUYIN), (DOUYIN,), 1.0),
        ((HOTLINE, SUPERIOR, REPORT), (WEBSITE,), None),
        ((KUAISHOU, DOUYIN), (KUAISHOU, Platform.TELEVISION), 0.5),
        ((Platform.TELEVISION,), (WEBSITE,), None),
    ],
)
def test_the_rate(active, reached, rate):
    assert coverage_rate(covered(*active, on=reached).state, h(5)) == rate


def test_before_the_publication_nothing_is_covered():
    assert coverage_rate(covered(DOUYIN, on=(DOUYIN,)).state, h(5, s=-1)) == 0.0


def test_a_platform_counts_from_when_the_item_was_posted():
    later = step(h(6), ALICE, AddSource(source=sources(WEIBO, at=h(3))[0]))
    case = covered(DOUYIN, on=(DOUYIN,), later=(later,))
    assert (coverage_rate(case.state, h(5)), coverage_rate(case.state, h(2, m=59))) == (0.5, 0.0)


@pytest.mark.parametrize(("authorised", "rate"), [(True, 1.0), (False, 0.5)])
def test_only_an_authorised_relay_counts_and_from_when_it_was_made(authorised, rate):
    passed_on = RecordRelay(
        publication="publication-1", relayed_at=h(7), channels=(WEIBO,), authorised=authorised
    )
    case = covered(DOUYIN, WEIBO, on=(DOUYIN,), later=(step(h(8), of(MEDIA), passed_on),))
    assert (coverage_rate(case.state, h(6, m=59)), coverage_rate(case.state, h(7))) == (0.5, rate)
