"""What a case has decided and the event log does not hold yet: in order, and bounded where it travels."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from activities.payloads import RecordInput
from domain.catalogue import Decision
from domain.lineage import lineage

TOGETHER: Final = 10  # decisions of one activation that are handed over at once
CARRIED: Final = 50  # decisions that one try carries, those that still wait included
FULL: Final = 256 * 1024  # bytes that may wait before commands are refused; half of what a case takes with it
LARGEST: Final = 1_000_000  # bytes of one argument in the history, which may have two million

Size = Callable[[Decision], int]


class Backlog:
    """The records of one case that nobody has confirmed."""

    def __init__(self, carried: Sequence[RecordInput] = ()) -> None:
        self._waiting: list[RecordInput] = list(carried)
        self._bytes: dict[int, int] = {}  # of those that the database refused, by their first event

    @property
    def is_full(self) -> bool:
        """Whether no further command is to be taken until the database is back; the clock's decisions always are."""
        return sum(self._bytes.values()) > FULL

    def __bool__(self) -> bool:
        return bool(self._waiting)

    @property
    def waiting(self) -> tuple[RecordInput, ...]:
        """All that waits, in the order of its decisions."""
        return tuple(self._waiting)

    def add(
        self, incident_id: str, decisions: Sequence[Decision], lineages: Sequence[str]
    ) -> Iterator[RecordInput]:
        """Take in the decisions of one activation, as the records by which they are handed over.

        `lineages` holds the name of the decision before the first, then that of each. How many records come of it
        hangs on the number of decisions alone: a replay must come to as many.
        """
        for first in range(0, len(decisions), TOGETHER):
            record = RecordInput(
                incident_id=incident_id,
                decisions=tuple(decisions[first : first + TOGETHER]),
                after=lineages[first],
            )
            self._waiting.append(record)
            yield record

    def with_earlier(self, record: RecordInput) -> RecordInput:
        """The record with those before it that still wait and that it follows without a gap, so that one success drains all."""
        decisions, after = list(record.decisions), record.after
        place = self._waiting.index(record)
        for earlier in reversed(self._waiting[:place]):
            joins = earlier.decisions[-1].last_number + 1 == decisions[0].first_number
            if not joins or len(earlier.decisions) + len(decisions) > CARRIED:
                break
            decisions, after = [*earlier.decisions, *decisions], earlier.after
        return replace(record, decisions=tuple(decisions), after=after)

    def parts(self, record: RecordInput, size: Size) -> list[RecordInput]:
        """A record that failed, in parts of which an argument in the history may hold each."""
        sizes = [size(decision) for decision in record.decisions]
        self._bytes[record.decisions[0].first_number] = sum(sizes)
        return list(_within_limits(record, sizes))

    def confirm(self, record: RecordInput) -> None:
        """The log holds this record, hence all before it."""
        if record in self._waiting:
            for done in self._waiting[: self._waiting.index(record) + 1]:
                self._bytes.pop(done.decisions[0].first_number, None)
            del self._waiting[: self._waiting.index(record) + 1]


def _within_limits(record: RecordInput, sizes: Sequence[int]) -> Iterator[RecordInput]:
    decisions: list[Decision] = []
    after = end = record.after or ""
    filled = 0
    for decision, weight in zip(record.decisions, sizes, strict=True):
        if decisions and filled + weight > LARGEST:
            yield replace(record, decisions=tuple(decisions), after=after)
            after, decisions, filled = end, [], 0
        decisions.append(decision)
        filled += weight
        end = lineage(end, decision)
    yield replace(record, decisions=tuple(decisions), after=after)
