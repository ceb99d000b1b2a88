"""What the public may read of a case: its publications alone, with what became of them,
and nothing else of it.
"""

from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from domain.case.records import Evidence, Source
from domain.case.state import Incident
from domain.case.talking_points import Exposure
from domain.steps.publish import HoldPressConference
from domain.terms.drill import DrillClock
from domain.terms.findings import Finding, PersonalDataKind
from domain.terms.refusals import Reason
from domain.terms.vocabulary import Marking, Platform
from publicity.responses import PromiseState, PublicCase, ResponsePart, Withheld, public_case
from tests.domain.cast import (
    ALICE,
    BOB,
    DISCOVERED,
    EVIDENCE,
    SECOND,
    UNIT,
    concluded,
    draft,
    h,
    published,
    registered,
    step,
)
from tests.domain.given import given
from tests.domain.lives import FIRST_EDITION, START, corrects, found_wrong, interim, withdrawn

OUT = (*START, concluded(), published(at=h(12)))


def public(incident: Incident, *units: str) -> PublicCase | None:
    return public_case(incident, {one.id: one for one in incident.drafts}, units or (UNIT,))


def of(*steps: Any, until=None) -> PublicCase | None:
    case = given(*steps).case
    return public((case.until(until) if until else case).state)


def words_in(value: Any) -> set[str]:
    """Every text inside a value but the law, which is public."""
    if isinstance(value, str):
        return {value}
    if is_dataclass(value):
        return {
            text
            for field in fields(value)
            if field.name != "law"
            for text in words_in(getattr(value, field.name))
        }
    return {text for item in value for text in words_in(item)} if isinstance(value, tuple) else set()


def test_a_publication_is_public_with_its_unit_its_instant_its_channels_and_its_text():
    case = of(*OUT)
    assert case is not None
    (one,) = case.responses
    assert (case.title, case.began_at, case.changed_at) == ("情况通报", h(12), h(12))
    assert (one.units, one.channels, one.published_at) == (("市城市管理局",), (Platform.WECHAT,), h(12))
    assert [(block.part, block.text) for block in one.blocks] == [
        (ResponsePart.FACTS, "事实"),
        (ResponsePart.MEASURES, "措施"),
        (ResponsePart.RESULT, "结果"),
        (ResponsePart.CLARIFICATION, "澄清"),
    ]
    assert (one.stands, one.withheld, one.promise, one.links) == (True, None, None, ())


def test_nothing_else_of_the_case_is_in_it():
    secrets: dict[str, Any] = {
        "title": "内部题目",
        "topic": "内部领域",
        "sources": (
            Source(
                at=DISCOVERED, platform=Platform.DOUYIN, gist="原帖摘要", url="https://example.invalid/post"
            ),
        ),
    }
    case = given(registered(None, **secrets), *OUT[1:]).case
    public_words = words_in(public(case.state))
    told = public_words & {"内部题目", "内部领域", "原帖摘要", "https://example.invalid/post", "查明"}
    assert told == set()
    names = {case.state.number, case.state.incident_id, "alice", "bob", "carol", EVIDENCE[0].url}
    assert not {text for text in public_words for name in names if name in text}


def test_what_is_not_published_is_not_public():
    text = (step(h(3), BOB, draft()),)
    assert of(*START) is None
    assert of(*START, concluded(), *text) is None


def test_a_unit_that_is_not_switched_on_says_nothing():
    case = given(*OUT).case
    assert public(case.state, SECOND) is None
    assert public_case(case.state, {one.id: one for one in case.state.drafts}, ()) is None


def test_a_drill_is_never_public():
    drill = DrillClock(epoch=DISCOVERED, origin=DISCOVERED, scale=1.0)
    case = given(*OUT, drill=drill).case
    assert case.state.publications
    assert public(case.state) is None


def test_a_case_that_ended_as_void_or_that_few_may_read_is_never_public():
    state = given(*OUT).case.state
    assert public(state) is not None
    voided = replace(state.screening, voided="登记有误")
    assert public(replace(state, screening=voided)) is None
    assert public(replace(state, readers=("alice",))) is None
    assert public(replace(state, marking=Marking.WORK_SECRET)) is None
    assert public(replace(state, marking=Marking.INTERNAL)) is not None


def test_a_withdrawn_publication_stays_with_its_text_and_says_since_when():
    case = of(*OUT, withdrawn(h(20)))
    assert case is not None
    (one,) = case.responses
    assert (one.withdrawn_at, one.stands, one.title, case.title) == (h(20), False, "情况通报", "情况通报")
    assert case.changed_at == h(20)
    assert "数据有误" not in words_in(case)  # the reason is the house's own


def test_a_correction_stands_beside_what_it_corrects():
    case = of(*OUT, found_wrong(h(14)), published(at=h(15), text=corrects(1, title="更正情况通报")))
    assert case is not None
    wrong, right = case.responses
    assert [(one.at, one.response) for one in wrong.corrections] == [(h(15), right.id)]
    assert (right.corrects, right.stands, wrong.stands) == ((wrong.id,), True, False)
    assert (case.title, case.changed_at) == ("更正情况通报", h(15))


def test_a_correction_by_a_unit_that_is_not_on_is_told_without_its_text():
    case = given(*OUT, found_wrong(h(14)), published(at=h(15), text=corrects(1))).case
    original, mended = case.state.publications
    state = replace(case.state, publications=(original, replace(mended, unit=SECOND)))
    (one,) = (public(state) or pytest.fail("nothing is public")).responses
    assert [(told.at, told.response) for told in one.corrections] == [(h(15), "")]


