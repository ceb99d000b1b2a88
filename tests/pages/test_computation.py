"""How each due instant is explained, so that a reader can do the sum."""

from datetime import UTC, datetime, timedelta

from domain.case.obligations import Obligation
from domain.case.state import Incident
from domain.steps.judge import Judge, Rejudge
from domain.terms.vocabulary import EmergencyGrade, ObligationKind, WarningLevel
from tests.domain.cast import assigned, concluded, h, published, registered, rejudged
from tests.domain.cast import judged as judged_urgent
from tests.domain.given import given
from tests.domain.lives import interim, withdrawn
from tests.domain.test_withdraw import OUT
from tests.pages import stories
from tests.pages.stories import NOON
from tests.pages.telling import OFFICE, Story, factors
from words.computation import computation, computation_warning
from words.language import Language, speak, spoken


def explained(incident: Incident, kind: ObligationKind, which: int = -1) -> str:
    """The explanation of an incident's obligation of a kind, the last one unless told."""
    return computation(_obligation(incident, kind, which), incident)


def _obligation(incident: Incident, kind: ObligationKind, which: int = -1) -> Obligation:
    return [obligation for obligation in incident.obligations if obligation.kind is kind][which]


def test_48_hours_from_discovery():
    text = explained(stories.city_management(NOON).told(), ObligationKind.RESP48)
    assert text == "发现时间 2026-09-07 10:00 + 48小时 = 2026-09-09 10:00"


def test_24_hours_from_discovery():
    text = explained(stories.explosion(NOON).told(), ObligationKind.PUB24)
    assert text == "发现时间 2026-09-07 10:00 + 24小时 = 2026-09-08 10:00"


def test_signing_counts_from_the_order_and_verification_from_the_request():
    water = stories.tap_water(NOON).told()
    assert explained(water, ObligationKind.SIGN) == "交办时间 2026-09-07 12:36 + 30分钟 = 2026-09-07 13:06"
    assert (
        explained(water, ObligationKind.VERIFY) == "核实请求时间 2026-09-07 10:18 + 2小时 = 2026-09-07 12:18"
    )


def test_the_report_counts_from_the_first_response():
    text = explained(stories.tap_water(NOON).told(), ObligationKind.REPORT_UP)
    assert text == "首次回应时间 2026-09-08 06:36 + 24小时 = 2026-09-09 06:36"


def test_rectification_counts_working_days_after_the_day_of_signing():
    text = explained(stories.city_management(NOON).told(), ObligationKind.RECTIFY)
    assert text == "签发时间 2026-09-09 10:24（当日不计） + 3个工作日 = 2026-09-14 23:59:59"


def test_an_advisory_limit_counts_from_the_occurrence():
    text = explained(stories.explosion(NOON).told(), ObligationKind.OVL_5H)
    assert text == "事发时间 2026-09-07 09:30 + 5小时 = 2026-09-07 14:30"


def test_a_promise_names_the_response_that_gave_it():
    text = explained(stories.promised(NOON).told(), ObligationKind.FOLLOW_UP)
    assert text == "阶段性回应 2026-09-07 14:30 发布，承诺 2026-09-09 02:00 前再次发布"


def raised(hours: float) -> Incident:
    """An incident of the 48-hour class that becomes one of 24 hours so long after its discovery."""
    story = ordinary()
    return story.does(hours, OFFICE, grave("伤亡核增")).told()


def ordinary() -> Story:
    story = stories.explosion(NOON, until_hours=0.1)
    judged = Judge(
        level=WarningLevel.COMPLEX_SENSITIVE,
        factors=factors(4, 4, 3, 3),
        emergency_grade=EmergencyGrade.RELATIVELY_MAJOR,
    )
    return story.does(0.4, OFFICE, judged)


def grave(reason: str) -> Rejudge:
    return Rejudge(level=WarningLevel.MAJOR_SITUATION, emergency_grade=EmergencyGrade.MAJOR, reason=reason)


def test_an_upgrade_after_19_hours_leaves_five_hours_from_the_judgement():
    text = explained(raised(22), ObligationKind.PUB24)
    assert text == (
        "改判时间 2026-09-08 08:00 + 5小时 = 2026-09-08 13:00（与发现时间 2026-09-07 10:00 +"
        " 24小时相比取较晚者）"
    )


