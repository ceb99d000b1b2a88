"""Who failed, as a certificate says it: as the rules have it, also where a deed,
a unit or a withdrawal came late.
"""

from dataclasses import replace

from domain.case.obligations import Obligation, ObligationPassed, ObligationVoided, Status, after
from domain.steps.escalate import SubmitRectification
from domain.terms.refusals import Reason
from domain.terms.vocabulary import EmergencyGrade, ObligationKind
from papers.certificate import PrintedBeside, statement
from papers.certificate_sheet import facts
from papers.following import following
from papers.verdicts import verdict
from tests.domain.cast import (
    BOB,
    SECOND,
    UNIT,
    assigned,
    concluded,
    draft,
    h,
    judged,
    on,
    published,
    registered,
    step,
)
from tests.domain.given import Case, given
from tests.domain.lives import START, reviewed_late, withdrawn
from tests.domain.test_appraise import asked, decided
from tests.domain.test_assign import reassigned
from tests.domain.test_calendar_rebase import LONGER, ORDERED, applied, rectified, year
from tests.domain.test_going_out import out
from tests.domain.test_late_evidence import sign
from tests.domain.test_withdraw import OUT
from words.event_text.description import describe
from words.labels import word

PROVED = (*START, concluded(), published(at=h(55), said_at=h(47)))


def told(case: Case, cause: str = "assignment-1", unit: str = UNIT) -> tuple[str, str]:
    return verdict(case.state, case.state.obligation(f"RESP48:{unit}:{cause}"), case.now)


def test_a_deed_said_to_be_in_time_and_not_accepted_is_not_told_as_late_by_nothing():
    refused = given(*PROVED, reviewed_late(h(60), accepted=False)).case
    too_late = given(*START, concluded(), published(at=h(90), said_at=h(47))).case
    for case in (refused, too_late):
        chinese, english = told(case)
        assert "其称已于 2026-09-09 09:00 办理，登记在到期之后，没有认定为按时" in chinese
        assert chinese.endswith("失责的是市城市管理局。")
        assert "补办" not in chinese
        assert "not accepted as timely" in english


def test_while_it_is_to_be_judged_nobody_has_failed():
    chinese, _ = told(given(*PROVED).case)
    assert chinese.endswith("证据后补，尚待认定。")


def test_a_unit_named_after_the_due_instant_did_not_fail_and_who_held_it_did():
    first = given(registered(), judged(), assigned(at=h(60))).case
    handed = given(*START, reassigned(h(50), SECOND)).case
    assert told(first, "registration", "-")[0].endswith("失责的是市政府办公室。")
    assert told(handed)[0].endswith("失责的是市城市管理局。")
    for case, late in ((first, UNIT), (handed, SECOND)):
        obligation = case.obligation(ObligationKind.RESP48, late)
        chinese, english = verdict(case.state, obligation, case.now)
        assert "失责的不是" in chinese
        assert "失责的是" not in chinese
        assert chinese.endswith("不计考评。")
        assert "did not fail" in english


def test_what_was_owed_again_after_a_withdrawal_says_so():
    chinese, english = told(given(*OUT, withdrawn(h(60))).by(h(70)))
    assert "此前的公布已撤回，2026-09-10 00:00 起重新应办。" in chinese
    assert "owed again" in english


def told_of(case: Case, obligation: Obligation) -> str:
    return verdict(case.state, obligation, case.now)[0]


def test_what_a_calendar_entered_later_disproves_is_not_told_as_evidence_that_was_judged():
    case = applied(given(*ORDERED, rectified(year("01-06"))), year("01-09"), LONGER).then(
        "rebased", "late_evidence_reviewed", "paper_voided"
    )
    chinese, english = verdict(case.state, case.obligation(ObligationKind.RECTIFY, UNIT), case.now)
    assert chinese.startswith(
        "按时（工作日历补齐后重新计算，原记超时不成立）：市城市管理局于 2027-01-06 10:00 完成"
    )
    assert english.startswith("On time (counted again by the working calendar entered since): done")
    assert "证据" not in chinese
    (said,) = [describe(event, case.state) for event in case.happened("late_evidence_reviewed")]
    assert "按补齐的工作日历重新计算，改记按时" in said
    assert "佐证" not in said


