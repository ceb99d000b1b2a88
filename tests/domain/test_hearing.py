"""谁知道、多快知道: whom a notice goes to by level, class and purpose,
and whom it climbs to while it is unread (DD-33).
"""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.case.obligations import Obligation, Status
from domain.case.records import PaperStatus
from domain.case.state import Incident
from domain.hearing import (
    Call,
    Hearer,
    climb,
    has_lapsed,
    next_hearer,
    not_before,
    rungs,
)
from domain.law.hearing_table import BEFORE_THE_TABLE, HearingTableError, Recipient, ToldPost, Wait
from domain.purposes import Purpose
from domain.terms.copies import changed
from domain.terms.vocabulary import ObligationKind, ResponseClass, WarningLevel
from domain.terms.workdays import SHANGHAI
from rehearsals.document import load
from rehearsals.folding import fold_rehearsal
from tests.domain.cast import LAW, on

[FOLDED] = fold_rehearsal(load(Path(__file__).parents[2] / "rehearsals" / "P5.yaml"))
L1, L2, L3, L4 = WarningLevel
H24, H48 = ResponseClass.H24, ResponseClass.H48
NOON = on("09-09", "12:00")
UNIT = {Recipient.UNIT, Recipient.OFFICE}
LED = UNIT | {Recipient.DEPUTY_LEADER}
GRAVE = LED | {Recipient.PRINCIPAL_LEADER, Recipient.CYBERSPACE_OFFICE, Recipient.PUBLICITY_DEPARTMENT}
URGENT = GRAVE | {Recipient.DEPUTY_MAYOR}
EVERYBODY = frozenset(Recipient)
BACKUP, DEPUTY, PRINCIPAL, MAYOR = (
    Hearer.BACKUP,
    Hearer.DEPUTY_LEADER,
    Hearer.PRINCIPAL_LEADER,
    Hearer.DEPUTY_MAYOR,
)


def call(
    purpose: Purpose = Purpose.WARNING,
    level: WarningLevel | None = L1,
    response_class: ResponseClass = H48,
    sent_at: datetime = NOON,
    kind: ObligationKind | None = None,
) -> Call:
    return Call(purpose=purpose, level=level, response_class=response_class, sent_at=sent_at, kind=kind)


def breach(
    kind: ObligationKind = ObligationKind.RESP48,
    level: WarningLevel = L1,
    response_class: ResponseClass = H48,
    sent_at: datetime = NOON,
) -> Call:
    return call(Purpose.BREACH, level, response_class, sent_at, kind)


def minutes(item: Call) -> list[tuple[float, Hearer]]:
    return [((at - item.sent_at) / timedelta(minutes=1), hearer) for at, hearer in climb(item)]


@pytest.mark.parametrize(
    ("item", "recipients"),
    [
        (call(level=None), UNIT),
        (call(level=L1), UNIT),
        (call(level=L2), LED),
        (call(level=L3), GRAVE),
        (call(level=L4), EVERYBODY),
        (call(level=L1, response_class=H24), URGENT),
        (call(level=L4, response_class=H24), EVERYBODY),
        (breach(ObligationKind.RESP48), GRAVE),
        (breach(ObligationKind.PUB24), GRAVE),
        (breach(ObligationKind.SUP_FB, L2), GRAVE),
        (call(Purpose.PAPER_ISSUED, L2), LED),
        (call(Purpose.INSTRUCTED, L3), GRAVE),
        (breach(ObligationKind.SIGN, L4), {Recipient.UNIT}),
        (call(Purpose.REMINDER, L4, H24), {Recipient.UNIT}),
        (call(Purpose.TO_DO, L4), {Recipient.UNIT}),
    ],
)
def test_level_class_and_purpose_say_who_is_told(item: Call, recipients: set[Recipient]):
    assert set(item.recipients()) == recipients
    assert len(item.recipients()) == len(recipients)


@pytest.mark.parametrize(
    ("item", "steps"),
    [
        (call(), [(15, BACKUP), (30, DEPUTY), (45, PRINCIPAL)]),
        (call(response_class=H24), [(5, BACKUP), (10, DEPUTY), (15, PRINCIPAL), (20, MAYOR)]),
        (call(level=L4), [(15, BACKUP), (30, DEPUTY), (45, PRINCIPAL), (60, MAYOR)]),
        (breach(), [(15, BACKUP), (30, DEPUTY), (45, PRINCIPAL), (120, MAYOR)]),
        (breach(level=L4), [(15, BACKUP), (30, DEPUTY), (45, PRINCIPAL), (60, MAYOR)]),
        (call(Purpose.PAPER_ISSUED), [(15, BACKUP), (30, DEPUTY), (45, PRINCIPAL)]),
        (call(Purpose.INSTRUCTED, L3), [(15, BACKUP), (30, DEPUTY), (45, PRINCIPAL)]),
        (call(Purpose.REMINDER, L4, H24), []),
        (breach(ObligationKind.SIGN, L4, H24), []),
        (call(Purpose.TO_DO, L4), []),
    ],
)
def test_what_is_unread_climbs_a_step_a_wait(item: Call, steps: list[tuple[float, Hearer]]):
    assert minutes(item) == [(0, Hearer.DUTY_PERSON), *steps]


