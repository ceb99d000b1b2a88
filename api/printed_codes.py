"""The short code of the sealed log on what leaves the house: taken as it leaves, and written down."""

from fastapi import Request

from api.audit_book import add_detail
from api.parts import parts_of
from casework.ledger_session import reading
from storage.checkpoint_codes import latest_code


async def code_to_print(request: Request) -> str:
    """The code of the last checkpoint, empty before the first; the entry of this export names it."""
    async with reading(parts_of(request).database) as session:
        code = await (await session.connection()).run_sync(latest_code)
    if code:
        add_detail(request, checkpoint=code)
    return code
