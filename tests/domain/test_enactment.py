"""A change of the law: two persons, one of them the office's principal leader,
values that make sense (R007).
"""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.law.enactment import (
    ChangeAnswer,
    ChangeOutcome,
    Enacted,
    LawChange,
    amended,
    check_answerer,
    check_fixed_days,
    check_parameters,
    check_profiles,
    check_proposer,
    enacted,
    span_of,
)
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Role
from domain.terms.workdays import DayOfYear
from storage.regulations import load_law, parameters
from tests.domain.cast import ALICE, BOB, CAROL, MALLORY, OFFICE, UNIT, h, of

PRESENT = parameters("gaoan-2020")
CITY = of(OFFICE, Role.CITY_LEADER, "chen")
PROPOSAL = LawChange(
    number=1,
    regulation="gaoan-2020",
    parameters=json.dumps({"limits.h48": "PT36H"}),
    reason="提速",
    effective_from=h(10),
    proposed_by=CAROL,
    proposed_at=h(1),
)


def reason_of(check, *arguments) -> tuple[Reason, str]:
    with pytest.raises(Refused) as caught:
        check(*arguments)
    return caught.value.reason, caught.value.detail


def confirmed(change: LawChange = PROPOSAL, at=None, by=ALICE) -> LawChange:
    answer = ChangeAnswer(outcome=ChangeOutcome.CONFIRMED, by=by, at=at or h(2))
    return replace(change, answer=answer)


@pytest.mark.parametrize(
    "values",
    [
        {"limits.h48": "PT36H"},
        {"limits.h24": "PT20H", "limits.h48": "PT40H"},
        {"limits.rectify_workdays": 5},
        {"h24_grades": ["exceptionally_major"]},
        {"overlay.mandatory": True},
        {"weights.nature": 40, "weights.intensity": 20},
        {"escalation.reminder_percents": [25, 50]},
        {"escalation.rungs": [{"after": "PT0S", "paper": "supervision_order"}]},
        {"scores.breach_48h": -2.5},
        {"overlay.limits": [{"kind": "OVL_5H", "limit": "PT4H", "from_grade": "major"}]},
    ],
)
def test_sensible_values_of_the_same_kind_may_be_proposed(values):
    check_parameters(PRESENT, values)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"limits.h48": "PT0S"}, "limits.h48"),
        ({"limits.h48": "PT48H"}, "limits.h48"),  # as it is
        ({"limits.h48": 36}, "limits.h48"),
        ({"limits.h48": "-PT36H"}, "limits.h48"),
        ({"limits.h48": "36 hours"}, "limits.h48"),
        ({"limits.h48": "P999D"}, "limits.h48"),
        ({"limits.h48": "P" + "9" * 30 + "D"}, "limits.h48"),
        ({"limits.h48": None}, "limits.h48"),
        ({"limits.rectify_workdays": 0}, "limits.rectify_workdays"),
        ({"limits.rectify_workdays": 2.5}, "limits.rectify_workdays"),
        ({"limits.rectify_workdays": True}, "limits.rectify_workdays"),
        ({"limits.heat_percent": 101}, "limits.heat_percent"),
        ({"overlay.mandatory": 1}, "overlay.mandatory"),
        ({"weights.nature": 40}, "weights"),
        ({"h24_grades": []}, "h24_grades"),
        ({"h24_grades": "major"}, "h24_grades"),
        ({"h24_grades": [1]}, "h24_grades"),
        ({"escalation.reminder_percents": [90, 50]}, "escalation.reminder_percents"),
        ({"escalation.reminder_percents": [50, 100]}, "escalation.reminder_percents"),
        ({"escalation.rungs": [{"after": "PT0S", "colour": "red"}]}, "escalation.rungs"),
        ({"overlay.limits": [{"kind": "OVL_5H", "limit": "PT0S"}]}, "overlay.limits"),
        ({"scores.breach_48h": "-3"}, "scores.breach_48h"),
        ({"scores.breach_48h": 3}, "scores.breach_48h"),
        ({"scores.base": -4}, "scores.base"),
        ({"scores.model_response": -1}, "scores.model_response"),
    ],
)
def test_values_that_make_no_sense_are_refused(values, name):
    assert reason_of(check_parameters, PRESENT, values) == (Reason.CHANGE_VALUE_WRONG, name)


