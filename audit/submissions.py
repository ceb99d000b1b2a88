"""What a stored submission says of itself, computed again:
the digest of its command, and the ids that follow from one another.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from audit.differences import Difference, DifferenceKind
from domain.law.editions import Switch
from storage.codec import digest, named_by_key
from storage.numbers import incident_id as opened_by
from storage.reduced_rows import ReducedPlace, ReducedRows
from storage.tables import EventLogRow

_NONE: Final = ReducedRows({})
_DRAWN: Final = re.compile(r"inc-[0-9a-f]{16,}")


def submission_differences(
    incident_id: str, rows: Sequence[EventLogRow], reduced: ReducedRows = _NONE
) -> Iterator[Difference]:
    """Where a submission cannot be what the web made.

    1. Its digest is that of its command, as it was stored, whatever later releases add to commands;
       one of 0.3 or before whose words were taken out of its row proves its digest no longer.
    2. The id of the incident follows from the command id of its registration.
    3. A command id stands once, unless it was reused with another body.
    4. The command id follows from its caller, the case, the command's name and its key. No submission lacks a
       key after one that has it, nor in a case that the web registered by the third edition of the rules,
       with which keys came (decision 0042).
    """
    command_ids: set[str] = set()
    has_keys = bool(rows) and Switch.STEP_KEYS.is_on(rows[0].edition) and bool(_DRAWN.fullmatch(incident_id))
    for row in rows:
        cause = _cause(row)
        if cause.get("kind") != "submission":
            continue
        is_reduced = reduced.covers(ReducedPlace.LOG, row.position, row.decision)
        if not is_reduced and (computed := digest(cause.get("command"))) != cause.get("digest"):
            yield _differs(row, f"digest {computed}", str(cause.get("digest")))
        command_id = str(cause.get("command_id"))
        if row.first_number == 1 and _DRAWN.fullmatch(incident_id) and opened_by(command_id) != incident_id:
            yield _differs(row, "the command id that this incident's id follows from", command_id)
        if (key := str(cause.get("key") or "")) or has_keys:
            has_keys = True
            computed = _computed_id(incident_id, row.first_number, cause, key)
            if computed != command_id:
                yield _differs(row, f"command id {computed}", command_id)
        if command_id in command_ids and not cause.get("reused"):
            yield _differs(row, "a command id that was not given before", command_id)
        command_ids.add(command_id)


def _computed_id(incident_id: str, number: int, cause: dict[str, Any], key: str) -> str:
    """The command id that a submission must have; a sentence where it has no key to compute it from."""
    if not key:
        return "that of a key, as others in this case"
    try:
        actor, kind = cause["actor"], cause["command"]["kind"]
        return named_by_key(
            actor["person"], actor["unit"], kind if number == 1 else f"{incident_id}/{kind}", key
        )
    except (KeyError, TypeError):  # which is reported as unreadable
        return "that of a caller and a command"


def _cause(row: EventLogRow) -> dict[str, object]:
    try:
        cause = json.loads(row.decision)["cause"]
    except (ValueError, KeyError, TypeError, RecursionError):  # which is reported as unreadable
        return {}
    return cause if isinstance(cause, dict) else {}


def _differs(row: EventLogRow, expected: str, actual: str) -> Difference:
    return Difference(
        incident_id=row.incident_id,
        number=row.first_number,
        kind=DifferenceKind.SUBMISSION,
        expected=expected,
        actual=actual,
    )