def test_evidence_that_was_judged_is_told_so():
    case = given(*PROVED, reviewed_late(h(60), accepted=True)).case
    assert told(case)[0].startswith("按时（证据后补，经认定）：市城市管理局于 2026-09-09 09:00 完成")
    assert told(case)[1].startswith("On time (by evidence registered late, and accepted)")


IN_EMERGENCY = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned(at=h(7)))


def test_an_advisory_limit_that_passed_and_was_then_replaced_or_voided_is_no_breach_and_ended_late():
    case = given(*IN_EMERGENCY).case
    replaced = next(
        obligation for obligation in case.obligations(ObligationKind.OVL_5H) if obligation.unit is None
    )
    assert (replaced.advisory, replaced.status) == (True, Status.SUPERSEDED)
    opened = replace(replaced, status=Status.OPEN, superseded_at=None)
    passed = after(opened, ObligationPassed(at=opened.due_at, obligation=opened.id))
    voided = after(passed, ObligationVoided(at=h(7), obligation=passed.id, cause="closed"))
    for obligation, ended in ((replaced, "由新的任务接替"), (voided, "不再需要")):
        assert told_of(case, obligation) == (
            f"提示时限 2026-09-07 15:00 已过，不计超时；2026-09-07 17:00 {ended}。没有单位失责。"
        )


def test_what_fell_with_its_ground_was_neither_advice_nor_open_when_it_had_been_missed_or_done():
    missed = given(*PROVED, sign(h(56)), reviewed_late(on("09-17"))).case
    done = given(
        *PROVED, sign(h(56)), step(h(57), BOB, SubmitRectification(report="整改")), reviewed_late(h(60))
    ).case
    chinese = told_of(missed, missed.obligation(ObligationKind.RECTIFY, UNIT))
    assert (
        chinese
        == "到期时刻 2026-09-14 23:59:59 已过，所记超时已撤回；2026-09-17 10:00 不再需要。没有单位失责。"
    )
    chinese = told_of(done, done.obligation(ObligationKind.RECTIFY, UNIT))
    assert chinese == "2026-09-09 19:00 已经办理；2026-09-09 22:00 不再需要。没有单位失责。"


def test_a_waiver_is_told_of_a_breach_alone():
    granted = (asked(h(56)), decided(h(57)))
    breached = given(*PROVED, *granted, reviewed_late(h(60), accepted=False)).case
    timely = given(*PROVED, *granted, reviewed_late(h(60), accepted=True)).case
    assert "已获容错，免予扣分；超时记录保留。" in told(breached)[0]
    assert "Deductions were waived" in told(breached)[1]
    assert timely.state.oversight.tolerates(f"RESP48:{UNIT}:assignment-1")
    assert "容错" not in told(timely)[0]
    assert "waived" not in told(timely)[1]


def test_a_waiver_that_was_refused_or_waits_is_none():
    waiting = given(*PROVED, asked(h(56))).case
    refused = given(*PROVED, asked(h(56)), decided(h(57), granted=False)).case
    for case in (waiting, refused):
        assert "容错" not in told(case)[0]


def test_what_went_out_against_the_rules_says_so_on_its_certificate():
    case = given(*START, concluded(), step(h(2), BOB, draft()), out(h(3))).case
    obligation = case.obligation(ObligationKind.RESP48, UNIT)
    publication = following(case.state, obligation, case.decisions)["publication"]
    assert publication["irregular"] == [word(Reason.REVIEW_INCOMPLETE)]
    said = statement(case.state, obligation, case.decisions, {}, PrintedBeside())
    (told_so,) = [text for name, text in facts(said, 3) if name == "公布"]
    assert told_so.endswith(f"；不合规：{word(Reason.REVIEW_INCOMPLETE)}")
