"""A ledger that ails as a file says: slow, flaky or down,
under the recorder and the notifier of the real worker.
"""

import asyncio
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Final

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.effects.deliver.effect import NotifyInput
from activities.effects.deliver.hand import Notifier
from activities.payloads import LastDecision, RecordInput
from activities.record import Recorder
from storage.database import Database
from storage.text_keys import TextKeys

COME: Final = "+"
DONE: Final = "-"
_OFTEN: Final = 0.5
_AT_TIMES: Final = 0.35


class Mode(StrEnum):
    """How the ledger is."""

    WELL = "well"
    SLOW = "slow"
    FLAKY = "flaky"
    DOWN = "down"


class Ailment:
    """The present mode, read anew from its file each time, since the nemesis is another process."""

    def __init__(self, file: Path, seed: int) -> None:
        self._file = file
        self._chance = Random(seed)

    async def strike(self) -> None:
        """Delay or fail what is about to be written."""
        mode = Mode(self._file.read_text(encoding="ascii").strip() or Mode.WELL)
        if mode is Mode.SLOW and self._chance.random() < _OFTEN:
            # Up to beyond the half second of the local activity, well within the ten of the ordinary one.
            longest = 0.7 if activity.info().is_local else 2.0
            await asyncio.sleep(self._chance.uniform(0.1, longest))
        if mode is Mode.FLAKY and self._chance.random() < _AT_TIMES:
            await asyncio.sleep(self._chance.uniform(0.05, 0.6))
        if mode is Mode.DOWN or (mode is Mode.FLAKY and self._chance.random() < _AT_TIMES):
            raise ApplicationError("the ledger is down", type="database")


class HandNotes:
    """A file in which a worker notes each record that has come to its local activity, and each that is done;
    who loses the worker reads in it how many were at hand.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def put(self, sign: str) -> None:
        """Note a record that has come, or one that is done."""
        with self._file.open("a", encoding="ascii") as file:
            file.write(sign)

    def at_hand(self) -> int:
        """How many have come and are not done."""
        try:
            signs = self._file.read_text(encoding="ascii")
        except OSError:  # none has come yet
            return 0
        return signs.count(COME) - signs.count(DONE)


class AilingRecorder(Recorder):
    """The real recorder over an ailing ledger."""

    def __init__(
        self, database: Database, text_keys: TextKeys, ailment: Ailment, notes: HandNotes | None = None
    ) -> None:
        super().__init__(database, text_keys)
        self._ailment = ailment
        self._notes = notes

    @activity.defn(name="record")
    async def record(self, request: RecordInput) -> LastDecision:
        """Record, if the ledger lets it."""
        if self._notes is None or not activity.info().is_local:
            return await self._recorded(request)
        self._notes.put(COME)
        try:
            return await self._recorded(request)
        finally:
            self._notes.put(DONE)

    async def _recorded(self, request: RecordInput) -> LastDecision:
        await self._ailment.strike()
        return await super().record(request)


class AilingNotifier(Notifier):
    """The real notifier over an ailing ledger."""

    def __init__(self, database: Database, ailment: Ailment) -> None:
        super().__init__(database)
        self._ailment = ailment

    @activity.defn(name="notify")
    async def notify(self, request: NotifyInput) -> int:
        """Notify, if the ledger lets it."""
        await self._ailment.strike()
        return await super().notify(request)