def test_an_upgrade_shortly_before_the_old_due_instant_never_moves_it_back():
    text = explained(raised(46), ObligationKind.PUB24)
    assert text == (
        "发现时间 2026-09-07 10:00 + 48小时 = 2026-09-09 10:00（升级为24小时类时，原到期时间更早，不后移）"
    )


def test_a_downgrade_counts_48_hours_from_discovery_again():
    story = ordinary().does(22, OFFICE, grave("伤亡核增"))
    lower = Rejudge(
        level=WarningLevel.COMPLEX_SENSITIVE, emergency_grade=EmergencyGrade.RELATIVELY_MAJOR, reason="核减"
    )
    incident = story.does(60, OFFICE, lower).told()
    text = explained(incident, ObligationKind.RESP48)
    assert text == "发现时间 2026-09-07 10:00 + 48小时 = 2026-09-09 10:00"


def test_what_is_owed_again_after_a_withdrawal_counts_from_it():
    """Also where it was done late, and that was withdrawn, too: the due instant stays that of the first."""
    once = given(*OUT, withdrawn(h(60))).by(h(63))
    twice = given(*OUT, withdrawn(h(60)), published(at=h(70)), withdrawn(h(80), 2)).by(h(83))
    for case in (once, twice):
        text = explained(case.state, ObligationKind.RESP48)
        assert text == (
            "撤回时间 2026-09-09 22:00 + 2小时 = 2026-09-10 00:00（与发现时间 2026-09-07 10:00 +"
            " 48小时相比取较晚者）"
        )
    before = spoken()
    speak(Language.ENGLISH)
    try:
        text = explained(once.state, ObligationKind.RESP48)
    finally:
        speak(before)
    assert text.startswith("withdrawn 2026-09-09 22:00 + ")
    assert " = 2026-09-10 00:00 (the later of this and " in text


def test_where_its_own_due_instant_is_later_the_sum_stays():
    text = explained(given(*OUT, withdrawn(h(20))).by(h(23)).state, ObligationKind.RESP48)
    assert text == "发现时间 2026-09-07 10:00 + 48小时 = 2026-09-09 10:00"


def test_an_answer_of_the_class_in_force_owed_first_after_a_withdrawal_counts_from_it():
    lowered = rejudged(h(5), grade=EmergencyGrade.NONE, level=WarningLevel.COMPLEX_SENSITIVE)
    urgent = (registered(), judged_urgent(grade=EmergencyGrade.MAJOR), assigned(), concluded())
    case = given(*urgent, published(at=h(3)), lowered, withdrawn(h(60))).by(h(63))
    text = explained(case.state, ObligationKind.RESP48)
    assert text.startswith(
        "撤回时间 2026-09-09 22:00 + 2小时 = 2026-09-10 00:00（与发现时间 2026-09-07 10:00 + 48小时"
    )
    (opened,) = [
        event.obligation
        for event in case.happened("obligation_opened")
        if event.obligation.cause.endswith(".withdrawn")
    ]
    assert computation(opened, case.state) == text


def test_a_promise_that_is_owed_again_counts_from_the_withdrawal():
    steps = (published(at=h(20), text=interim(h(30))), published(at=h(29)), withdrawn(h(40), 2))
    text = explained(given(*OUT[:-1], *steps).by(h(43)).state, ObligationKind.FOLLOW_UP)
    assert text == "撤回时间 2026-09-09 02:00 + 2小时 = 2026-09-09 04:00（与所承诺的时间相比取较晚者）"


def test_a_year_without_a_working_calendar_is_told():
    story = stories.city_management(datetime(2027, 12, 27, 2, 0, tzinfo=UTC), until_hours=60)
    warning = computation_warning(_obligation(story.told(), ObligationKind.RECTIFY))
    assert "年的工作日历尚未录入" in warning
    assert "周一至周五" in warning


def test_a_year_with_a_calendar_needs_no_warning():
    obligation = _obligation(stories.city_management(NOON).told(), ObligationKind.RECTIFY)
    assert computation_warning(obligation) == ""
    assert obligation.due_at - NOON > timedelta(days=7)
