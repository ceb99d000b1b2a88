"""Who failed, as a certificate says it: as the rules have it, also where a deed, a unit or a withdrawal came late."""

from domain.terms.vocabulary import ObligationKind
from papers.certificate import verdict
from tests.domain.cast import (
    SECOND,
    UNIT,
    assigned,
    concluded,
    h,
    judged,
    published,
    registered,
)
from tests.domain.given import Case, given
from tests.domain.lives import START, reviewed_late, withdrawn
from tests.domain.test_assign import reassigned
from tests.domain.test_withdraw import OUT

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
        duty = case.duty(ObligationKind.RESP48, late)
        chinese, english = verdict(case.state, duty, case.now)
        assert "失责的不是" in chinese
        assert "失责的是" not in chinese
        assert chinese.endswith("不计考评。")
        assert "did not fail" in english


def test_what_was_owed_again_after_a_withdrawal_says_so():
    chinese, english = told(given(*OUT, withdrawn(h(60))).by(h(70)))
    assert "此前的公布已撤回，2026-09-10 00:00 起重新应办。" in chinese
    assert "owed again" in english
