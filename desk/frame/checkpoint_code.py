"""The code of the last checkpoint at the foot of pages of a case, so that what is printed from a browser
bears it like a paper (decision 0185).
"""

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from storage.checkpoint_codes import latest_code


async def show_code(request: Request, session: AsyncSession) -> None:
    """Let the page that is rendered next bear the code; none before the first checkpoint.

    No entry of the audit book names it, since whether a page is printed no server hears.
    """
    request.state.checkpoint_code = await (await session.connection()).run_sync(latest_code)


def code_of_page(request: Request) -> str:
    """The code that the page bears; empty for none."""
    code: str = getattr(request.state, "checkpoint_code", "")
    return code
