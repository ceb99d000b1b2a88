"""Records calls as this release carries them out, opened, so that every later release can replay them;
`python -m tests.golden.record_calls`.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

from settings import Settings
from tests.channels.peers import a_mail_server
from tests.keys import KEYS
from tests.workflows.calling import Night, a_night, next_time
from workflows.call import CallWorkflow
from workflows.opening import opened_history

FOLDER: Final = Path(__file__).parent / "calls"


async def climbs(night: Night) -> None:
    """Nobody hears: all rungs, over a night."""
    await (await night.call(await next_time(night, 23, 10))).result()


async def heard(night: Night) -> None:
    """Somebody acknowledges, and the call is told; a signal that means nothing came before."""
    handle = await night.call(await next_time(night, 10))
    await handle.signal(CallWorkflow.heard)
    await night.until(night.sent_at + timedelta(minutes=16))
    await night.acknowledge()
    await handle.signal(CallWorkflow.heard)
    await handle.result()


async def outage(night: Night) -> None:
    """No provider takes anything for an hour."""
    night.mail.recipient_answer = "451 later"
    handle = await night.call(await next_time(night, 10))
    await night.until(night.sent_at + timedelta(minutes=60))
    night.mail.recipient_answer = ""
    await handle.result()


COURSES: Final[dict[str, Callable[[Night], Awaitable[None]]]] = {
    "climbs": climbs,
    "heard": heard,
    "outage": outage,
}


async def record() -> None:
    """Write each course's history."""
    FOLDER.mkdir(exist_ok=True)
    for name, course in COURSES.items():
        with tempfile.TemporaryDirectory() as folder, a_mail_server() as mail:
            async with a_night(Path(folder), mail) as night:
                async with night.worker():
                    await course(night)
                history = opened_history(await night.handle.fetch_history(), KEYS)
        file = FOLDER / f"{Settings().release}-{name}.json"
        file.write_text(f"{history.to_json()}\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(record())