@pytest.mark.parametrize(
    "name", ["limits.h36", "limits", "h48", "limits.h48.more", "regulation", "version", "title", "", "units"]
)
def test_what_is_no_parameter_cannot_be_changed(name):
    assert reason_of(check_parameters, PRESENT, {name: "PT36H"}) == (Reason.CHANGE_PARAMETER_UNKNOWN, name)


def test_a_change_of_nothing_is_none():
    assert reason_of(check_parameters, PRESENT, {}) == (Reason.MISSING_PART, "parameters")


def test_amending_leaves_the_rest_and_the_original_alone():
    after = amended(PRESENT, {"limits.h48": "PT36H"})
    assert (after["limits"]["h48"], PRESENT["limits"]["h48"]) == ("PT36H", "PT48H")
    assert after["limits"]["h24"] == "PT24H"


@pytest.mark.parametrize("actor", [BOB, of(OFFICE, Role.AUDITOR), of(OFFICE, Role.MONITOR)])
def test_only_leaders_propose_and_answer(actor):
    assert reason_of(check_proposer, actor) == (Reason.ROLE_NOT_ALLOWED, actor.role)
    for outcome in ChangeOutcome:
        assert reason_of(check_answerer, PROPOSAL, actor, outcome, OFFICE)[0] is Reason.ROLE_NOT_ALLOWED


@pytest.mark.parametrize("proposer", [CAROL, CITY, MALLORY])
def test_the_offices_principal_leader_confirms_what_another_leader_proposed(proposer):
    change = replace(PROPOSAL, proposed_by=proposer)
    check_answerer(change, ALICE, ChangeOutcome.CONFIRMED, OFFICE)


@pytest.mark.parametrize("other", [CAROL, CITY, of(OFFICE, Role.DEPUTY_LEADER, "dora")])
def test_another_leader_confirms_what_the_offices_principal_leader_proposed(other):
    check_answerer(replace(PROPOSAL, proposed_by=ALICE), other, ChangeOutcome.CONFIRMED, OFFICE)


def test_two_leaders_of_whom_none_is_the_offices_principal_leader_enact_nothing():
    for other in (MALLORY, CITY, of(OFFICE, Role.DEPUTY_LEADER, "dora"), of(UNIT, Role.PRINCIPAL_LEADER)):
        found = reason_of(check_answerer, PROPOSAL, other, ChangeOutcome.CONFIRMED, OFFICE)
        assert found == (Reason.CHANGE_OFFICE_MISSING, OFFICE)


def test_nobody_confirms_a_proposal_of_their_own_in_whatever_role():
    for proposer in (ALICE, of(UNIT, Role.DEPUTY_LEADER, "alice")):
        change = replace(PROPOSAL, proposed_by=proposer)
        found = reason_of(check_answerer, change, ALICE, ChangeOutcome.CONFIRMED, OFFICE)
        assert found == (Reason.CHANGE_SELF_CONFIRMED, "1")


def test_a_proposer_may_take_a_proposal_back_and_who_might_confirm_it_decline_it():
    for actor in (CAROL, ALICE):
        check_answerer(PROPOSAL, actor, ChangeOutcome.DECLINED, OFFICE)
    check_answerer(replace(PROPOSAL, proposed_by=ALICE), MALLORY, ChangeOutcome.DECLINED, OFFICE)
    found = reason_of(check_answerer, PROPOSAL, MALLORY, ChangeOutcome.DECLINED, OFFICE)
    assert found == (Reason.CHANGE_OFFICE_MISSING, OFFICE)


