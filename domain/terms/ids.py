"""The ids of things of a case, and of causes: made and read here alone.

An id never changes, since logs and histories hold it.
"""

from enum import Enum

from domain.terms.vocabulary import ObligationKind, PaperKind


class Thing(Enum):
    """What is numbered within a case; the value begins its id, as in `notice-3`."""

    CLUE = "clue"
    COMMENDATION = "commendation"
    CONCERN = "concern"
    CONFLICT = "conflict"
    CONSULTATION = "consultation"
    DISCREPANCY = "discrepancy"
    DRAFT = "draft"
    ERROR = "error"
    FILE = "file"
    FINDING = "finding"
    HINT = "hint"
    INSTRUCTION = "instruction"
    NOTICE = "notice"
    PRESS = "press"
    PUBLICATION = "publication"
    REPORT = "report"
    REQUEST = "request"
    SOURCE = "source"
    TALKING_POINTS = "talking-points"
    # Causes: what made an obligation or a paper come about, by the round or the event.
    ASSIGNMENT = "assignment"
    COORDINATOR = "coordinator"
    JUDGED = "judged"
    LEAD = "lead"
    RECLASSIFIED = "reclassified"
    SUPERVISION = "supervision"


def numbered(thing: Thing, number: int) -> str:
    """The id of a thing by its kind and its number among these, such as `notice-3`."""
    return f"{thing.value}-{number}"


def names(identifier: str, thing: Thing) -> bool:
    """Whether an id is that of such a thing."""
    return identifier.startswith(f"{thing.value}-")


def paper_id(kind: PaperKind, number: int) -> str:
    """The id of a paper, such as `minutes-2`."""
    return f"{kind}-{number}"


def is_paper_of(identifier: str, *kinds: PaperKind) -> bool:
    """Whether an id is that of a paper of one of the kinds."""
    return identifier.startswith(tuple(f"{kind}-" for kind in kinds))


def split(identifier: str) -> tuple[str, str]:
    """What is numbered and the number, as text: `assignment-2` is ("assignment", "2");
    nothing before one that has no number.
    """
    stem, _, number = identifier.rpartition("-")
    return stem, number


def task_id(consultation: str, place: int) -> str:
    """The id of a task that a consultation gave, by its place from 1."""
    return f"{consultation}-task-{place}"


def passed_on(cause: str, by: str) -> str:
    """The cause of what was passed on to another unit: what it came from first, and what passed it on."""
    return f"{cause}.{by}"


def origin(cause: str) -> str:
    """What an obligation came from first, whoever owes it now."""
    return cause.partition(".")[0]


def obligation_id(kind: ObligationKind, unit: str | None, cause: str) -> str:
    """The natural key of an obligation, such as `RESP48:qingxi:assignment-1`;
    `-` stands for nobody yet (DD-20).
    """
    return f"{kind}:{unit or '-'}:{cause}"


def is_obligation_of(identifier: str, *kinds: ObligationKind) -> bool:
    """Whether an id is that of an obligation of one of the kinds."""
    return identifier.startswith(tuple(f"{kind}:" for kind in kinds))


def kind_of(identifier: str) -> str:
    """The kind of an obligation by its id; an id of anything else as it is."""
    return identifier.partition(":")[0]


def without_cause(identifier: str) -> str:
    """Kind and unit of an obligation by its id, such as `RESP48:qingxi`; empty for any other id."""
    kind, _, rest = identifier.partition(":")
    return f"{kind}:{rest.partition(':')[0]}" if rest else ""


def of_any_unit(identifier: str) -> tuple[str, str]:
    """Kind and cause of an obligation by its id: what several units owe alike.

    Twice nothing for an id of anything else.
    """
    kind, _, rest = identifier.partition(":")
    unit, _, cause = rest.partition(":")
    return (kind, cause) if unit else ("", "")
