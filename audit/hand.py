"""One process of an audit: told an errand and then case after case on its standard input,
it answers what each comes to.

It ends with its standard input, in the middle of a case too,
so that none outlives the process that started it.
"""

import gc

_COLLECTS = gc.isenabled()
# Hardly anything that is imported goes away again, and looking through it took a fifth of a start.
gc.disable()

import asyncio
import os
import pickle
import sys
from typing import IO

from audit.crew import LENGTH, AuditErrand, framed
from audit.one_case import AuditContext, audited
from audit.replay import replays
from storage.database import open_database
from workflows.client import connect
from workflows.keys import keyring

if _COLLECTS:
    # What was imported stays for good; a collector that is let go would begin by looking through it all.
    gc.freeze()
    gc.enable()


async def serve(questions: asyncio.StreamReader, answers: IO[bytes]) -> None:
    """Answer until nothing more is asked."""
    errand = pickle.loads(await _next(questions))  # noqa: S301  of the process that started this one
    assert isinstance(errand, AuditErrand)  # noqa: S101  the first that is sent
    client = None
    if errand.asks_server:
        client = await connect(errand.temporal_address, errand.temporal_namespace, errand.keys_dir, lazy=True)
    async with replays() as replayer:
        place = AuditContext(
            database=open_database(errand.database_url),
            client=client,
            keys=keyring(errand.keys_dir),
            replayer=replayer,
            out_of_reach=errand.out_of_reach,
        )
        coming = asyncio.ensure_future(_next(questions))
        while True:
            incident_id = pickle.loads(await coming)  # noqa: S301  as above
            coming = asyncio.ensure_future(_next(questions))  # hears of the end meanwhile
            answers.write(framed(await audited(place, incident_id)))
            answers.flush()


async def _next(questions: asyncio.StreamReader) -> bytes:
    """The next message; ends this process where there is none,
    which holds nothing that would have to be put away.
    """
    try:
        return await questions.readexactly(int.from_bytes(await questions.readexactly(LENGTH)))
    except asyncio.IncompleteReadError:
        os._exit(0)


async def main() -> None:
    """Serve standard input and output; whatever else is printed goes to standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    questions = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(questions), sys.stdin.buffer)
    await serve(questions, answers)


if __name__ == "__main__":
    asyncio.run(main())