@pytest.mark.parametrize("outcome", list(ChangeOutcome))
def test_a_proposal_is_answered_once(outcome):
    found = reason_of(check_answerer, confirmed(), CITY, outcome, OFFICE)
    assert found == (Reason.CHANGE_SETTLED, ChangeOutcome.CONFIRMED)


def test_a_change_holds_from_its_day_and_never_before_it_was_confirmed():
    assert confirmed().in_force_from == h(10)
    assert confirmed(at=h(12)).in_force_from == h(12)
    assert PROPOSAL.in_force_from is None
    declined = replace(PROPOSAL, answer=ChangeAnswer(outcome=ChangeOutcome.DECLINED, by=ALICE, at=h(2)))
    assert declined.in_force_from is None


def test_changes_are_in_force_in_the_order_in_which_they_began():
    late = confirmed(replace(PROPOSAL, number=1, effective_from=h(20)))
    soon = confirmed(replace(PROPOSAL, number=2, effective_from=h(10)))
    waiting = replace(PROPOSAL, number=3)
    numbers = [[change.number for change in enacted((late, soon, waiting), h(hour))] for hour in (9, 10, 20)]
    assert numbers == [[], [2], [2, 1]]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("PT24H", timedelta(hours=24)),
        ("P1DT2H3M4S", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("P", None),
        ("PT", None),
        ("pt24h", None),
        ("PT1.5H", None),
    ],
)
def test_time_spans_are_read_to_the_letter(text, span):
    assert span_of(text) == span


YEAR = {"holidays": ["2027-01-01", "2027-02-08"], "makeup_workdays": ["2027-02-06"]}


def test_the_calendar_of_a_year_may_be_enacted():
    check_parameters(PRESENT, {"calendar.2027": YEAR})
    assert amended(PRESENT, {"calendar.2027": YEAR})["calendar"] == {"2027": YEAR}


@pytest.mark.parametrize(
    ("name", "changes", "detail"),
    [
        ("calendar.2027", {"holidays": ["2027-01-02"]}, "calendar.2027.holidays"),  # a Saturday is off anyway
        ("calendar.2027", {"makeup_workdays": ["2027-01-04"]}, "calendar.2027.makeup_workdays"),
        ("calendar.2027", {"holidays": ["2028-01-03"]}, "calendar.2027.holidays"),
        ("calendar.2027", {"holidays": ["2027-01-01", "2027-01-01"]}, "calendar.2027.holidays"),
        ("calendar.2027", {"holidays": ["20270101"]}, "calendar.2027.holidays"),
        ("calendar.2027", {"holidays": [20270101]}, "calendar.2027.holidays"),
        ("calendar.2027", {"holidays": "2027-01-01"}, "calendar.2027.holidays"),
        ("calendar.2027", {"others": []}, "calendar.2027"),
    ],
)
def test_days_that_make_no_calendar_are_refused(name, changes, detail):
    wanted = {name: {**YEAR, **changes}}
    assert reason_of(check_parameters, PRESENT, wanted) == (Reason.CHANGE_VALUE_WRONG, detail)


@pytest.mark.parametrize("name", ["calendar.27", "calendar.2027.holidays", "calendar.next"])
def test_a_calendar_is_that_of_a_year(name):
    assert reason_of(check_parameters, PRESENT, {name: YEAR}) == (Reason.CHANGE_PARAMETER_UNKNOWN, name)


def test_the_same_calendar_again_is_no_change():
    known = amended(PRESENT, {"calendar.2027": YEAR})
    assert reason_of(check_parameters, known, {"calendar.2027": YEAR}) == (
        Reason.CHANGE_VALUE_WRONG,
        "calendar.2027",
    )


