"""待补审: what was decided on duty and no leader has confirmed stands on page and board (DD-43)."""

from datetime import timedelta

from desk.board.view import board_row
from tests.domain.given import given
from tests.domain.test_by_rota import JUDGED_AT_NIGHT, NIGHT, NINE


def test_what_awaits_a_leaders_word_stands_on_the_row_with_its_nine_o_clock():
    incident = given(*JUDGED_AT_NIGHT).case.state
    by_night = board_row(incident, NIGHT).unconfirmed
    assert "研判" in by_night
    assert "09:00 前补审" in by_night
    assert "已逾时" not in board_row(incident, NINE).unconfirmed
    assert "已逾时" in board_row(incident, NINE + timedelta(seconds=1)).unconfirmed
