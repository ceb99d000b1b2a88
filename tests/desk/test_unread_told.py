"""Who has not acknowledged what concerns it, and since when, stands on page and board (DD-33)."""

from datetime import timedelta

from desk.board.view import board_rows
from desk.case.unread import unread_words
from domain.purposes import Purpose
from domain.terms.drill import DrillClock
from storage.unread import Unread
from tests.domain.cast import OFFICE, UNIT, assigned, h, judged, registered
from tests.domain.given import given

CASE = given(registered(), judged(), assigned()).case.state
WARNED = Unread(unit=UNIT, purpose=Purpose.WARNING, since=h(m=15))
ORDERED = Unread(unit=UNIT, purpose=Purpose.PAPER_ISSUED, since=h(1))
OF_THE_OFFICE = Unread(unit=OFFICE, purpose=Purpose.WARNING, since=h(m=20))


def test_each_unit_stands_once_with_what_it_has_left_longest():
    told = unread_words(CASE, (WARNED, OF_THE_OFFICE, ORDERED))
    assert told == (
        "市城市管理局：预警等级已确定，自 2026-09-07 10:15 起；市政府办公室：预警等级已确定，"
        "自 2026-09-07 10:20 起"
    )


def test_nothing_is_said_where_all_is_read():
    assert unread_words(CASE, ()) == ""


def test_a_row_of_the_board_says_it_of_its_incident_alone():
    (row,) = board_rows([CASE], h(2), unread={CASE.incident_id: (WARNED,), "inc-2": (ORDERED,)})
    assert row.unread.startswith("市城市管理局：")
    (row,) = board_rows([CASE], h(2))
    assert row.unread == ""


def test_in_a_drill_it_is_told_by_the_clock_of_the_case():
    drill = DrillClock(epoch=h(), origin=h(), scale=60)
    case = given(registered(), judged(), drill=drill).case.state
    one = Unread(unit=UNIT, purpose=Purpose.WARNING, since=h() + timedelta(minutes=1))
    assert "11:00" in unread_words(case, (one,))
