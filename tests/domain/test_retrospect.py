"""复盘: asked for of grave incidents, within ten working days of the close (R109, R110, DD-28)."""

import pytest

from domain.steps.retrospect import RecordRetrospective, is_asked_for, retrospective_due
from domain.terms.refusals import Reason
from domain.terms.vocabulary import WarningLevel
from tests.domain.cast import (
    ALICE,
    BOB,
    MALLORY,
    SECOND,
    assigned,
    closed,
    concluded,
    h,
    handled,
    judged,
    of,
    on,
    published,
    registered,
    rejudged,
    reported,
    step,
)
from tests.domain.given import given

GRAVE = (registered(), judged(level=WarningLevel.COMPLEX_SENSITIVE), assigned())
DONE = (concluded(), published(), reported(), handled(), closed(h(240)))  # 10:00 on Thursday, 17 September


def reviewed(at, by=BOB, **changes):
    words = {"root_cause": "管理", "prevention": "制度", "evaluation": "及时"}
    return step(at, by, RecordRetrospective(**{**words, **changes}))


def test_a_grave_incident_is_reviewed_within_ten_working_days_of_its_close():
    case = given(*GRAVE, *DONE).case
    assert is_asked_for(case.state)
    # 18, 20 (调休), 21–24 September, then 28–30, and 8 October after the holidays
    assert retrospective_due(case.state) == on("10-08", "23:59:59")


def test_before_the_close_no_day_is_set_and_lesser_incidents_are_not_asked():
    assert retrospective_due(given(*GRAVE).case.state) is None
    lesser = given(registered(), judged(), assigned(), *DONE).case
    assert (is_asked_for(lesser.state), retrospective_due(lesser.state)) == (False, None)


def test_an_incident_that_once_was_grave_is():
    down = rejudged(h(3), level=WarningLevel.SOCIAL_HOTSPOT)
    assert is_asked_for(given(*GRAVE, down).case.state)


@pytest.mark.parametrize("by", [ALICE, BOB])
def test_the_office_and_the_units_that_answered_review_until_the_archive(by):
    case = given(*GRAVE, *DONE).when(reviewed(h(300), by)).then("retrospective_recorded")
    (found,) = case.state.oversight.retrospectives
    assert (found.unit, found.root_cause, found.at) == (by.unit, "管理", h(300))
    case.give(reviewed(h(310), by))
    given(*GRAVE, *DONE).when(reviewed(h(240 + 24 * 33), by)).refused(Reason.WRONG_STAGE)


@pytest.mark.parametrize("missing", ["root_cause", "prevention", "evaluation"])
def test_each_part_is_said(missing):
    given(*GRAVE, *DONE).when(reviewed(h(300), **{missing: ""})).refused(Reason.MISSING_PART, missing)


def test_others_do_not_review():
    for by in (MALLORY, of(SECOND)):
        given(*GRAVE, *DONE).when(reviewed(h(300), by)).refused(Reason.UNIT_NOT_CONCERNED)
