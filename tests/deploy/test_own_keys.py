"""A web or a watch that has other keys than its ledger ends in words, and makes none of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from audit.keys import require_keys
from deploy.supervisor import web_command
from settings import Settings
from storage.database import open_database
from tests.deploy.system import ROOT
from tests.ledgers import empty_ledger
from workflows.keys import Keyring

NAMES = ("web", "watch")
PATIENCE = 60


@pytest.fixture
async def ledger_with_keys(settings: Settings) -> Settings:
    """A ledger that names a key, whose folder is elsewhere."""
    settings.var_dir.mkdir()
    empty_ledger(settings.database_url)
    database = open_database(settings.database_url)
    await require_keys(database, Keyring(settings.keys_dir))
    await database.close()
    settings.keys_dir.rename(settings.var_dir / "elsewhere")
    return settings


def commands(settings: Settings) -> dict[str, list[str]]:
    return {"web": web_command(settings), "watch": [sys.executable, "-m", "watch"]}


@asynccontextmanager
async def begun(settings: Settings, name: str) -> AsyncIterator[asyncio.subprocess.Process]:
    named = {f"HUIYING_{field.upper()}": str(getattr(settings, field)) for field in settings.model_fields_set}
    process = await asyncio.create_subprocess_exec(
        *commands(settings)[name],
        env={**os.environ, **named},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=ROOT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def said(process: asyncio.subprocess.Process) -> str:
    """All that it says until it ends of itself."""
    async with asyncio.timeout(PATIENCE):
        told, _ = await process.communicate()
    return told.decode()


async def test_a_process_without_the_ledgers_key_ends_in_words_and_makes_none(ledger_with_keys: Settings):
    await asyncio.gather(*(_refuses(ledger_with_keys, name) for name in NAMES))
    assert not ledger_with_keys.keys_dir.exists()


async def test_a_process_makes_no_key_while_nobody_can_say_whether_there_is_one(ledger_with_keys: Settings):
    (ledger_with_keys.var_dir / "huiying.db").rename(ledger_with_keys.var_dir / "aside")
    await asyncio.gather(*(_refuses(ledger_with_keys, name) for name in NAMES))
    assert not ledger_with_keys.keys_dir.exists()


async def test_a_process_whose_ledger_answers_late_ends_once_it_names_another_key(ledger_with_keys: Settings):
    """The keys that it began with are those of another installation."""
    Keyring(ledger_with_keys.keys_dir).current()
    ledger = ledger_with_keys.var_dir / "huiying.db"
    aside = ledger.rename(ledger.with_suffix(".aside"))
    async with begun(ledger_with_keys, "web") as web, begun(ledger_with_keys, "watch") as watch:
        await asyncio.gather(_is_up(web, "startup complete"), _is_up(watch, "watch ready"))
        aside.rename(ledger)
        for told in await asyncio.gather(said(web), said(watch)):
            assert "lacks the key" in told


async def _refuses(settings: Settings, name: str) -> None:
    async with begun(settings, name) as process:
        told = await said(process)
    assert process.returncode != 0
    assert "lacks the key" in told
    assert "restore" in told


async def _is_up(process: asyncio.subprocess.Process, words: str) -> None:
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        while line := (await process.stdout.readline()).decode():
            if words in line:
                return
    pytest.fail("it ended")
