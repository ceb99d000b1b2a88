"""The State Council's rules of 2016, as data alone:
the same course under other limits, another clock and other clauses.
"""

from dataclasses import replace
from datetime import datetime

import pytest

from domain.law.articles import CITED_BEFORE, Article, clause_of
from domain.law.regulation import Law
from domain.rules.scores import MissedLimits, missed_limits
from domain.steps.publish import HoldPressConference
from domain.terms.vocabulary import EmergencyGrade, ObligationKind, PaperKind, PublicationForm
from storage.regulations import load_law, regulations
from tests.domain.cast import (
    ALICE,
    EVIDENCE,
    LAW,
    OFFICE,
    TOWN,
    TOWN2,
    UNIT,
    assigned,
    draft,
    h,
    involved,
    judged,
    published,
    registered,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, OPEN, PASSED, Case, given
from tests.domain.outcomes import TWO_ASSIGNED

UPPER = load_law("state-council-2016", 2026)
MAJOR = EmergencyGrade.MAJOR
RESP48, PUB24 = ObligationKind.RESP48, ObligationKind.PUB24
RPT2H, FIVE_HOURS, PRESS24 = ObligationKind.OVL_RPT2H, ObligationKind.OVL_5H, ObligationKind.OVL_PRESS24
HAPPENED = h(-2)  # two hours before anybody noticed
ANSWERED, PRESS = h(4), h(23)
NOTICE = draft(PublicationForm.FIRST_NOTICE)


def course(law: Law, answered: datetime = ANSWERED) -> Case:
    """The same emergency: judged major, answered after four hours, a press conference after 23."""
    return given(
        registered(occurred_at=HAPPENED),
        judged(grade=MAJOR),
        assigned(),
        signed_for(at=h(m=25)),
        published(at=answered, text=NOTICE),
        step(PRESS, ALICE, HoldPressConference(held_at=PRESS, evidence=EVIDENCE)),
        law=law,
    ).by(h(26))


def test_the_clock_runs_from_the_occurrence_there_and_from_discovery_here():
    assert course(UPPER).obligation(PUB24).due_at == h(22)
    assert course(LAW).obligation(PUB24).due_at == h(24)


def test_an_occurrence_that_nobody_knows_leaves_discovery():
    assert given(registered(), law=UPPER).case.obligation(RESP48).due_at == h(48)


def test_the_upper_limits_bind_there_and_pass_here():
    there, here = course(UPPER), course(LAW)
    assert (there.obligation(FIVE_HOURS).status, there.obligation(FIVE_HOURS).breached_at) == (BREACHED, h(3))
    assert (there.obligation(PRESS24).status, there.obligation(PRESS24).breached_at) == (BREACHED, h(22))
    assert {here.obligation(kind).status for kind in (FIVE_HOURS, PRESS24)} == {PASSED}
    assert (there.obligation(PUB24).status, here.obligation(PUB24).status) == (ON_TIME, ON_TIME)


def test_the_provincial_two_hours_are_no_rule_of_the_state_council():
    assert course(UPPER).obligations(RPT2H) == ()
    assert course(LAW).obligation(RPT2H).unit == OFFICE


def test_missed_upper_limits_are_counted_apart_and_cost_nothing():
    case = course(UPPER)
    assert missed_limits(case.state) == MissedLimits(statutory=0, upper_rules=2, other=0)
    assert missed_limits(course(LAW).state) == MissedLimits(statutory=0, upper_rules=0, other=0)
    assert case.scores(h(26)) == {}
    assert not case.state.is_supervised
    assert case.papers(PaperKind.SUPERVISION_ORDER) == ()


def test_a_statutory_breach_there_is_counted_as_one():
    case = course(UPPER, answered=h(22, s=1))
    assert missed_limits(case.state) == MissedLimits(statutory=1, upper_rules=2, other=0)
    assert case.scores(h(26)) == {UNIT: UPPER.scores.breach_24h}
    assert len(case.papers(PaperKind.SUPERVISION_ORDER)) == 1


def test_a_law_may_give_points_to_missed_upper_limits():
    scored = replace(UPPER, scores=replace(UPPER.scores, overlay_missed=-1), digest="scored")
    assert course(scored).scores(h(26)) == {UNIT: -1, OFFICE: -1}


def test_obligations_and_papers_cite_the_law_they_run_under():
    there, here = course(UPPER), course(LAW)
    assert (there.obligation(PUB24).clause, there.obligation(RESP48).clause) == ("61号#1", "61号#2")
    assert (there.obligation(FIVE_HOURS).clause, there.obligation(PRESS24).clause) == ("80号#1", "61号#1")
    assert (here.obligation(PUB24).clause, here.obligation(FIVE_HOURS).clause) == ("三(三)#4", "overlay")
    breaches = {event.clause for event in there.happened("obligation_breached")}
    assert breaches == {"80号#1", "61号#1"}
    cited = {obligation.clause for obligation in there.state.obligations} | {
        paper.clause for paper in there.state.papers
    }
    assert not any(clause.startswith(("一", "二", "三", "四")) for clause in cited)


def test_what_that_law_does_not_say_is_cited_by_nothing():
    assert course(UPPER).obligation(ObligationKind.SIGN).clause == ""


@pytest.mark.parametrize(("law", "first", "also"), [(LAW, TOWN, UNIT), (UPPER, UNIT, TOWN)])
def test_one_place_comes_first_here_and_the_department_there(law, first, also):
    case = given(registered(involved=involved(TOWN, UNIT)), judged(), law=law).when(
        assigned(first, also=(also,), reason="")
    )
    assignment = case.then(*TWO_ASSIGNED).state.assignment
    assert (assignment.first, assignment.also) == ((first,), (also,))


@pytest.mark.parametrize(("law", "clause"), [(LAW, "二#4"), (UPPER, "61号#5")])
def test_several_places_are_the_competent_departments_matter_by_either(law, clause):
    start = registered(involved=involved(TOWN, TOWN2, UNIT))
    case = given(start, judged(), assigned(UNIT, also=(TOWN, TOWN2), reason=""), law=law).case
    assert case.happened("assigned")[0].clause == clause


def test_laws_stored_without_articles_cite_as_in_the_first_release():
    stored = replace(LAW, articles=())
    assert all(stored.clause(article) == clause for article, clause in CITED_BEFORE.items())


def test_a_clause_of_the_first_release_stands_for_its_article():
    assert (
        clause_of("三(三)#4", UPPER.articles)
        == clause_of(Article.STATUTORY_LIMIT, UPPER.articles)
        == "61号#2"
    )
    assert clause_of("第九条", UPPER.articles) == "第九条"


def test_units_and_calendar_are_shared_and_not_copied():
    assert set(regulations()) >= {"gaoan-2020", "state-council-2016"}
    assert (UPPER.units, UPPER.calendar, UPPER.offices) == (LAW.units, LAW.calendar, LAW.offices)
    assert UPPER.digest != LAW.digest


def test_the_first_clock_is_open_until_it_is_due():
    case = given(registered(occurred_at=HAPPENED), law=UPPER).case
    assert (case.obligation(RESP48).status, case.obligation(RESP48).due_at) == (OPEN, h(46))
