"""Keeps the public page as the record is: what is proven,
reduced or switched off is looked for every few seconds, and written.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from time import monotonic
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from publicity.data import Site
from publicity.export import Export
from publicity.folder import Folder
from publicity.reading import read_cases
from publicity.responses import PublicCase
from storage.database import Database
from storage.public_units import PublicMark, changed_since, mark, may_be_public, public_units

log = structlog.get_logger("publicity")
_AT_ONE_TIME: Final = 25  # cases that are read before anything else gets its turn
_LONGEST: Final = timedelta(minutes=1)  # between tries to write all of it
_WHOLE: Final = timedelta(hours=1)  # between looks at all of it, whatever changed


class Keeper:
    """The public page of one folder, and how far the record had come when it was last looked at."""

    def __init__(self, database: Database, folder: Folder, site: Site) -> None:
        self._database = database
        self._folder = folder
        self._site = site
        self._export = Export(folder, site)
        self._units: frozenset[str] | None = None  # of the last look; none before the first
        self._mark = PublicMark()
        self._again: set[str] = set()  # cases whose texts were on their way, or that could not be written
        self._failure: OSError | None = None  # of the last case that could not be
        self._lists_wait = False  # for what was written of a case
        self._whole_at = 0.0

    async def look(self) -> bool:
        """Bring the folder up to the record; whether anything had to be looked at.

        The first look, and one after units were switched, reads all cases that may be public. Raises OSError
        and SQLAlchemyError where record or folder cannot be used; the next look then does what this one could
        not. A case whose files alone cannot be written keeps no other from being so.
        """
        async with self._database.session() as session:
            units, now = await public_units(session), await mark(session)
        is_foreign = await asyncio.to_thread(self._folder.take_word)
        is_due = bool(units) and monotonic() - self._whole_at > _WHOLE.total_seconds()
        if units != self._units or is_due or is_foreign:
            await self.whole()
            return True
        if not units or (now == self._mark and not self._again and not self._lists_wait):
            return False
        async with self._database.session() as session:
            fresh = await changed_since(session, self._mark) | self._again
        self._failure = None
        await self._take(sorted(fresh), units)
        await self._finish()
        self._mark = now
        self._tell_failure()
        return True

    @property
    def is_settled(self) -> bool:
        """Whether all of it has been written once, so that a look reads what changed alone."""
        return self._units is not None

    async def whole(self) -> int:
        """Write all of it, and take away what is not of it; gives the number of cases that are public.

        Raises as `look`.
        """
        self._units = None  # until all is done
        async with self._database.session() as session:
            units, now = await public_units(session), await mark(session)
        self._export, self._again, self._failure = Export(self._folder, self._site), set(), None
        last = ""
        while units and (names := await self._names(units, last)):
            await self._take(names, units)
            last = names[-1]
        if units:
            await asyncio.to_thread(self._export.finish)
            await asyncio.to_thread(self._export.sweep)
        else:
            await asyncio.to_thread(self._export.close)
        self._lists_wait = False
        self._units, self._mark, self._whole_at = units, now, monotonic()
        self._tell_failure()
        return self._export.count

    def _tell_failure(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    async def _names(self, units: frozenset[str], after: str) -> Sequence[str]:
        async with self._database.session() as session:
            return await may_be_public(session, units, after=after, limit=_AT_ONE_TIME)

    async def _take(self, names: Sequence[str], units: frozenset[str]) -> None:
        """Read and write cases, some at a time."""
        for first in range(0, len(names), _AT_ONE_TIME):
            some = names[first : first + _AT_ONE_TIME]
            async with self._database.session() as session:
                cases, coming = await read_cases(session, some, units)
            unwritten = await asyncio.to_thread(self._put, cases)
            self._again = (self._again - set(some)) | coming | unwritten

    def _put(self, cases: dict[str, PublicCase | None]) -> set[str]:
        """Write each, and give those that the disk did not take.

        One that cannot be put into words is taken away: better nothing than what may not be true any more.
        """
        unwritten: set[str] = set()
        for name, case in cases.items():
            try:
                self._lists_wait |= self._put_one(name, case)
            except OSError as error:
                self._failure = error
                unwritten.add(name)
        return unwritten

    def _put_one(self, name: str, case: PublicCase | None) -> bool:
        try:
            return self._export.put({name: case})
        except (ArithmeticError, LookupError, TypeError, ValueError):
            log.exception("case not written for the public", incident_id=name)
            return self._export.put({name: None})

    async def _finish(self) -> None:
        if self._lists_wait:
            await asyncio.to_thread(self._export.finish)
            self._lists_wait = False


async def keep_public(
    database: Database,
    folder: Folder,
    site: Site,
    every: timedelta,
    looked: Callable[[], None] = lambda: None,
) -> None:
    """Keep the public page until cancelled; what could not be done is done with the next look.

    `looked` is called after each.
    """
    keeper = Keeper(database, folder, site)
    rest = every
    while True:
        try:
            await keeper.look()
        except (OSError, SQLAlchemyError) as error:
            log.warning("public page not written", error=type(error).__name__)
        except Exception:  # whatever is wrong with this page, the worker goes on keeping the limits
            log.exception("public page not written")
        looked()
        # Where nothing can be written, all of it is read in vain each time.
        rest = every if keeper.is_settled else min(2 * rest, _LONGEST)
        await asyncio.sleep(rest.total_seconds())
