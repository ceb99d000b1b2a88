"""A worker of calls in a process of its own, which ends itself by SIGKILL at one step of a call;
with no step named it works on.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.client import Client
from temporalio.worker import Worker

from activities.calling import CallPlacer
from activities.payloads import calls_queue
from channels.message import Message, Taken
from channels.outgoing import Outgoing
from channels.table import Sender
from settings import REGULATION
from storage.database import Database, open_database
from tests.channels.peers import HOST
from tests.workflows.stage import QUEUE
from workflows.call import CallWorkflow
from workflows.converter import converter
from workflows.keys import keyring

STEPS = ("before_begun", "before_send", "after_send", "after_outcome")


def die() -> None:
    """End as a machine ends that loses its power."""
    os.kill(os.getpid(), signal.SIGKILL)


class DyingSender(Sender):
    """Dies beside the sending."""

    def __init__(self, out: Outgoing, step: str) -> None:
        super().__init__(out)
        self._step = step

    async def send(self, channel: str, settings: Mapping[str, str], to: str, message: Message) -> Taken:
        if self._step == "before_send":
            die()
        taken = await super().send(channel, settings, to, message)
        if self._step == "after_send":
            die()
        return taken


class DyingDatabase:
    """A database whose process dies before the first writing, or after the second."""

    def __init__(self, database: Database, step: str) -> None:
        self._database, self._step, self._written = database, step, 0

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        if self._step == "before_begun":
            die()
        async with self._database.writing() as session:
            yield session
        self._written += 1
        if self._step == "after_outcome" and self._written == 2:
            die()

    def __getattr__(self, name: str) -> object:
        return getattr(self._database, name)


async def main(url: str, keys: str, address: str, step: str) -> None:
    """Work until killed."""
    database = open_database(url, keyring(Path(keys)))
    client = await Client.connect(address, data_converter=converter(keyring(Path(keys))))
    caller = CallPlacer(
        DyingDatabase(database, step),  # type: ignore[arg-type]  # all that a caller asks of one
        DyingSender(Outgoing([HOST]), step),
        regulation=REGULATION,
        base="https://desk.example",
    )
    async with (
        Worker(client, task_queue=calls_queue(QUEUE), activities=[caller.reach]),
        Worker(client, task_queue=QUEUE, workflows=[CallWorkflow], activities=[caller.look]),
    ):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
