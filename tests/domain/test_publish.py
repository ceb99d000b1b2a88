"""对外公布: what may go out, what it proves, what it fulfils and what it promises."""

from dataclasses import replace

import pytest

from domain.case.records import Evidence
from domain.steps.publish import HoldPressConference, Publish, RecordRelay
from domain.steps.verify import Conclude
from domain.terms.refusals import Reason
from domain.terms.vocabulary import (
    EmergencyGrade,
    FactConclusion,
    ObligationKind,
    PaperKind,
    Platform,
    PublicationForm,
)
from tests.domain.cast import (
    BOB,
    EVIDENCE,
    LAW,
    MEDIA,
    SECOND,
    STRANGER,
    UNIT,
    assigned,
    concluded,
    draft,
    h,
    judged,
    of,
    promise,
    publish,
    published,
    registered,
    reviewed,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, OPEN, given
from tests.domain.outcomes import ANSWERED, PROMISED, TWO_ANSWERED, UPDATED

FORMS = PublicationForm
RESP48, FOLLOW_UP, REPORT_UP = ObligationKind.RESP48, ObligationKind.FOLLOW_UP, ObligationKind.REPORT_UP
START = (registered(), judged(), assigned(), signed_for())
URGENT = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned(), signed_for(at=h(m=25)))


def interim(until, **more):
    return draft(FORMS.INTERIM_RESPONSE, interim=promise(until), **more)


def ready(text=None, at=None):
    when = at or h(10)
    return (step(when, BOB, text or draft()), *reviewed(UNIT, when))


def test_a_publication_answers_files_its_paper_and_calls_for_a_report():
    case = given(*START, concluded()).when(*published(at=h(12))).then(*UPDATED)
    obligation = case.obligation(RESP48, UNIT)
    assert (obligation.status, obligation.fulfilled_at, obligation.evidence) == (
        ON_TIME,
        h(12),
        "publication-1",
    )
    assert case.obligation(REPORT_UP, UNIT).due_at == h(36)
    assert len(case.papers(PaperKind.SITUATION_NOTICE)) == 1


@pytest.mark.parametrize(("at", "status"), [(h(48), ON_TIME), (h(48, s=1), BREACHED)])
def test_a_response_at_the_due_second_is_on_time(at, status):
    case = given(*START, concluded()).when(*published(at=at)).then(*ANSWERED)
    assert (case.obligation(RESP48, UNIT).status, case.obligation(RESP48, UNIT).fulfilled_at) == (status, at)
    assert case.obligation(RESP48, UNIT).breached_at == (None if status is ON_TIME else h(48))


@pytest.mark.parametrize(
    ("recorded", "provisional"), [(h(48, s=1), True), (h(47 + 12), True), (h(47 + 12, s=1), False)]
)
def test_a_timely_publication_recorded_late_leaves_a_provisional_breach_for_twelve_hours(
    recorded, provisional
):
    case = given(*START, concluded()).when(*published(at=recorded, said_at=h(47))).then(*ANSWERED)
    obligation = case.obligation(RESP48, UNIT)
    assert (obligation.status, obligation.fulfilled_at, obligation.breached_at, obligation.provisional) == (
        BREACHED,
        h(47),
        h(48),
        provisional,
    )


def test_a_late_publication_is_never_provisional():
    assert (
        not given(*START, concluded())
        .when(*published(at=h(49)))
        .then(*ANSWERED)
        .obligation(RESP48, UNIT)
        .provisional
    )


def test_nothing_goes_out_before_its_reviews():
    given(*START, concluded(), step(h(9), BOB, draft())).when(step(h(10), BOB, publish(h(10)))).refused(
        Reason.REVIEW_INCOMPLETE, "draft-1"
    )


