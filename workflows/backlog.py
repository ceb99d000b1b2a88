"""What a case has decided and the event log does not hold yet: in order, and bounded where it travels."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from activities.payloads import RecordInput
from domain.bounds import WAITING
from domain.catalogue import Decision
from domain.lineage import lineage
from domain.terms.free_texts import CaseText, references

TOGETHER: Final = 10  # decisions of one activation that are handed over at once
CARRIED: Final = 50  # decisions that one try carries, those that still wait included
LARGEST: Final = 1_000_000  # bytes of one argument in the history, which may have two million

Size = Callable[[Decision], int]


class Backlog:
    """The records of one case that nobody has confirmed."""

    def __init__(self, carried: Sequence[RecordInput] = ()) -> None:
        self._waiting: list[RecordInput] = list(carried)
        self._bytes: dict[int, int] = {}  # of those that the database refused, by their first event

    @property
    def is_full(self) -> bool:
        """Whether no further command is to be taken until the database is back;
        the clock's decisions always are.
        """
        return sum(self._bytes.values()) > WAITING

    def __bool__(self) -> bool:
        return bool(self._waiting)

    @property
    def waiting(self) -> tuple[RecordInput, ...]:
        """All that waits, in the order of its decisions."""
        return tuple(self._waiting)

    def add(
        self,
        incident_id: str,
        decisions: Sequence[Decision],
        lineages: Sequence[str],
        texts: Sequence[CaseText] = (),
    ) -> Iterator[RecordInput]:
        """Take in the decisions of one activation, as the records by which they are handed over.

        `lineages` holds the name of the decision before the first, then that of each.
        How many records come of it hangs on the number of decisions alone: a replay must come to as many.
        """
        for first in range(0, len(decisions), TOGETHER):
            together = tuple(decisions[first : first + TOGETHER])
            record = RecordInput(
                incident_id=incident_id,
                decisions=together,
                after=lineages[first],
                texts=_belonging(texts, together),
            )
            self._waiting.append(record)
            yield record

    def with_earlier(self, record: RecordInput) -> RecordInput:
        """The record with those before it that still wait and that it follows without a gap,
        so that one success drains all.
        """
        decisions, after, texts = list(record.decisions), record.after, record.texts
        place = self._waiting.index(record)
        for earlier in reversed(self._waiting[:place]):
            joins = earlier.decisions[-1].last_number + 1 == decisions[0].first_number
            together = (*earlier.texts, *texts)
            if not joins or len(earlier.decisions) + len(decisions) > CARRIED or weight(together) > LARGEST:
                break
            decisions, after, texts = [*earlier.decisions, *decisions], earlier.after, together
        return replace(record, decisions=tuple(decisions), after=after, texts=texts)

    def parts(self, record: RecordInput, size: Size) -> list[RecordInput]:
        """A record that failed, in parts of which an argument in the history may hold each."""
        sizes = [size(one) + weight(_belonging(record.texts, (one,))) for one in record.decisions]
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
    for decision, one in zip(record.decisions, sizes, strict=True):
        if decisions and filled + one > LARGEST:
            yield _part(record, decisions, after)
            after, decisions, filled = end, [], 0
        decisions.append(decision)
        filled += one
        end = lineage(end, decision)
    yield _part(record, decisions, after)


def _part(record: RecordInput, decisions: Sequence[Decision], after: str) -> RecordInput:
    texts = _belonging(record.texts, decisions)
    return replace(record, decisions=tuple(decisions), after=after, texts=texts)


def _belonging(texts: Sequence[CaseText], decisions: Sequence[Decision]) -> tuple[CaseText, ...]:
    """Those of the texts that decisions refer to."""
    if not texts:
        return ()
    names = {name for decision in decisions for name in references(decision.cause)}
    return tuple(text for text in texts if text.reference in names)


def weight(texts: Sequence[CaseText]) -> int:
    """How many bytes the texts have."""
    return sum(len(text.text.encode()) for text in texts)