def test_a_promise_says_by_when_and_whether_it_came():
    promised = (*START, published(at=h(2), text=interim(h(30))))
    states = {
        PromiseState.AWAITED: of(*promised),
        PromiseState.OVERDUE: of(*promised, until=h(31)),
        PromiseState.IN_TIME: of(*promised, concluded(), published(at=h(29))),
        PromiseState.LATE: of(*promised, concluded(), published(at=h(33))),
    }
    for state, case in states.items():
        assert case is not None
        promise = case.responses[0].promise
        assert promise is not None
        assert (promise.state, promise.due_at) == (state, h(30))
    late = states[PromiseState.LATE]
    assert late is not None
    assert late.responses[0].promise.came_at == h(33)
    assert ResponsePart.VERIFYING in {block.part for block in late.responses[0].blocks}


def test_a_text_with_personal_data_that_nobody_answered_for_is_not_repeated():
    state = given(*OUT).case.state
    found = Finding(field="facts", kind=PersonalDataKind.MOBILE_NUMBER, start=0, length=2)
    exposed = replace(state, exposures=(Exposure(draft=state.drafts[0].id, findings=(found,)),))
    (one,) = public(exposed).responses
    assert (one.withheld, one.title, one.blocks) == (Withheld.PERSONAL_DATA, "", ())
    assert (one.units, one.published_at) == (("市城市管理局",), h(12))
    answered = replace(exposed, exposures=(replace(exposed.exposures[0], cleared=(1,)),))
    assert public(answered).responses[0].withheld is None
    beyond = replace(exposed, exposures=(replace(exposed.exposures[0], cleared=(1,), more=3),))
    assert public(beyond).responses[0].withheld is Withheld.PERSONAL_DATA


def test_a_text_that_went_out_with_personal_data_unread_is_not_repeated():
    state = given(*OUT).case.state
    irregular = replace(state.publications[0], irregular=(Reason.PERSONAL_DATA,))
    assert public(replace(state, publications=(irregular,))).responses[0].withheld is Withheld.PERSONAL_DATA


def test_what_the_first_edition_published_is_read_first():
    told = draft(facts="王某某，电话 13912345678，身份证号 11010519491231002X")
    clean = given(*OUT, law=FIRST_EDITION).case.state
    telling = given(*START, concluded(), published(at=h(12), text=told), law=FIRST_EDITION).case.state
    assert public(clean).responses[0].withheld is None
    assert public(telling).responses[0].withheld is Withheld.PERSONAL_DATA


def test_what_was_said_to_the_press_does_not_give_the_title_of_the_case():
    conference = HoldPressConference(
        held_at=h(6), evidence=EVIDENCE, units=(UNIT,), facts="事实如下", measures="措施如下"
    )
    case = of(registered(title="内部题目"), *OUT[1:4], concluded(), step(h(7), ALICE, conference))
    assert case is not None
    (one,) = case.responses
    assert (one.title, case.title, one.channels) == ("", "", (Platform.PRESS_CONFERENCE,))
    assert "事实如下" in words_in(case)
    assert "内部题目" not in words_in(case)


def test_a_text_that_is_not_kept_any_more_leaves_its_place():
    state = given(*OUT).case.state
    (one,) = public_case(state, {}, (UNIT,)).responses
    assert (one.withheld, one.blocks, one.published_at) == (Withheld.NOT_KEPT, (), h(12))


@pytest.mark.parametrize(
    ("url", "is_public"),
    [
        ("https://www.gaoan.gov.cn/news/1.html", True),
        ("https://weibo.com/1234/abcd", False),
        ("https://gaoan.gov.cn.example.com/1", False),
        ("https://user:secret@www.gaoan.gov.cn/1", False),
        ("https://www.gaoan.gov.cn:8443/1", False),
        ("https://www.gaoan.gov.cn/通报/1.html", True),
        ("https://elsewhere.example\\.gov.cn/1", False),  # browsers go to elsewhere.example
        ("https://elsewhere.example%2f.gov.cn/1", False),
        ("https://www.gaoan.gov.cn/1\n2", False),
        ("https://.gov.cn/1", False),
        ("https://www.gaoan.gov.cn/1?token=abc", False),
        ("javascript:alert(1)//www.gaoan.gov.cn", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_an_address_is_public_on_sites_of_the_government_alone(url: str, is_public: bool):  # noqa: FBT001
    state = given(*OUT).case.state
    proof = Evidence(url=url, sha256="a" * 64)
    state = replace(state, publications=(replace(state.publications[0], evidence=(proof,)),))
    assert public(state).responses[0].links == ((url,) if is_public else ())


def test_where_the_public_spoke_is_nobodys_to_see():
    url = "https://www.gaoan.gov.cn/letters/77.html"
    state = given(*OUT).case.state
    source = Source(at=DISCOVERED, platform=Platform.DOUYIN, gist="来信", url=url)
    proof = (Evidence(url=url, sha256="a" * 64),)
    state = replace(
        state,
        sources=(*state.sources, source),
        publications=(replace(state.publications[0], evidence=proof),),
    )
    assert public(state).responses[0].links == ()


def test_ids_do_not_give_the_number_and_stay_the_same():
    one, again = of(*OUT), of(*OUT, withdrawn(h(20)))
    assert (one.id, one.responses[0].id) == (again.id, again.responses[0].id)
    assert one.id != one.responses[0].id
    assert "publication" not in one.responses[0].id
