"""Numbering: signed papers draw their numbers, a moment after their signatures."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from storage.database import Database
from storage.paper_numbers import draw_waiting

log = structlog.get_logger("numbering")


async def keep_numbering(database: Database, clock: Callable[[], datetime], every: timedelta) -> None:
    """Draw the numbers that are awaited, time after time, until cancelled;
    what fails comes with the next time.

    The signature is the decision and waits for nothing:
    the number follows, whatever died in between (decision 0111).
    """
    while True:
        try:
            await draw_waiting(database, clock())
        except (OSError, SQLAlchemyError) as error:
            log.warning("papers wait for their numbers", error=type(error).__name__)
        await asyncio.sleep(every.total_seconds())
