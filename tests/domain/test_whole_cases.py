"""Whole cases from registration to close, as the reference scenarios tell them, through the pure rules."""

from domain.law.levels import Metrics
from domain.steps.escalate import HoldTalk, SignIssue, SubmitRectification
from domain.steps.judge import Rejudge
from domain.steps.publish import EndEmergencyResponse, HoldPressConference
from domain.steps.register import RecordMetrics
from domain.steps.respond import RecordInternalReply
from domain.terms.vocabulary import (
    EmergencyGrade,
    InvolvementRole,
    KeyCategory,
    ObligationKind,
    PaperKind,
    PublicationForm,
    WarningLevel,
)
from tests.domain.cast import (
    ALICE,
    BOB,
    EVIDENCE,
    OFFICE,
    PARK,
    SUPERIOR,
    THIRD,
    TOWN,
    TOWN2,
    TOWN3,
    UNIT,
    assigned,
    closed,
    concluded,
    draft,
    handled,
    involved,
    judged,
    on,
    published,
    registered,
    registration,
    reported,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, VOID, given

RESP48, SIGN = ObligationKind.RESP48, ObligationKind.SIGN
HOT = Metrics(
    at=on("09-08", "08:50"), posts=390, reads=820000, comments=9900, local=11, municipal=3, provincial=1
)


def test_a_unit_that_stays_silent_climbs_the_whole_ladder():
    case = (
        given(
            registered(on("09-07", "10:05")),
            judged(on("09-07", "10:15"), key_categories=(KeyCategory.VITAL_INTEREST,)),
            assigned(at=on("09-07", "10:20")),
            signed_for(at=on("09-07", "10:58")),
            step(on("09-08", "08:55"), ALICE, RecordMetrics(metrics=HOT)),
            step(
                on("09-08", "09:00"),
                ALICE,
                Rejudge(reason="省级媒体介入", level=WarningLevel.COMPLEX_SENSITIVE),
            ),
            step(on("09-08", "15:00"), BOB, RecordInternalReply(note="内部说明，未对外")),
            step(on("09-09", "10:20"), ALICE, SignIssue(paper="supervision_order-1")),
            concluded(at=on("09-10", "11:00")),
            published(at=on("09-10", "14:00")),
            reported(at=on("09-11", "10:00")),
            step(on("09-15", "09:00"), ALICE, SignIssue(paper="admonitory_talk-1")),
            step(on("09-17", "15:00"), ALICE, HoldTalk(paper="admonitory_talk-1", minutes="约谈纪要")),
            step(on("09-22", "16:00"), BOB, SubmitRectification(report="整改报告")),
            handled(at=on("09-22", "17:00")),
        )
        .when(closed(on("09-25")))
        .then("closed")
    )
    answer = case.obligation(RESP48, UNIT)
    assert (answer.status, answer.breached_at, answer.fulfilled_at) == (
        BREACHED,
        on("09-09"),
        on("09-10", "14:00"),
    )
    assert (answer.overdue(on("09-25")).total_seconds(), case.obligation(SIGN, UNIT).status) == (
        28 * 3600,
        BREACHED,
    )
    assert [event.at for event in case.happened("reminder_sent")] == [
        on("09-08", "10:00"),
        on("09-08", "22:00"),
        on("09-09", "05:12"),
    ]
    ladder = [
        paper
        for paper in case.state.papers
        if paper.kind
        in {PaperKind.SUPERVISION_ORDER, PaperKind.CIRCULATED_CRITICISM, PaperKind.ADMONITORY_TALK}
    ]
    assert [(paper.kind, paper.drafted_at) for paper in ladder] == [
        (PaperKind.SUPERVISION_ORDER, on("09-09")),
        (PaperKind.CIRCULATED_CRITICISM, on("09-10")),
        (PaperKind.ADMONITORY_TALK, on("09-14", "23:59:59")),
    ]
    assert [decision.level for decision in case.state.level_path] == [
        WarningLevel.SOCIAL_HOTSPOT,
        WarningLevel.COMPLEX_SENSITIVE,
    ]
    assert case.scores(on("09-25")) == {UNIT: -6.5}


def test_three_places_and_their_department_each_answer_for_themselves():
    found = on("05-18", "09:15")
    parts = (*involved(THIRD), *involved(TOWN, TOWN2, TOWN3, role=InvolvementRole.TERRITORIAL))
    units = (THIRD, TOWN, TOWN2, TOWN3)
    answered = (on("05-19", "17:00"), on("05-19", "18:30"), on("05-20", "09:15"), on("05-20", "11:40"))
    case = given(
        registered(
            on("05-18", "09:25"), discovered_at=found, involved=parts, metrics=(), sources=_posted(found)
        ),
        judged(on("05-18", "11:20"), reason="三地联名且临近阈值"),
        assigned(THIRD, also=(TOWN, TOWN2, TOWN3), at=on("05-18", "11:30"), reason=""),
        *(signed_for(unit, on("05-18", "12:00")) for unit in units),
        concluded(at=on("05-19", "16:00")),
        *(published(unit, at=at) for unit, at in zip(units, answered, strict=True)),
    ).case
    assert [(obligation.status, obligation.fulfilled_at) for obligation in case.obligations(RESP48)[1:]] == [
        *((ON_TIME, at) for at in answered[:3]),
        (BREACHED, answered[3]),
    ]
    assert case.state.primary_status is ON_TIME
    assert [(paper.unit, paper.drafted_at) for paper in case.papers(PaperKind.SUPERVISION_ORDER)] == [
        (TOWN3, on("05-20", "09:15"))
    ]
    assert case.scores(on("05-21")) == {TOWN3: -3}


def _posted(at):
    return tuple(
        type(source)(at=at, platform=source.platform, gist="帖") for source in registration().sources
    )


def test_a_major_emergency_over_a_holiday_speaks_day_after_day():
    found, occurred = on("10-03", "06:32"), on("10-03", "06:20")
    notice, update = draft(PublicationForm.FIRST_NOTICE), draft(PublicationForm.UPDATE_NOTICE)
    case = given(
        registered(
            on("10-03", "06:35"),
            discovered_at=found,
            occurred_at=occurred,
            involved=involved(PARK),
            metrics=(),
            sources=_posted(found),
        ),
        judged(on("10-03", "07:10"), grade=EmergencyGrade.MAJOR),
        assigned(PARK, at=on("10-03", "07:15"), reason=""),
        signed_for(PARK, on("10-03", "07:22")),
        reported(OFFICE, at=on("10-03", "07:25"), to=SUPERIOR),
        published(PARK, at=on("10-03", "08:50"), text=notice, second=False),
        published(PARK, at=on("10-03", "13:00"), text=update),
        step(
            on("10-03", "19:30"), ALICE, HoldPressConference(held_at=on("10-03", "19:30"), evidence=EVIDENCE)
        ),
        reported(PARK, at=on("10-03", "20:00")),
        published(PARK, at=on("10-04"), text=update),
        published(PARK, at=on("10-05"), text=update),
        step(on("10-06"), ALICE, EndEmergencyResponse(reason="处置完毕")),
    ).by(on("10-20"))
    expected = {
        ObligationKind.PUB24: (PARK, on("10-04", "06:32"), on("10-03", "08:50")),
        ObligationKind.OVL_RPT2H: (OFFICE, on("10-03", "08:20"), on("10-03", "07:25")),
        ObligationKind.OVL_5H: (PARK, on("10-03", "11:20"), on("10-03", "08:50")),
        ObligationKind.OVL_PRESS24: (OFFICE, on("10-04", "06:20"), on("10-03", "19:30")),
        ObligationKind.REPORT_UP: (PARK, on("10-04", "08:50"), on("10-03", "20:00")),
    }
    for kind, found_ in expected.items():
        obligation = case.obligation(kind)
        assert (obligation.unit, obligation.due_at, obligation.fulfilled_at, obligation.status) == (
            *found_,
            ON_TIME,
        )
    assert [obligation.status for obligation in case.obligations(ObligationKind.CONT_UPD)] == [
        *[ON_TIME] * 4,
        VOID,
    ]
    assert case.scores(on("10-20")) == {}


def test_two_first_responsible_units_are_as_good_as_the_worse_of_them():
    second = "market_supervision"
    case = given(
        registered(involved=involved(UNIT, second)),
        judged(),
        assigned(UNIT, second),
        concluded(),
        published(),
    ).case
    assert case.state.primary_status == "open"
    case.give(published(second, at=on("09-10")))
    assert case.state.primary_status is BREACHED
    assert given(registered()).case.state.primary_status is None
