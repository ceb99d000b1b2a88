"""Texts whose keys were destroyed, and of which the ledger does not know."""

import asyncio
from functools import partial

from storage import reductions
from storage.database import Database
from storage.reductions import Reduction, ReductionCause
from storage.text_keys import TextKeys


async def follow_keys(database: Database, keys: TextKeys, incident_id: str) -> int:
    """Enter what a ledger that is older, or built anew, does not know of: texts whose keys were destroyed."""
    gone = await asyncio.to_thread(keys.gone, incident_id)
    if not gone:
        return 0
    at = max(one.at for one in gone.values())
    whys = {one.why for one in gone.values()}
    why = (
        ReductionCause(next(iter(whys)))
        if len(whys) == 1 and whys <= set(ReductionCause)
        else ReductionCause.KEY_GONE
    )
    act = Reduction(at=at, incident_id=incident_id, why=why)
    return await database.write(partial(reductions.enter, act=act, references=list(gone)))