@pytest.mark.parametrize(
    ("changes", "reason", "detail"),
    [
        ({"draft": "draft-9"}, Reason.UNKNOWN_REFERENCE, "draft-9"),
        ({"published_at": h(10, s=6)}, Reason.IN_THE_FUTURE, "published_at"),
        ({"published_at": h(s=-1)}, Reason.BEFORE_OCCURRENCE, "published_at"),
        ({"channels": ()}, Reason.MISSING_PART, "channels"),
        (
            {"channels": (Platform.SUPERIOR, Platform.HOTLINE, Platform.REPORT)},
            Reason.MISSING_PART,
            "channels",
        ),
        ({"evidence": ()}, Reason.EVIDENCE_MISSING, "evidence"),
        (
            {"evidence": (Evidence(url="https://example.invalid", sha256="0" * 63),)},
            Reason.EVIDENCE_MISSING,
            "evidence.sha256",
        ),
    ],
)
def test_a_publication_with_a_fault_is_refused(changes, reason, detail):
    plain = {"draft": "draft-1", "published_at": h(10), "channels": (Platform.WECHAT,), "evidence": EVIDENCE}
    command = Publish(**{**plain, **changes})
    given(*START, concluded(), ready()).when(step(h(10), BOB, command)).refused(reason, detail)


ADDRESS = (Evidence(url="https://gaoan.example/notice/1"),)


def test_an_address_alone_proves_no_public_word():
    out = Publish(draft="draft-1", published_at=h(10), channels=(Platform.WECHAT,), evidence=ADDRESS)
    given(*START, concluded(), ready()).when(step(h(10), BOB, out)).refused(Reason.ADDRESS_ALONE, "evidence")
    held = HoldPressConference(held_at=h(10), evidence=ADDRESS)
    given(*START, concluded(), ready()).when(step(h(10), BOB, held)).refused(Reason.ADDRESS_ALONE, "evidence")


def test_an_address_stands_beside_what_was_seen():
    evidence = (*ADDRESS, *EVIDENCE)
    out = Publish(draft="draft-1", published_at=h(10), channels=(Platform.WECHAT,), evidence=evidence)
    given(*START, concluded(), ready()).when(step(h(10), BOB, out)).then(*ANSWERED)


def test_an_address_alone_bears_out_a_finding_from_the_third_edition_on():
    conclude = Conclude(value=FactConclusion.TRUE, finding="属实", evidence=ADDRESS)
    given(*START).when(step(h(10), BOB, conclude)).then("concluded")
    second = replace(LAW, edition=2, digest="edition 2")
    given(*START, law=second).when(step(h(10), BOB, conclude)).refused(
        Reason.EVIDENCE_MISSING, "evidence.sha256"
    )


@pytest.mark.parametrize(
    "channel",
    [Platform.APP, Platform.TELEVISION, Platform.RADIO, Platform.PRESS_CONFERENCE, Platform.KUAISHOU],
)
def test_a_text_goes_out_on_any_channel_that_the_public_hears(channel):
    command = Publish(draft="draft-1", published_at=h(10), channels=(channel,), evidence=EVIDENCE)
    given(*START, concluded(), ready()).when(step(h(10), BOB, command)).then(*ANSWERED)


def test_a_draft_is_published_once_and_by_its_unit():
    given(*START, concluded(), published(at=h(5))).when(step(h(6), BOB, publish(h(6)))).refused(
        Reason.ALREADY_DONE
    )
    two = (registered(), judged(), assigned(UNIT, SECOND), concluded(), ready())
    given(*two).when(step(h(10), of(SECOND), publish(h(10)))).refused(Reason.UNIT_NOT_CONCERNED, UNIT)


def test_a_unit_that_is_no_responder_publishes_nothing():
    given(registered(), ready()).when(step(h(10), BOB, publish(h(10)))).refused(Reason.UNIT_NOT_CONCERNED)


@pytest.mark.parametrize(
    "form", [FORMS.SITUATION_NOTICE, FORMS.FINAL_NOTICE, FORMS.POLICY_EXPLAINER, FORMS.PRESS_RELEASE]
)
def test_before_the_conclusion_no_final_text_goes_out(form):
    given(*URGENT, ready(draft(form))).when(step(h(10), BOB, publish(h(10)))).refused(
        Reason.CONCLUSION_MISSING, form
    )


