"""Who decides where an office is itself the subject, and a conclusion on one's own word,
are told where people look (DD-21).
"""

from types import SimpleNamespace
from typing import Any

from desk.case.brief import brief_facts
from desk.case.status_panel import facts, part_of
from desk.ledger.view import conclusion_cell
from desk.workbench.view import sections
from domain.steps.instruct import Instruct
from domain.steps.verify import Conclude
from domain.terms.roles import Role
from domain.terms.vocabulary import FactConclusion
from tests.domain.cast import (
    CYBERSPACE,
    EVIDENCE,
    OFFICE,
    UNIT,
    assigned,
    concluded,
    h,
    involved,
    judged,
    of,
    registered,
    step,
)
from tests.domain.given import given
from words.event_text.description import describe
from words.wording import moment

DEPUTY = of("deputy_mayor", Role.PRINCIPAL_LEADER)


def test_the_page_says_who_decides_and_who_still_takes_in():
    named = step(h(m=10), DEPUTY, Instruct(text="请代行", to=("discipline",), stand_in="discipline"))
    case = given(registered(involved=involved(OFFICE))).when(named).then("instructed", "coordinators_named")
    told = "研判、交办、办结、签发由 市纪委监委、分管副市长 行使；接收、提示、上报仍由 市政府办公室 承担"
    assert ("职权分工", told) in facts(case.state, h(1))
    assert part_of(case.state, "discipline") == "组织协调"
    (event,) = case.happened("instructed")
    assert describe(event, case.state).endswith("；由 市纪委监委 代行市政府办公室职权")


def test_it_says_who_has_the_share_of_the_cyberspace_office():
    case = given(registered(involved=involved(CYBERSPACE))).case
    assert ("职权分工", "市网信办 的职责由 市委宣传部 承担") in facts(case.state, h(1))


def test_it_says_that_the_office_decides_its_own_case_where_all_who_could_stand_in_are_accountable():
    everybody = involved(OFFICE, "publicity_dept", "deputy_mayor", "mayor")
    state = given(registered(involved=everybody)).case.state
    assert state.powers.deciding == (OFFICE,)
    told = "可代行的单位均涉事，市政府办公室 在自身涉事中仍行使研判、交办、办结、签发，请报上级督办"
    assert ("职权分工", told) in facts(state, h(1))


def test_the_first_limit_shows_with_who_judges_and_not_with_the_office_that_is_the_subject():
    state = given(registered(involved=involved(OFFICE))).case.state
    head, alice = of("publicity_dept", Role.PRINCIPAL_LEADER), of(OFFICE, Role.PRINCIPAL_LEADER)
    (judging,) = [item for item in items_of(state, head) if item.href.endswith("/judge")]
    assert (judging.due, judging.lamp is not None) == (moment(state.response_due_at), True)
    assert not [item for item in items_of(state, alice) if item.due is not None]


def items_of(state, actor):
    return [
        task for section in sections([state], actor, h(m=5)) for case in section.cases for task in case.tasks
    ]


def test_it_says_nothing_where_neither_is_the_subject():
    assert "职权分工" not in dict(facts(given(registered()).case.state, h(1)))


def test_a_conclusion_on_ones_own_word_is_marked_on_page_brief_ledger_and_timeline():
    own = step(h(1), of(UNIT), Conclude(value=FactConclusion.TRUE, finding="查明", evidence=EVIDENCE))
    case = given(registered(), judged(), assigned()).when(own).then("concluded")
    page: Any = SimpleNamespace(facts=facts(case.state, h(1)))
    mark = "属实（仅据涉事单位自述）"
    assert dict(brief_facts(page))["核实结论"].startswith(mark)
    assert conclusion_cell(case.state, h(2)) == mark
    assert describe(case.happened("concluded")[0], case.state).startswith(mark)


def test_one_that_rests_on_others_is_not():
    case = given(registered(), judged(), assigned(), concluded()).case
    assert conclusion_cell(case.state, h(2)) == "属实"
