"""What a merge takes along: the items of the case that ended go to the one that carries it on (DD-42)."""

from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from typing import Final, Protocol

from sqlalchemy.exc import SQLAlchemyError

from casework.case_texts import with_texts
from casework.ledger_session import reading
from casework.outcomes import Problem
from domain.bounds import LARGEST_COMMAND
from domain.case.records import Source
from domain.steps.screen import AbsorbDuplicate, MergeInto
from domain.terms.free_texts import length
from domain.terms.refusals import Refused
from storage.database import Database
from storage.snapshots import snapshot

_AT_A_TIME: Final = 50  # items
_ROOM: Final = LARGEST_COMMAND // 8  # characters, each of which takes up to six bytes


class Give(Protocol):
    """The way of a command to a case."""

    async def __call__(self, incident_id: str, command: AbsorbDuplicate, *, key: str) -> object:
        """Give it under a key of its own."""
        ...


async def take_along(database: Database, incident_id: str, merge: MergeInto, key: str, give: Give) -> None:
    """Give the survivor what the ended case holds and was not left out; best effort.

    The merge stands without it: the index knows the addresses of what was merged, and leads to the survivor.
    A re-send of the merge tries again, under the same keys.
    """
    with suppress(Problem, Refused, OSError, TimeoutError, SQLAlchemyError):
        async with reading(database) as session:
            stored = await snapshot(session, incident_id)
            if stored is None:
                return
            excluded = {exclusion.item for exclusion in stored.state.screening.excluded}
            items = [
                item for number, item in enumerate(stored.state.sources, start=1) if number not in excluded
            ]
            bundles = [await with_texts(session, incident_id, bundle) for bundle in _bundles(items)]
        for number, bundle in enumerate(bundles, start=1):
            command = AbsorbDuplicate(incident=incident_id, number=stored.state.number, sources=bundle)
            own_key = sha256(f"{key}\n{merge.incident}\n{number}".encode()).hexdigest()
            with suppress(Refused):  # one that is refused keeps none of the others back
                await give(merge.incident, command, key=own_key)


def _bundles(items: list[Source]) -> Iterator[tuple[Source, ...]]:
    """The items in commands of a size that a case takes;
    one at least, since the survivor names what it took over.
    """
    bundle: list[Source] = []
    room = _ROOM
    for item in items:
        size = length(item.gist) + len(item.url)
        if bundle and (size > room or len(bundle) == _AT_A_TIME):
            yield tuple(bundle)
            bundle, room = [], _ROOM
        bundle.append(item)
        room -= size
    yield tuple(bundle)
