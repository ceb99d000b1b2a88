"""Calls are started beside each other, and one that cannot be started keeps no other from it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.effects.deliver.effect import NotifyInput
from activities.effects.deliver.starting_calls import start_calls
from activities.payloads import CallInput
from domain.law.hearing_table import BEFORE_THE_TABLE, HearingTable
from domain.notices import Notice
from domain.purposes import Purpose
from storage.database import open_database
from storage.inbox import deliver
from tests.keys import KEYS
from tests.ledgers import empty_ledger
from tests.workflows.calling import switched_on

TABLE = replace(BEFORE_THE_TABLE, old_breach=timedelta(hours=3))


class SlowClient:
    """An engine that takes a while for each call, and cannot start the first unit's."""

    def __init__(self) -> None:
        self.units: list[str] = []
        self.tables: set[HearingTable] = set()
        self.under_way = self.most = 0

    async def start_workflow(self, _: str, call: CallInput, **__: object) -> None:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0.01)
        self.under_way -= 1
        if call.unit == "unit-0":
            raise RPCError("busy", RPCStatusCode.UNAVAILABLE, b"")
        self.units.append(call.unit)
        self.tables.add(call.call.table)


async def test_calls_are_started_beside_each_other_within_a_bound(tmp_path: Path):
    url, at = f"sqlite+aiosqlite:///{tmp_path}/huiying.db", datetime.now(UTC)
    empty_ledger(url)
    database = open_database(url, KEYS)
    notices = tuple(
        Notice(event_number=3, purpose=Purpose.INSTRUCTED, unit=f"unit-{number}", subject="x")
        for number in range(40)
    )
    client = SlowClient()
    try:
        await switched_on(database, 25, at)
        await deliver(database, "inc-1", notices, drill=False, at=at)
        delivery = NotifyInput(
            incident_id="inc-1", notices=notices, drill=False, event_number=3, hearing=TABLE
        )
        with pytest.raises(RPCError):
            await start_calls(cast("Client", client), "queue", database, delivery)
    finally:
        await database.close()
    assert len(client.units) == 39
    assert 1 < client.most <= 16
    assert client.tables == {TABLE}  # that of the case's law
