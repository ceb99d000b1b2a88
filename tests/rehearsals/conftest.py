"""What the tests of rehearsals share: writing a file, folding it, and where the files of the project lie."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import uvicorn
from temporalio.client import Client

from domain.catalogue import CaseEvent
from domain.steps.register import Registered
from rehearsals.dev_server import DevServer
from rehearsals.document import Rehearsal, load
from rehearsals.skipping import executable
from settings import Settings
from storage.database import Database, open_database
from tests.ledgers import empty_ledger
from web import create_app
from worker import build_worker
from workflows.client import connect

ROOT = Path(__file__).parents[2]

HEAD = """\
shared:
  factors: &factors
    nature: {score: 2, text: 一}
    intensity: {score: 2, text: 二}
    public_reaction: {score: 2, text: 三}
    media_involvement: {score: 2, text: 四}
steps:
  - at: 2026-06-01T08:05:00+08:00
    as: 市政府办公室/monitor
    register:
      title: 停水
      discovered_at: 2026-06-01T08:00:00+08:00
      sources: [{at: -20m, platform: wechat, gist: 停水}]
      involved: [{unit: 青溪镇, role: accountable}]
      metrics: [{at: +0m, posts: 12, reads: 15000, comments: 130}]
"""
LINES = HEAD.count("\n")  # what follows the head begins on the line after these


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a rehearsal file."""

    def write(text: str) -> Path:
        file = tmp_path / "case.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


@pytest.fixture
def rehearsed(written: Callable[[str], Path]) -> Callable[[str], Rehearsal]:
    """Writes a rehearsal that begins with the registration of a case, and reads it."""

    def read(rest: str) -> Rehearsal:
        return load(written(HEAD + rest))

    return read


@dataclass(frozen=True)
class System:
    """A running system of the test's own: dev server, worker and database,
    and the web process where it is started.
    """

    settings: Settings
    client: Client
    database: Database


@pytest.fixture
async def system(settings: Settings, tmp_path: Path) -> AsyncIterator[System]:
    """Temporal, the worker and a migrated database, in this process but for Temporal."""
    server = DevServer(executable("temporal"), tmp_path, settings.temporal_namespace)
    settings = settings.model_copy(update={"temporal_address": server.address})
    empty_ledger(settings.database_url)
    await server.start()
    database = open_database(settings.database_url)
    try:
        client = await connect(server.address, settings.temporal_namespace, settings.keys_dir)
        async with build_worker(client, database, settings):
            yield System(settings, client, database)
    finally:
        await database.close()
        await server.stop()


@pytest.fixture
async def web(system: System) -> AsyncIterator[Settings]:
    """The web process of the system, answering on its port."""
    app = create_app(system.settings)
    config = uvicorn.Config(app, host=system.settings.host, port=system.settings.web_port, log_level="error")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:
            await asyncio.sleep(0.05)
        yield system.settings
    finally:
        server.should_exit = True
        await serving


def without_clock(event: CaseEvent) -> CaseEvent:
    """The event but for what differs from run to run: the identifiers drawn and the drill's clock."""
    return replace(event, incident_id="", number="", drill=None) if isinstance(event, Registered) else event
