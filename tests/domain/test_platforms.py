"""平台与渠道名录: one register in the data, frozen with the law,
says where one listens and where one publishes (DD-32, R365).
"""

from dataclasses import replace

import pytest

from domain.case.records import Source
from domain.law.editions import SECOND_EDITION
from domain.law.platforms import BEFORE_THE_REGISTER, PlatformEntry, PlatformKind
from domain.rules.coverage import coverage_rate
from domain.steps.publish import RecordRelay
from domain.steps.register import AddSource
from domain.terms.refusals import Reason
from domain.terms.vocabulary import Platform
from tests.domain.cast import (
    ALICE,
    BOB,
    LAW,
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
from tests.domain.outcomes import ANSWERED

SQUARE = PlatformEntry(
    code="town_square",
    zh="镇里广场",
    en="Town square",
    kind=PlatformKind.PUBLIC,
    coverage=True,
    publishing=True,
)
NOT_COUNTED = replace(SQUARE, code="mail_group", coverage=False)
WIDER = replace(LAW, digest="w" * 64, platforms=(*LAW.platforms, SQUARE, NOT_COUNTED))
BEFORE = replace(LAW, digest="b" * 64, edition=SECOND_EDITION, platforms=())


def came_in(platform):
    return AddSource(source=Source(at=h(), platform=platform, gist="帖"))


def ready(law=LAW, *platforms):
    sources = tuple(Source(at=h(), platform=one, gist="帖") for one in platforms or (Platform.WEIBO,))
    text = (step(h(5), BOB, draft()), *reviewed(UNIT, h(5)))
    return given(registered(sources=sources), judged(), assigned(), concluded(), *text, law=law)


def test_the_platforms_that_people_read_today_are_in_from_the_start():
    kinds = {entry.code: entry.kind for entry in LAW.platforms}
    public = ("kuaishou", "toutiao", "tieba", "xiaohongshu", "bilibili", "zhihu", "wechat_channels")
    assert {code: kinds.get(code) for code in public} == dict.fromkeys(public, PlatformKind.PUBLIC)
    ours = {"app", "television", "radio", "press_conference"}
    assert {entry.code for entry in LAW.platforms if entry.code in ours and entry.publishing} == ours


def test_every_code_of_earlier_releases_stands_in_the_register():
    assert {entry.code for entry in LAW.platforms} >= {one.value for one in Platform}


def test_the_register_says_of_each_what_the_rules_said_before():
    assert {(one.code, one.coverage, one.publishing) for one in LAW.platforms} == {
        (one.code, one.coverage, one.publishing) for one in BEFORE_THE_REGISTER
    }


@pytest.mark.parametrize("code", ["hotline", "superior", "report"])
def test_what_is_a_source_alone_counts_for_nothing_and_carries_no_text(code):
    entry = LAW.platform(code)
    assert (entry.kind.value, entry.coverage, entry.publishing) == (code, False, False)


def test_a_platform_of_the_data_is_a_source_a_channel_and_counts():
    case = (
        ready(WIDER, "town_square", "weibo")
        .when(step(h(5), BOB, publish(h(5), ("town_square",))))
        .then(*ANSWERED)
    )
    assert coverage_rate(case.state, h(5)) == 0.5


def test_a_platform_counts_only_where_its_entry_says_so():
    case = (
        ready(WIDER, "mail_group", "weibo")
        .when(step(h(5), BOB, publish(h(5), ("mail_group",))))
        .then(*ANSWERED)
    )
    assert coverage_rate(case.state, h(5)) == 0.0


@pytest.mark.parametrize("law", [LAW, BEFORE])
def test_a_source_on_a_platform_that_is_not_in_the_law_of_the_case_is_refused(law):
    case = given(registered(), law=law).when(step(h(1), ALICE, came_in("town_square")))
    case.refused(Reason.UNKNOWN_PLATFORM, "town_square")


def test_a_registration_of_one_is_refused_as_well():
    source = Source(at=h(), platform="town_square", gist="帖")
    given().when(registered(sources=(source,))).refused(Reason.UNKNOWN_PLATFORM, "town_square")


def test_a_text_goes_out_on_nothing_that_the_law_of_the_case_does_not_name():
    ready().when(step(h(5), BOB, publish(h(5), ("weibo", "town_square")))).refused(
        Reason.UNKNOWN_PLATFORM, "town_square"
    )


@pytest.mark.parametrize("code", ["hotline", "superior", "report"])
def test_no_text_is_said_to_be_out_where_only_sources_come_from(code):
    ready().when(step(h(5), BOB, publish(h(5), ("weibo", code)))).refused(Reason.SOURCE_ALONE, code)


def test_nor_is_one_passed_on_there():
    relay = RecordRelay(publication="publication-1", relayed_at=h(6), channels=("report",), authorised=True)
    out = step(h(5), BOB, publish(h(5), ("weibo",)))
    ready().when(out, step(h(7), of(MEDIA), relay)).refused(Reason.SOURCE_ALONE, "report")


def test_a_case_of_an_earlier_edition_names_them_beside_a_channel_as_before():
    case = ready(BEFORE).when(step(h(5), BOB, publish(h(5), ("weibo", "report")))).then(*ANSWERED)
    assert case.state.publications[0].channels == ("weibo", "report")
