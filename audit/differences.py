"""What an audit finds: differences by incident and event number, and what it could look at."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any, Final

from domain.catalogue import Decision

_LONGEST = 120  # characters of a value


class DifferenceKind(StrEnum):
    """Where two of the records, or a record and the rules, part."""

    CHAIN = "chain"  # the rows of the event log do not fit together, or not with their seals
    UNREADABLE = "unreadable"  # a row of the event log or of the ledger is no record of this release
    LAW = "law"  # two laws under one digest
    RULES = "rules"  # the rules decide otherwise than the log says
    LEDGER = "ledger"  # the ledger is not what the log folds to
    ARCHIVE = "archive"  # the bytes of an archived history are not those that were put in
    HISTORY_MISSING = "history_missing"
    REPLAY = "replay"  # the workflow cannot be replayed over its history
    HISTORY = "history"  # the replayed workflow decided otherwise than the log says
    WORKFLOW_TIME = "workflow_time"  # a decision is dated otherwise than by the history
    UNRECORDED = "unrecorded"  # decided in the history, and not in the log
    UNPROVEN = "unproven"  # in the log, and never decided in the history
    CARRIED = "carried"  # a run was begun with another case than the log folds to
    WATCH = "watch"  # the watch has an alarm of the case that stands
    CALL = "call"  # what somebody had to hear was delivered to nobody
    SUBMISSION = "submission"  # a digest or an id is not what its command calls for
    BOOK = "book"  # the audit book's entries do not fit together, or not with their seals
    # A text is not what its reference says, or neither there nor reduced,
    # or reduced and still opened by a key.
    TEXT = "text"
    SEALED = (
        "sealed"  # a record is not what the sealed log holds of it, or the log not what its checkpoints say
    )
    RECEIPT = "receipt"  # a step handed over by signal was not received when it says


class AuditOutcome(StrEnum):
    """What an audit comes to."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNPROVEN = "unproven"  # nothing differs, and something could not be looked at


_EXIT: Final = {AuditOutcome.AGREES: 0, AuditOutcome.DIFFERS: 1, AuditOutcome.UNPROVEN: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that does not agree: `number` is that of the event, None where the whole case is meant.

    `expected` is what the rules, the history or the seal call for,
    `actual` what stands in the record under audit.
    """

    incident_id: str
    number: int | None
    kind: DifferenceKind
    expected: str
    actual: str

    def __str__(self) -> str:
        """One line for people."""
        place = "" if self.number is None else f" event {self.number}"
        return f"{self.incident_id}{place}: {self.kind}: expected {self.expected}, found {self.actual}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReport:
    """What the audit of one incident came to.

    `events` is how many the log holds; `covered_from` the first that its Temporal histories cover: 1 for a
    case that began there, more for one that was begun from its event log, None when no history was found;
    `withdrawn` counts decisions taken out of the log since the workflow task that recorded them never became
    durable. `unproven` says what could not be looked at, and why: such a case neither agrees nor differs.
    `notes` say what an auditor ought to know and is neither.
    """

    incident_id: str
    events: int
    runs: int
    covered_from: int | None
    withdrawn: int
    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()

    @property
    def outcome(self) -> AuditOutcome:
        """What it came to."""
        return _outcome(self.differences, self.unproven)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an audit came to, incident by incident, in the audit book, in the changes of the law,
    and in the sealed log.
    """

    cases: tuple[CaseReport, ...]
    book: tuple[Difference, ...] = ()
    law: tuple[Difference, ...] = ()
    sealed: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()
    unlooked: tuple[str, ...] = ()  # what could not be looked at beside the cases, and why

    @property
    def unproven(self) -> tuple[str, ...]:
        """All that could not be looked at, with the case and the reason."""
        of_cases = (f"{case.incident_id}: {why}" for case in self.cases for why in case.unproven)
        return (*of_cases, *self.unlooked)

    @property
    def outcome(self) -> AuditOutcome:
        """What it came to: nothing agrees as long as something could not be looked at."""
        return _outcome(self.differences, self.unproven)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """All that does not agree."""
        of_cases = (difference for case in self.cases for difference in case.differences)
        return (*of_cases, *self.book, *self.law, *self.sealed)

    @property
    def exit_status(self) -> int:
        """0 when everything agrees, 1 when something differs,
        2 when nothing does and something could not be looked at.
        """
        return _EXIT[self.outcome]


def _outcome(differences: tuple[Difference, ...], unproven: tuple[str, ...]) -> AuditOutcome:
    if differences:
        return AuditOutcome.DIFFERS
    return AuditOutcome.UNPROVEN if unproven else AuditOutcome.AGREES


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstDifference:
    """The first place where two values part: a path of fields and positions,
    and what stands there in each.
    """

    path: tuple[str | int, ...]
    expected: str
    actual: str

    @property
    def place(self) -> str:
        """The path as text."""
        return ".".join(map(str, self.path))


def first_difference(
    expected: object, actual: object, path: tuple[str | int, ...] = ()
) -> FirstDifference | None:
    """Where two records first part, looking into dataclasses and tuples; None when they are equal."""
    if expected == actual:
        return None
    inside = next((deeper for deeper in _inside(expected, actual, path) if deeper is not None), None)
    return inside or FirstDifference(path=path, expected=_shown(expected), actual=_shown(actual))


def _inside(expected: Any, actual: Any, path: tuple[str | int, ...]) -> Iterator[FirstDifference | None]:
    if type(expected) is not type(actual):
        return
    if is_dataclass(expected):
        for field in fields(expected):
            yield first_difference(
                getattr(expected, field.name), getattr(actual, field.name), (*path, field.name)
            )
    elif isinstance(expected, tuple):
        for position, (one, other) in enumerate(zip(expected, actual, strict=False)):
            yield first_difference(one, other, (*path, position))


def _shown(value: object) -> str:
    """A value in few characters: a record as its kind, a tuple as its length when it is long."""
    if is_dataclass(value):
        return str(getattr(value, "kind", type(value).__name__))
    if isinstance(value, tuple):
        return (
            f"({', '.join(map(_shown, value))})" if len(value) < _LONGEST // 10 else f"{len(value)} entries"
        )
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def decisions_part(
    incident_id: str, kind: DifferenceKind, expected: Decision, actual: Decision
) -> Difference | None:
    """The first difference between two decisions under one number, named by the event in which it lies."""
    difference = first_difference(expected.events, actual.events, ("events",)) or first_difference(
        expected, actual
    )
    if difference is None:
        return None
    number = actual.first_number
    if len(difference.path) > 1 and difference.path[0] == "events":
        number += int(difference.path[1])
    elif difference.path == ("events",):
        number += min(len(expected.events), len(actual.events))
    if difference.path == ("now",) and kind is DifferenceKind.HISTORY:
        kind = DifferenceKind.WORKFLOW_TIME
    return Difference(
        incident_id=incident_id,
        number=number,
        kind=kind,
        expected=f"{difference.place} {difference.expected}",
        actual=difference.actual,
    )
