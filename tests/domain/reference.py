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
        for obligation in list(self.owed):
            if obligation.alive and not obligation.missed:
                self._remind(obligation, now)
                if now > obligation.due:
                    obligation.missed = True
                    obligation.talked = (
                        obligation.kind == "RECTIFY"
                        and obligation.order is not None
                        and obligation.order.missed
                    )
            self._climb(obligation, now)

    def _remind(self, obligation: Owed, now: datetime) -> None:
        if obligation.kind in REMINDED:
            obligation.told += [
                percent
                for at, percent in obligation.plan()
                if at <= min(now, obligation.due) and percent not in obligation.told
            ]

    def _climb(self, obligation: Owed, now: datetime) -> None:
        if obligation.kind in ANSWERS and obligation.scored and obligation.missed and obligation.alive:
            obligation.rungs = max(obligation.rungs, 1 + (now > obligation.due + DAY))

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
        return [obligation for obligation in self.owed if obligation.kind in kinds and obligation.alive]

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
        for obligation in self.alive(*ANSWERS, "SIGN", "REPORT_UP"):
            if obligation.unit is None or obligation.unit in gone:
                self._end(obligation, "superseded", at)
        for unit in self.responders:
            if unit not in before:
                if not self._has_answered(unit):
                    self._open_answer(unit, at)
                limit = timedelta(minutes=15 if self.urgent else 30)
                self.owed.append(Owed("SIGN", unit, at, at + limit, at))
        for obligation in self.alive("FOLLOW_UP", "CONT_UPD"):
            stays = (
                obligation.unit in self.responders
                if obligation.kind == "FOLLOW_UP"
                else obligation.unit == self.holder
            )
            if not stays:
                self._end(obligation, "superseded", at)
                late = at > obligation.due
                moved = Owed(
                    obligation.kind,
                    self.holder,
                    obligation.start,
                    obligation.due,
                    at,
                    missed=obligation.missed,
                )
                moved.scored = obligation.scored and not late
                self.owed.append(moved)

    def _has_answered(self, unit: str) -> bool:
        kinds = ("PUB24",) if self.urgent else ANSWERS
        return any(
            obligation.unit == unit and obligation.kind in kinds and obligation.done
            for obligation in self.owed
        )

    def _open_answer(self, unit: str | None, at: datetime) -> None:
        late = self.due < at
        kind = "PUB24" if self.urgent else "RESP48"
        obligation = Owed(
            kind, unit, self.start, self.due, at, scored=not late, missed=late, risen=self.risen
        )
        said = [word for word in self.said if word.unit == unit and self._counts(word)]
        said.sort(key=lambda word: word.at)
        if said:
            self.do(obligation, said[0].recorded, said[0].at)
        self.owed.append(obligation)

    def _counts(self, word: Said) -> bool:
        """In the 24-hour class what met its limit for somebody, or was out since the class rose."""
        if self.risen is None:
            return True
        return word.met_pub24 or (not word.interim and word.at >= self.risen)

    def _end(self, obligation: Owed, how: str, at: datetime) -> None:
        obligation.ended, obligation.ended_at = how, at

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
                obligation.done
                for obligation in self.owed
                if obligation.unit == unit and obligation.kind in ANSWERS and obligation.done
            ]
            for obligation in self.alive("RESP48"):
                if obligation.unit == unit and not obligation.missed:
                    self._end(obligation, "superseded", at)
            done = given[-1] if given and covers else None
            self.owed.append(Owed("PUB24", unit, self.start, self.due, at, done=done, risen=at))
            for word in self.said if done else []:
                word.met_pub24 = word.met_pub24 or (word.unit == unit and word.at == done)
        if self.said and self.holder:
            self._re_arm(at, at)

    def _lower(self, at: datetime) -> None:
        self.due, self.risen = self.start + 2 * DAY, None
        for unit in self.holders:
            for obligation in self.alive("PUB24"):
                if obligation.unit == unit:
                    self._end(obligation, "superseded", at)
            mine = [
                obligation
                for obligation in self.owed
                if obligation.unit == unit and obligation.kind in ANSWERS
            ]
            if not any(
                obligation.done or (obligation.kind == "RESP48" and obligation.alive) for obligation in mine
            ):
                self._open_answer(unit, at)
        for obligation in self.alive("CONT_UPD"):
            self._end(obligation, "void", at)

    def _re_arm(self, spoken: datetime, at: datetime) -> None:
        spoken = max(spoken, self.risen or spoken)
        if self.urgent and not self.emergency_over and self.holder:
            self.owed.append(Owed("CONT_UPD", self.holder, spoken, spoken + DAY, at))

    # -- deeds
    # ------------------------------------------------------------------------------------------------------

    def do(self, obligation: Owed, at: datetime, happened: datetime | None = None) -> None:
        """On time when it was received by the due second; else late, perhaps provisionally."""
        happened = happened or at
        obligation.done = happened
        if at <= obligation.due:
            self._withdraw(obligation, at)
            return
        obligation.missed = True
        obligation.provisional = happened <= obligation.due and at - happened <= 12 * HOUR

    def _withdraw(self, obligation: Owed, at: datetime) -> None:
        """The breach never was, nor what it drafted and ordered."""
        obligation.missed, obligation.rungs, obligation.talked = False, 0, False
        for ordered in self.owed:
            if ordered.order is obligation and ordered.alive:
                self._end(ordered, "void", at)
                self._withdraw(ordered, at)

    def publish(self, unit: str, at: datetime, happened: datetime, promise: datetime | None = None) -> None:
        word = Said(unit, happened, interim=promise is not None, recorded=at)
        self.said.append(word)
        self._prove(word, at)
        for obligation in self.alive("RESP48", "FOLLOW_UP", *(() if word.interim else ("PUB24",))):
            if obligation.unit == unit and self._speaks_to(word, obligation):
                self.do(obligation, at, happened)
                word.met_pub24 = word.met_pub24 or obligation.kind == "PUB24"
        if not any(
            obligation.kind == "REPORT_UP" and obligation.unit == unit and not obligation.ended
            for obligation in self.owed
        ):
            self.owed.append(Owed("REPORT_UP", unit, at, at + DAY, at))
        if promise is not None:
            promised = Owed("FOLLOW_UP", unit, happened, promise, at)
            self.owed.append(promised)
            later = [other for other in self.said if other.unit == unit and other.at > happened]
            if later:
                first = min(later, key=lambda other: other.at)
                self.do(promised, first.recorded, first.at)
        self.speak(at, happened)

    def _speaks_to(self, word: Said, obligation: Owed) -> bool:
        """A promise is kept by a later word, the 24-hour limit by one that was out since the class rose."""
        if obligation.kind == "FOLLOW_UP":
            return obligation.start < word.at
        return obligation.kind != "PUB24" or obligation.risen is None or obligation.risen <= word.at

    def _prove(self, word: Said, at: datetime) -> None:
        """A timely word registered after a later one had done the obligation late leaves a provisional
        breach all the same.
        """
        for obligation in self.owed if at - word.at <= 12 * HOUR else []:
            is_late = obligation.done > obligation.due if obligation.done else bool(obligation.ended)
            if not (obligation.missed and is_late and word.at <= obligation.due):
                continue
            answers = not (obligation.kind == "PUB24" and word.interim) and self._speaks_to(word, obligation)
            mine = obligation.unit == word.unit and answers
            if obligation.kind == "CONT_UPD" or (mine and obligation.kind in {*ANSWERS, "FOLLOW_UP"}):
                if obligation.kind not in ANSWERS and obligation.start >= word.at:
                    continue
                for other in (
                    self.said if obligation.kind == "PUB24" and obligation.risen == self.risen else []
                ):
                    other.met_pub24 = other is word or (other.met_pub24 and other.at != obligation.done)
                obligation.done, obligation.provisional = word.at, True

    def speak(self, at: datetime, happened: datetime) -> None:
        running = self.alive("CONT_UPD")
        answered = [obligation for obligation in running if obligation.start < happened]
        for obligation in answered:
            self.do(obligation, at, happened)
        if answered or not running:
            self._re_arm(happened, at)

    def end_emergency(self, at: datetime) -> None:
        self.emergency_over = True
        for obligation in self.alive("CONT_UPD"):
            self._end(obligation, "void", at)

    def perform(self, kind: str, unit: str, at: datetime) -> None:
        for obligation in self.alive(kind):
            if obligation.unit == unit:
                self.do(obligation, at)

    def ask(self, at: datetime) -> None:
        for peer in PEERS:
            if not any(
                obligation.kind == "VERIFY" and obligation.unit == peer and obligation.done is None
                for obligation in self.owed
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
        """Every obligation, as a row."""
        return sorted((row(obligation) for obligation in self.owed), key=str)

    @property
    def talks(self) -> int:
        """How many talks are proposed."""
        return sum(obligation.talked for obligation in self.owed)

    def points(self, at: datetime) -> dict[str, float]:
        """What each unit has lost."""
        return points(self.owed, at)