def test_a_calendar_that_leaves_out_a_day_that_is_off_in_every_year_is_refused():
    new_year, national = DayOfYear(month=1, day=1), DayOfYear(month=10, day=2)  # a Friday, a Saturday
    check_fixed_days({"calendar.2027": YEAR}, (new_year, national))
    wanted = {"calendar.2027": {**YEAR, "holidays": ["2027-02-08"]}}
    assert reason_of(check_fixed_days, wanted, (new_year, national)) == (
        Reason.CHANGE_VALUE_WRONG,
        "calendar.2027.holidays",
    )


ROW = {"level": "complex_sensitive", "score": 300, "comments": 50, "media": ["local"]}
PROFILE = {"keywords": ["食堂", "校车"], "scope": "全市学校", "thresholds": [ROW]}


@pytest.mark.parametrize(
    "profile", [PROFILE, {"keywords": ["食堂"]}, {"scope": "学校"}, {"thresholds": [ROW]}]
)
def test_the_standards_of_a_unit_are_proposed_whole(profile: dict[str, object]):
    check_parameters(PRESENT, {"profiles.education_sports": profile})
    assert amended(PRESENT, {"profiles.education_sports": profile})["profiles"] == {
        "education_sports": profile
    }


@pytest.mark.parametrize(
    ("part", "profile"),
    [
        ("", {}),
        ("", "食堂"),
        ("", {"weights": 1}),
        (".keywords", {"keywords": "食堂"}),
        (".keywords", {"keywords": [""]}),
        (".keywords", {"keywords": ["a"] * 51}),
        (".scope", {"scope": "x" * 501}),
        (".scope", {"scope": "a\nb"}),
        (".thresholds", {"thresholds": [ROW, ROW]}),
        (".thresholds", {"thresholds": [{**ROW, "level": "grave"}]}),
        (".thresholds", {"thresholds": [{**ROW, "level": ["social_hotspot"]}]}),
        (".thresholds", {"thresholds": [{**ROW, "level": {}}]}),
        (".thresholds", {"thresholds": [{**ROW, "score": 501}]}),
        (".thresholds", {"thresholds": [{**ROW, "score": True}]}),
        (".thresholds", {"thresholds": [{**ROW, "comments": 0}]}),
        (".thresholds", {"thresholds": [{**ROW, "comments": 1.5}]}),
        (".thresholds", {"thresholds": [{**ROW, "media": ["village"]}]}),
        (".thresholds", {"thresholds": [{**ROW, "posts": 5}]}),
        (".thresholds", {"thresholds": [{"level": "social_hotspot"}]}),
        (".thresholds", {"thresholds": ["x"]}),
        (".thresholds", {"thresholds": {}}),
    ],
)
def test_standards_that_make_no_sense_are_refused_with_their_place(part: str, profile: object):
    refused = reason_of(check_parameters, PRESENT, {"profiles.education_sports": profile})
    assert refused == (Reason.CHANGE_VALUE_WRONG, f"profiles.education_sports{part}")


def test_standards_are_for_units_of_the_law_and_an_empty_one_gives_back_the_citys():
    assert reason_of(check_profiles, {"profiles.nobody": PROFILE}, ["tax"]) == (Reason.UNKNOWN_UNIT, "nobody")
    check_profiles({"profiles.tax": PROFILE, "limits.h48": "PT36H"}, ["tax"])
    standing = amended(PRESENT, {"profiles.tax": PROFILE})
    check_parameters(standing, {"profiles.tax": {}})
    enacted_before = (Enacted(number=1, parameters=json.dumps({"profiles.tax": PROFILE})),)
    law = load_law("gaoan-2020", 2026, enacted_before)
    profile = law.profile("tax")
    assert profile is not None
    assert (profile.keywords, profile.thresholds[0].comments) == (("食堂", "校车"), 50)
    given_back = (*enacted_before, Enacted(number=2, parameters=json.dumps({"profiles.tax": {}})))
    assert load_law("gaoan-2020", 2026, given_back).profiles == ()
