"""What became of each checkpoint that was to leave the house: append-only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, insert, select

from storage.sealed_log_tables import CheckpointOutcomeRow
from storage.tables import table

_ROW = table(CheckpointOutcomeRow)
FAILS: Final = 3  # one after the other, after which it is an alarm
_LOOKED_BACK: Final = timedelta(days=1)  # whoever is tried no more has been taken out of the settings


class OutsidePlace(StrEnum):
    """Where checkpoints go."""

    WEBHOOK = "webhook"
    MAIL = "mail"
    STAMP = "stamp"


class CheckpointStatus(StrEnum):
    """How it stands with one checkpoint on its way to one place."""

    BEGUN = "begun"  # written before anything is sent: without an outcome nobody knows whether it went out
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointOutcome:
    """One thing that happened to the checkpoint at a position; `detail` is a code, never a server's words."""

    at: datetime
    place: OutsidePlace
    checkpoint: int
    status: CheckpointStatus
    detail: str = ""


def write(connection: Connection, outcome: CheckpointOutcome) -> None:
    """Add one."""
    values = {
        "at": outcome.at,
        "place": outcome.place.value,
        "checkpoint": outcome.checkpoint,
        "status": outcome.status.value,
        "detail": outcome.detail,
    }
    connection.execute(insert(_ROW), values)


def latest(connection: Connection, place: OutsidePlace, most: int = 20) -> list[CheckpointOutcome]:
    """What happened last on the way to a place, the newest first."""
    statement = select(_ROW).where(_ROW.c.place == place.value).order_by(_ROW.c.position.desc()).limit(most)
    return [
        CheckpointOutcome(
            at=row.at,
            place=OutsidePlace(row.place),
            checkpoint=row.checkpoint,
            status=CheckpointStatus(row.status),
            detail=row.detail,
        )
        for row in connection.execute(statement)
    ]


def failing(connection: Connection, now: datetime) -> dict[OutsidePlace, str]:
    """The places that took nothing of late, with the code of the last failure."""
    failing_places = {}
    for place in OutsidePlace:
        ended = [one for one in latest(connection, place) if one.status is not CheckpointStatus.BEGUN]
        fails = ended[:FAILS]
        if (
            len(fails) == FAILS
            and all(one.status is CheckpointStatus.FAILED for one in fails)
            and fails[0].at > now - _LOOKED_BACK
        ):
            failing_places[place] = fails[0].detail
    return failing_places