def test_before_the_conclusion_a_notice_is_for_emergencies():
    notice = draft(FORMS.FIRST_NOTICE)
    given(*START, ready(notice)).when(step(h(10), BOB, publish(h(10)))).refused(Reason.NOT_AN_EMERGENCY)
    ordinary = (registered(), judged(grade=EmergencyGrade.ORDINARY), assigned(), ready(notice))
    assert (
        given(*ordinary)
        .when(step(h(10), BOB, publish(h(10))))
        .then(*ANSWERED)
        .obligation(RESP48, UNIT)
        .status
        is ON_TIME
    )
    designated = (registered(), judged(designated_major=True), assigned(), ready(notice))
    assert (
        given(*designated)
        .when(step(h(10), BOB, publish(h(10))))
        .then(*PROMISED)
        .obligations(ObligationKind.PUB24, UNIT)
    )


@pytest.mark.parametrize(
    ("value", "demanded"),
    [
        (FactConclusion.UNTRUE, True),
        (FactConclusion.PARTLY_TRUE, True),
        (FactConclusion.TRUE, False),
        (FactConclusion.UNVERIFIABLE, False),
    ],
)
def test_what_is_untrue_wholly_or_in_part_is_clarified(value, demanded):
    when = given(*START, concluded(value), ready(draft(clarification=" "))).when(
        step(h(10), BOB, publish(h(10)))
    )
    if demanded:
        when.refused(Reason.BLOCK_MISSING, "clarification")
    else:
        when.then(*ANSWERED)


def test_an_interim_response_counts_and_its_promise_is_owed():
    case = given(*START).when(*published(at=h(9), text=interim(h(81)))).then(*PROMISED)
    assert case.obligation(RESP48, UNIT).status is ON_TIME
    assert (case.obligation(FOLLOW_UP, UNIT).due_at, case.obligation(FOLLOW_UP, UNIT).clock_start) == (
        h(81),
        h(9),
    )
    assert len(case.papers(PaperKind.INTERIM_RESPONSE)) == 1


@pytest.mark.parametrize(
    ("until", "reason"), [(h(81, s=1), Reason.PROMISE_TOO_LATE), (h(9), Reason.INTERIM_INCOMPLETE)]
)
def test_a_promise_lies_ahead_by_three_days_at_most(until, reason):
    given(*START).when(*published(at=h(9), text=interim(until))).refused(reason)


@pytest.mark.parametrize(
    ("at", "status", "points"), [(h(30), ON_TIME, {}), (h(30, s=1), BREACHED, {UNIT: -1})]
)
def test_a_promise_is_kept_by_the_next_publication(at, status, points):
    case = (
        given(*START, published(at=h(9), text=interim(h(30))), concluded(at=h(20)))
        .when(*published(at=at))
        .then("published", "paper_drafted", "obligation_fulfilled")
    )
    assert (case.obligation(FOLLOW_UP, UNIT).status, case.scores(h(99))) == (status, points)


def test_a_promise_kept_by_another_interim_response_makes_a_new_one():
    first, second = interim(h(30)), interim(h(60))
    case = (
        given(*START, published(at=h(9), text=first)).when(*published(at=h(29), text=second)).then(*ANSWERED)
    )
    assert [(obligation.status, obligation.due_at) for obligation in case.obligations(FOLLOW_UP)] == [
        (ON_TIME, h(30)),
        (OPEN, h(60)),
    ]
    assert len(case.obligations(REPORT_UP)) == 1


def test_in_the_24_hour_class_an_interim_response_is_no_publication_and_a_notice_is():
    case = given(*URGENT).when(*published(at=h(9), text=interim(h(30)))).then(*PROMISED, "obligation_opened")
    assert case.obligation(ObligationKind.PUB24, UNIT).status is OPEN
    case.give(published(at=h(10), text=draft(FORMS.UPDATE_NOTICE)))
    assert case.obligation(ObligationKind.PUB24, UNIT).fulfilled_at == h(10)