@pytest.mark.parametrize(
    ("item", "steps"),
    [
        # Sent at eleven in the evening: whoever is on duty alone, until seven.
        (call(sent_at=on("09-09", "23:00")), ["07:00", "07:15", "07:30"]),
        (call(sent_at=on("09-10", "03:00")), ["07:00", "07:15", "07:30"]),
        # The second step would fall to two minutes past ten in the evening.
        (call(sent_at=on("09-09", "21:32")), ["21:47", "07:00", "07:15"]),
        (call(sent_at=on("09-10", "06:50")), ["07:05", "07:20", "07:35"]),
        (breach(sent_at=on("09-09", "21:00")), ["21:15", "21:30", "21:45", "07:00"]),
        # What wakes leaders: the 24-hour class, the highest level, and a publication of an emergency.
        (call(response_class=H24, sent_at=on("09-09", "23:00")), ["23:05", "23:10", "23:15", "23:20"]),
        (call(level=L4, sent_at=on("09-09", "23:00")), ["23:15", "23:30", "23:45", "00:00"]),
        (
            breach(ObligationKind.PUB24, sent_at=on("09-09", "23:00")),
            ["23:15", "23:30", "23:45", "01:00"],
        ),
    ],
)
def test_at_night_only_the_gravest_climbs_and_the_rest_goes_on_at_seven(item: Call, steps: list[str]):
    reached = [at for at, _ in climb(item)][1:]
    assert reached == sorted(reached)
    assert [f"{at.astimezone(SHANGHAI):%H:%M}" for at in reached] == steps


@pytest.mark.parametrize(
    ("after", "hearer"),
    [
        (timedelta(seconds=-1), None),
        (timedelta(0), Hearer.DUTY_PERSON),
        (timedelta(minutes=15, seconds=-1), Hearer.DUTY_PERSON),
        (timedelta(minutes=15), BACKUP),
        (timedelta(minutes=45), PRINCIPAL),
        (timedelta(hours=2, seconds=-1), PRINCIPAL),
        (timedelta(hours=2), MAYOR),
        (timedelta(days=3), MAYOR),
    ],
)
def test_the_last_whom_it_has_reached_is_to_hear_it(after: timedelta, hearer: Hearer | None):
    assert next_hearer(breach(), NOON + after, acknowledged=False) is hearer


def test_what_somebody_of_the_unit_has_acknowledged_climbs_no_further():
    assert next_hearer(breach(), NOON + timedelta(days=1), acknowledged=True) is None


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("level", [None, *WarningLevel])
@pytest.mark.parametrize("response_class", list(ResponseClass))
def test_whatever_is_sent_reaches_somebody_at_once_and_each_step_comes_after_the_one_before(
    purpose: Purpose, level: WarningLevel | None, response_class: ResponseClass
):
    for hour in range(0, 24, 3):
        item = call(purpose, level, response_class, on("09-09", f"{hour:02}:00"), ObligationKind.RESP48)
        steps = list(climb(item))
        assert steps[0] == (item.sent_at, Hearer.DUTY_PERSON)
        assert [at for at, _ in steps] == sorted(at for at, _ in steps)
        assert [hearer for _, hearer in steps] == list(Hearer)[: len(steps)]


@pytest.mark.parametrize(
    ("item", "times"),
    [
        (call(), ["23:00", "07:00"]),  # the person on duty, and the others
        (breach(), ["23:00", "07:00"]),
        (call(Purpose.REMINDER), ["07:00"]),
        (call(Purpose.REMINDER, L4, H24), ["07:00"]),
        (call(level=L4), ["23:00", "23:00"]),
        (call(response_class=H24), ["23:00", "23:00"]),
        (breach(ObligationKind.PUB24), ["23:00", "23:00"]),
    ],
)
def test_a_rung_that_is_taken_again_or_late_keeps_the_quiet_of_the_night(item: Call, times: list[str]):
    night, day = on("09-09", "23:00"), on("09-09", "21:59")
    ladder = rungs(item)
    taken = [not_before(item, rung, night) for rung in (ladder[0], *ladder[-1:])][: len(ladder)]
    assert [f"{at.astimezone(SHANGHAI):%H:%M}" for at in taken] == times
    assert all(not_before(item, rung, day) == day for rung in ladder)


def with_obligation(**changes: Any) -> Incident:
    """The case of P5 with nothing but its first obligation, changed."""
    assert FOLDED.incident is not None
    obligation: Obligation = changed(FOLDED.incident.obligations[0], superseded_at=None, **changes)
    return changed(FOLDED.incident, obligations=(obligation,))


