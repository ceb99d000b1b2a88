"""A small reference model of what an incident owes:
mutable, without events, written from the requirements alone.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from domain.terms.workdays import SHANGHAI
from tests.domain.cast import CYBERSPACE, LAW, OFFICE, POLICE
from tests.domain.owed import ANSWERS, DAY, HOUR, Owed, Row, Said, points, row

REMINDED = (*ANSWERS, "FOLLOW_UP")
PEERS = (OFFICE, CYBERSPACE, POLICE)


class Reference:
    """The case as the requirements have it."""

    def __init__(self, discovered: datetime, registered: datetime) -> None:
        self.start = discovered
        self.urgent = False
        self.risen: datetime | None = None
        self.emergency_over = False
        self.due = discovered + 2 * DAY
        self.owed: list[Owed] = [Owed("RESP48", None, discovered, self.due, registered)]
        self.first: list[str] = []
        self.others: list[str] = []
        self.lead: str | None = None
        self.said: list[Said] = []

    # -- what time does
    # ---------------------------------------------------------------------------------------------

    def advance(self, now: datetime) -> None:
        for duty in list(self.owed):
            if duty.alive and not duty.missed:
                self._remind(duty, now)
                if now > duty.due:
                    duty.missed = True
                    duty.talked = duty.kind == "RECTIFY" and duty.order is not None and duty.order.missed
            self._climb(duty, now)

    def _remind(self, duty: Owed, now: datetime) -> None:
        if duty.kind in REMINDED:
            duty.told += [
                percent
                for at, percent in duty.plan()
                if at <= min(now, duty.due) and percent not in duty.told
            ]

    def _climb(self, duty: Owed, now: datetime) -> None:
        if duty.kind in ANSWERS and duty.scored and duty.missed and duty.alive:
            duty.rungs = max(duty.rungs, 1 + (now > duty.due + DAY))

    # -- who answers
    # ------------------------------------------------------------------------------------------------

    @property
    def responders(self) -> list[str]:
        """Those who answer, first and beside."""
        return self.first + self.others

    @property
    def holders(self) -> Sequence[str | None]:
        """The responders, or the office as long as there are none."""
        return self.responders or [None]

    @property
    def holder(self) -> str | None:
        return self.lead or next(iter(self.first), None)

    def alive(self, *kinds: str) -> list[Owed]:
        return [duty for duty in self.owed if duty.kind in kinds and duty.alive]

    def name(self, first: list[str], others: list[str], at: datetime, lead: str | None = None) -> None:
        """Assign or re-assign; a lead not named again is dropped."""
        before = self.responders
        self.first, self.others = first, [unit for unit in others if unit not in first]
        self.lead = lead if lead in self.responders else None
        self._hand_over(before, at)

    def name_lead(self, unit: str, at: datetime) -> None:
        before = self.responders
        self.lead = unit
        if unit not in before:
            self.others = [*self.others, unit]
        self._hand_over(before, at)

    def _hand_over(self, before: list[str], at: datetime) -> None:
        gone = set(before) - set(self.responders)
        for duty in self.alive(*ANSWERS, "SIGN", "REPORT_UP"):
            if duty.unit is None or duty.unit in gone:
                self._end(duty, "superseded", at)
        for unit in self.responders:
            if unit not in before:
                if not self._has_answered(unit):
                    self._open_answer(unit, at)
                limit = timedelta(minutes=15 if self.urgent else 30)
                self.owed.append(Owed("SIGN", unit, at, at + limit, at))
        for duty in self.alive("FOLLOW_UP", "CONT_UPD"):
            stays = duty.unit in self.responders if duty.kind == "FOLLOW_UP" else duty.unit == self.holder
            if not stays:
                self._end(duty, "superseded", at)
                late = at > duty.due
                moved = Owed(duty.kind, self.holder, duty.start, duty.due, at, missed=duty.missed)
                moved.scored = duty.scored and not late
                self.owed.append(moved)

    def _has_answered(self, unit: str) -> bool:
        kinds = ("PUB24",) if self.urgent else ANSWERS
        return any(duty.unit == unit and duty.kind in kinds and duty.done for duty in self.owed)

    def _open_answer(self, unit: str | None, at: datetime) -> None:
        late = self.due < at
        kind = "PUB24" if self.urgent else "RESP48"
        duty = Owed(kind, unit, self.start, self.due, at, scored=not late, missed=late, risen=self.risen)
        said = [word for word in self.said if word.unit == unit and self._counts(word)]
        said.sort(key=lambda word: word.at)
        if said:
            self.do(duty, said[0].recorded, said[0].at)
        self.owed.append(duty)

    def _counts(self, word: Said) -> bool:
        """In the 24-hour class what met its limit for somebody, or was out since the class rose."""
        if self.risen is None:
            return True
        return word.met_pub24 or (not word.interim and word.at >= self.risen)

    def _end(self, duty: Owed, how: str, at: datetime) -> None:
        duty.ended, duty.ended_at = how, at

    # -- the class
    # --------------------------------------------------------------------------------------------------

    def judge(self, *, urgent: bool, at: datetime, covers: bool = False) -> None:
        if urgent == self.urgent:
            return
        self.urgent = urgent
        if urgent:
            self._raise(at, covers=covers)
        else:
            self._lower(at)

    def _raise(self, at: datetime, *, covers: bool) -> None:
        limit = max(self.start + DAY, at + 5 * HOUR)
        self.due = limit if self.due < at else min(self.due, limit)
        self.emergency_over, self.risen = False, at
        for word in self.said:
            word.met_pub24 = False  # what answered in an earlier emergency does not in this one
        for unit in self.holders:
            given = [
                duty.done for duty in self.owed if duty.unit == unit and duty.kind in ANSWERS and duty.done
            ]
            for duty in self.alive("RESP48"):
                if duty.unit == unit and not duty.missed:
                    self._end(duty, "superseded", at)
            done = given[-1] if given and covers else None
            self.owed.append(Owed("PUB24", unit, self.start, self.due, at, done=done, risen=at))
            for word in self.said if done else []:
                word.met_pub24 = word.met_pub24 or (word.unit == unit and word.at == done)
        if self.said and self.holder:
            self._re_arm(at, at)

    def _lower(self, at: datetime) -> None:
        self.due, self.risen = self.start + 2 * DAY, None
        for unit in self.holders:
            for duty in self.alive("PUB24"):
                if duty.unit == unit:
                    self._end(duty, "superseded", at)
            mine = [duty for duty in self.owed if duty.unit == unit and duty.kind in ANSWERS]
            if not any(duty.done or (duty.kind == "RESP48" and duty.alive) for duty in mine):
                self._open_answer(unit, at)
        for duty in self.alive("CONT_UPD"):
            self._end(duty, "void", at)

    def _re_arm(self, spoken: datetime, at: datetime) -> None:
        spoken = max(spoken, self.risen or spoken)
        if self.urgent and not self.emergency_over and self.holder:
            self.owed.append(Owed("CONT_UPD", self.holder, spoken, spoken + DAY, at))

    # -- deeds
    # ------------------------------------------------------------------------------------------------------

    def do(self, duty: Owed, at: datetime, happened: datetime | None = None) -> None:
        """On time when it was received by the due second; else late, perhaps provisionally."""
        happened = happened or at
        duty.done = happened
        if at <= duty.due:
            self._withdraw(duty, at)
            return
        duty.missed = True
        duty.provisional = happened <= duty.due and at - happened <= 12 * HOUR

    def _withdraw(self, duty: Owed, at: datetime) -> None:
        """The breach never was, nor what it drafted and ordered."""
        duty.missed, duty.rungs, duty.talked = False, 0, False
        for ordered in self.owed:
            if ordered.order is duty and ordered.alive:
                self._end(ordered, "void", at)
                self._withdraw(ordered, at)

    def publish(self, unit: str, at: datetime, happened: datetime, promise: datetime | None = None) -> None:
        word = Said(unit, happened, interim=promise is not None, recorded=at)
        self.said.append(word)
        self._prove(word, at)
        for duty in self.alive("RESP48", "FOLLOW_UP", *(() if word.interim else ("PUB24",))):
            if duty.unit == unit and self._speaks_to(word, duty):
                self.do(duty, at, happened)
                word.met_pub24 = word.met_pub24 or duty.kind == "PUB24"
        if not any(duty.kind == "REPORT_UP" and duty.unit == unit and not duty.ended for duty in self.owed):
            self.owed.append(Owed("REPORT_UP", unit, at, at + DAY, at))
        if promise is not None:
            promised = Owed("FOLLOW_UP", unit, happened, promise, at)
            self.owed.append(promised)
            later = [other for other in self.said if other.unit == unit and other.at > happened]
            if later:
                first = min(later, key=lambda other: other.at)
                self.do(promised, first.recorded, first.at)
        self.speak(at, happened)

    def _speaks_to(self, word: Said, duty: Owed) -> bool:
        """A promise is kept by a later word, the 24-hour limit by one that was out since the class rose."""
        if duty.kind == "FOLLOW_UP":
            return duty.start < word.at
        return duty.kind != "PUB24" or duty.risen is None or duty.risen <= word.at

    def _prove(self, word: Said, at: datetime) -> None:
        """A timely word registered after a later one had done the duty late leaves a provisional
        breach all the same.
        """
        for duty in self.owed if at - word.at <= 12 * HOUR else []:
            is_late = duty.done > duty.due if duty.done else bool(duty.ended)
            if not (duty.missed and is_late and word.at <= duty.due):
                continue
            answers = not (duty.kind == "PUB24" and word.interim) and self._speaks_to(word, duty)
            mine = duty.unit == word.unit and answers
            if duty.kind == "CONT_UPD" or (mine and duty.kind in {*ANSWERS, "FOLLOW_UP"}):
                if duty.kind not in ANSWERS and duty.start >= word.at:
                    continue
                for other in self.said if duty.kind == "PUB24" and duty.risen == self.risen else []:
                    other.met_pub24 = other is word or (other.met_pub24 and other.at != duty.done)
                duty.done, duty.provisional = word.at, True

    def speak(self, at: datetime, happened: datetime) -> None:
        running = self.alive("CONT_UPD")
        answered = [duty for duty in running if duty.start < happened]
        for duty in answered:
            self.do(duty, at, happened)
        if answered or not running:
            self._re_arm(happened, at)

    def end_emergency(self, at: datetime) -> None:
        self.emergency_over = True
        for duty in self.alive("CONT_UPD"):
            self._end(duty, "void", at)

    def perform(self, kind: str, unit: str, at: datetime) -> None:
        for duty in self.alive(kind):
            if duty.unit == unit:
                self.do(duty, at)

    def ask(self, at: datetime) -> None:
        for peer in PEERS:
            if not any(
                duty.kind == "VERIFY" and duty.unit == peer and duty.done is None for duty in self.owed
            ):
                limit = timedelta(minutes=30) if self.urgent else 2 * HOUR
                self.owed.append(Owed("VERIFY", peer, at, at + limit, at))

    def order_rectification(self, unit: str, at: datetime, order: Owed) -> None:
        day, left = at.astimezone(SHANGHAI).date(), 3
        while left:
            day += timedelta(days=1)
            weekend = day.weekday() > 4
            left -= day in LAW.calendar.makeup_workdays or not (weekend or day in LAW.calendar.holidays)
        due = datetime.combine(day, time(23, 59, 59), SHANGHAI)
        self.owed.append(Owed("RECTIFY", unit, at, due, at, order=order))

    # -- what is compared
    # -------------------------------------------------------------------------------------------

    def rows(self) -> list[Row]:
        """Every duty, as a row."""
        return sorted((row(duty) for duty in self.owed), key=str)

    @property
    def talks(self) -> int:
        """How many talks are proposed."""
        return sum(duty.talked for duty in self.owed)

    def points(self, at: datetime) -> dict[str, float]:
        """What each unit has lost."""
        return points(self.owed, at)