def test_a_joint_release_answers_for_each_unit_it_names_and_no_other():
    third = "transport"
    case = (
        given(registered(), judged(), assigned(UNIT, SECOND, third), concluded())
        .when(*published(at=h(5), text=draft(co_issuers=(SECOND, STRANGER))))
        .then(*TWO_ANSWERED)
    )
    assert {obligation.unit: obligation.status for obligation in case.obligations(RESP48)[1:]} == {
        UNIT: ON_TIME,
        SECOND: ON_TIME,
        third: OPEN,
    }
    assert {obligation.unit for obligation in case.obligations(REPORT_UP)} == {UNIT, SECOND}


def test_a_joint_release_keeps_the_promise_of_a_unit_it_names():
    case = (
        given(
            registered(),
            judged(),
            assigned(UNIT, SECOND),
            published(SECOND, at=h(3), text=interim(h(9))),
            concluded(),
        )
        .when(*published(at=h(8), text=draft(co_issuers=(SECOND,))))
        .then(*UPDATED, "obligation_fulfilled")
    )
    assert case.obligation(FOLLOW_UP, SECOND).status is ON_TIME


def test_a_co_issuer_named_twice_or_naming_itself_answers_once():
    case = (
        given(*START, concluded())
        .when(*published(at=h(5), text=draft(co_issuers=(UNIT, UNIT))))
        .then(*ANSWERED)
    )
    assert (
        len([event for event in case.happened("obligation_fulfilled") if "RESP48" in event.obligation]) == 1
    )


@pytest.mark.parametrize(
    ("value", "at", "gives"),
    [(FactConclusion.TRUE, h(1), True), (FactConclusion.TRUE, h(5), True), (None, None, False)],
)
def test_the_result_publication_follows_the_conclusion(value, at, gives):
    before = (concluded(value, at),) if value else ()
    text = draft() if value else interim(h(30))
    opened = 1 if value else 2  # the report upward, and with an interim answer the next word
    answered = ("published", "paper_drafted", "obligation_fulfilled", *opened * ("obligation_opened",))
    case = given(*START, *before).when(*published(at=h(6), said_at=h(5), text=text)).then(*answered)
    assert case.state.publications[0].gives_result is gives


def test_a_final_text_out_a_second_before_the_conclusion_gives_no_result():
    case = (
        given(*START, concluded(at=h(5, s=1)))
        .when(*published(at=h(6), said_at=h(5)))
        .then("published", "paper_drafted")
    )
    assert case.state.publications[0].gives_result is False


def relay(at, *channels, authorised=True, by=MEDIA, publication="publication-1", said_at=None):
    command = RecordRelay(
        publication=publication, relayed_at=said_at or at, channels=channels, authorised=authorised
    )
    return step(at, of(by), command)


def test_a_relay_is_recorded_by_the_media_center():
    case = given(*START, concluded(), published(at=h(5))).when(relay(h(6), Platform.WEIBO)).then("relayed")
    assert case.state.publications[0].relays[0].unit == MEDIA
    assert MEDIA in case.state.concerned_units


@pytest.mark.parametrize(
    ("given_", "reason"),
    [
        (relay(h(6), Platform.WEIBO, publication="publication-9"), Reason.UNKNOWN_REFERENCE),
        (relay(h(6), Platform.WEIBO, said_at=h(4)), Reason.BEFORE_OCCURRENCE),
        (relay(h(6), Platform.WEIBO, said_at=h(7)), Reason.IN_THE_FUTURE),
        (relay(h(6)), Reason.MISSING_PART),
        (relay(h(6), Platform.WEIBO, by=STRANGER), Reason.UNIT_NOT_CONCERNED),
    ],
)
def test_a_relay_with_a_fault_is_refused(given_, reason):
    given(*START, concluded(), published(at=h(5))).when(given_).refused(reason)
