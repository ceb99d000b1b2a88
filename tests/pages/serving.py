"""The real application over a real ledger for the pages' tests, asked in-process or through a port."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import httpx2
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from api.slow_heads import BoundedHeads
from settings import Settings
from storage.database import open_database
from storage.record import record
from tests.ledgers import empty_ledger
from tests.pages.telling import Story
from web import create_app

NOBODY = "127.0.0.1:1"  # where no Temporal server answers


async def fill(settings: Settings, stories: Iterable[Story]) -> None:
    """Make the ledger and record the stories in it."""
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    empty_ledger(settings.database_url)
    database = open_database(settings.database_url)
    try:
        for story in stories:
            await record(database, story.incident_id, tuple(story.decisions))
    finally:
        await database.close()


@asynccontextmanager
async def application(
    folder: Path, stories: Iterable[Story], now: Callable[[], datetime], **settings: object
) -> AsyncIterator[FastAPI]:
    """The application at the instants that `now` tells, started, over a ledger of the stories."""
    made = Settings.model_validate(
        {
            "var_dir": folder,
            "temporal_address": NOBODY,
            "log_level": "error",
            "pages_open": True,
            "second_factor": "",
            **settings,
        }
    )
    await fill(made, stories)
    app = create_app(made, now)
    async with app.router.lifespan_context(app):
        yield app


@asynccontextmanager
async def browsing(app: FastAPI, address: str = "http://127.0.0.1") -> AsyncIterator[httpx2.AsyncClient]:
    """Asks as a browser on this machine does."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False, client=("127.0.0.1", 50000))
    headers = {"Accept": "text/html"}
    async with httpx2.AsyncClient(
        transport=transport, base_url=address, headers=headers, timeout=60
    ) as client:
        yield client


@asynccontextmanager
async def serving(
    app: ASGIApp, port: int, protocol: type[asyncio.Protocol] = BoundedHeads
) -> AsyncIterator[str]:
    """The application behind a port of this machine, 0 for any free one; gives its address."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        http=protocol,
        log_level="critical",
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    try:
        bound = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{bound}"
    finally:
        server.should_exit = True
        await task