@pytest.mark.parametrize(
    ("purpose", "changes", "lapsed"),
    [
        (Purpose.REMINDER, {"status": Status.OPEN, "fulfilled_at": None}, False),
        (Purpose.REMINDER, {"status": Status.ON_TIME, "fulfilled_at": NOON}, True),
        (Purpose.REMINDER, {"status": Status.BREACHED, "fulfilled_at": NOON}, True),
        (Purpose.REMINDER, {"status": Status.VOID, "fulfilled_at": None}, True),
        (Purpose.BREACH, {"status": Status.BREACHED, "fulfilled_at": None}, False),
        (Purpose.BREACH, {"status": Status.BREACHED, "fulfilled_at": NOON}, False),  # missed all the same
        (Purpose.BREACH, {"status": Status.ON_TIME_LATE_EVIDENCE, "fulfilled_at": NOON}, True),
        (Purpose.INSTRUCTED, {"status": Status.ON_TIME, "fulfilled_at": NOON}, False),
    ],
)
def test_nobody_is_called_for_what_is_no_longer_so(purpose, changes, lapsed):
    incident = with_obligation(**changes)
    obligation = incident.obligations[0].id
    assert has_lapsed(incident, purpose, obligation) is lapsed
    assert has_lapsed(incident, purpose, "another") is False
    void = changed(incident, screening=changed(incident.screening, voided="误报"))
    assert has_lapsed(void, purpose, obligation)
    closed = changed(incident, closed_at=NOON)  # a closed case can still be instructed in
    assert has_lapsed(closed, Purpose.INSTRUCTED, "instruction-1") is False


def test_an_order_that_was_voided_climbs_no_further():
    assert FOLDED.incident is not None
    paper = FOLDED.incident.papers[0]
    for status, lapsed in ((PaperStatus.ISSUED, False), (PaperStatus.VOID, True)):
        incident = changed(FOLDED.incident, papers=(changed(paper, status=status),))
        assert has_lapsed(incident, Purpose.PAPER_ISSUED, paper.id) is lapsed


TABLE = LAW.hearing


def test_the_table_of_the_regulation_is_what_the_program_had_before_it_was_data():
    assert TABLE == BEFORE_THE_TABLE
    assert LAW.own_hearing is None


def test_a_table_of_the_law_says_who_is_told_how_soon_and_when_it_is_night():
    table = replace(
        TABLE,
        recipients=(*TABLE.recipients[:2], ToldPost(post=Recipient.MAYOR, level=L2, h24=True)),
        waits=(
            Wait(level=L1, h24=timedelta(minutes=4), h48=timedelta(minutes=30)),
            Wait(level=L3, h24=timedelta(minutes=2), h48=timedelta(minutes=10)),
        ),
        night_begins=time(0),
        night_ends=time(6),
        waking=(),
    )
    item = replace(call(level=L2), table=table)
    assert item.recipients() == (Recipient.UNIT, Recipient.OFFICE, Recipient.MAYOR)
    assert replace(breach(), table=table).recipients() == (Recipient.UNIT, Recipient.OFFICE)
    assert minutes(item) == [(0, Hearer.DUTY_PERSON), (30, BACKUP), (60, DEPUTY), (90, PRINCIPAL)]
    assert minutes(replace(item, level=L3))[1:3] == [(10, BACKUP), (20, DEPUTY)]
    assert minutes(replace(item, level=L4, response_class=H24))[1] == (2, BACKUP)
    late = replace(breach(ObligationKind.PUB24, sent_at=on("09-09", "23:15")), table=table)
    assert [f"{at.astimezone(SHANGHAI):%H:%M}" for at, _ in climb(late)] == [
        "23:15",
        "23:45",
        "06:00",
        "06:30",
        "07:00",
    ]


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"recipients": TABLE.recipients[1:]}, "recipients"),
        ({"recipients": ()}, "recipients"),
        ({"recipients": (*TABLE.recipients, TABLE.recipients[-1])}, "recipients"),
        ({"waits": ()}, "waits"),
        ({"waits": (replace(TABLE.waits[0], level=L2),)}, "waits"),
        ({"waits": (*TABLE.waits, *TABLE.waits)}, "waits"),
        ({"waits": (replace(TABLE.waits[0], h24=timedelta(0)),)}, "waits"),
        ({"waits": (replace(TABLE.waits[0], h48=timedelta(days=2)),)}, "waits"),
        ({"old_breach": timedelta(0)}, "old_breach"),
        ({"night_ends": TABLE.night_begins}, "night_ends"),
        ({"night_begins": time(22, tzinfo=UTC)}, "night_begins"),
    ],
)
def test_a_table_by_which_nobody_could_be_told_says_in_words_what_is_wrong(change: dict[str, Any], part: str):
    with pytest.raises(HearingTableError, match=r"[\u4e00-\u9fff].*[A-Za-z]") as caught:
        replace(TABLE, **change)
    assert caught.value.part == part
