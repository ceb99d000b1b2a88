"""The public's window as the process that it is: started as the supervisor starts it,
on a port of its own.
"""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from deploy.child import Child
from deploy.log_file import LogFile
from deploy.supervisor import public_command, public_environment
from settings import Settings
from tests.kiosk.listening import listens

SECRET = "postgresql+psycopg://desk:the-password@db.invalid/huiying"


@pytest_asyncio.fixture
async def settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_port: Callable[[], int]
) -> AsyncIterator[Settings]:
    """The window over an empty folder, started beside secrets in the environment."""
    monkeypatch.setenv("HUIYING_DATABASE_URL", SECRET)
    settings = Settings(var_dir=tmp_path / "var", public_port=free_port())
    settings.public_folder.mkdir(parents=True)
    log, lines = LogFile(tmp_path / "public.log"), list[str]()
    child = Child("public", public_command(settings), log, lines.append, public_environment(settings))
    await child.start()
    try:
        async with asyncio.timeout(60):
            while not await listens(settings.public_port):
                await asyncio.sleep(0.05)
        yield settings
    finally:
        await child.stop(10)


def address(settings: Settings, path: str = "/") -> str:
    return f"http://127.0.0.1:{settings.public_port}{path}"


async def test_it_serves_the_folder_and_says_in_words_what_it_does_not(settings: Settings):
    (settings.public_folder / "index.html").write_bytes(b"<p>here</p>")
    async with httpx2.AsyncClient() as client:
        page = await client.get(address(settings))
        assert (page.status_code, page.text) == (200, "<p>here</p>")
        assert "server" not in page.headers
        again = await client.get(address(settings), headers={"If-None-Match": page.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert (await client.get(address(settings, "/desk"))).status_code == 404
        assert (await client.post(address(settings), content=b"x" * 100_000)).status_code == 405
        outside = await client.get(address(settings, "/%2e%2e/%2e%2e/etc/passwd"))
        assert outside.status_code == 404


def process_on(port: int) -> Path:
    (process,) = [one for one in Path("/proc").glob("[0-9]*") if str(port).encode() in command_line(one)]
    return process


async def test_it_is_told_nothing_of_the_house(settings: Settings):
    environment = (process_on(settings.public_port) / "environ").read_bytes()
    assert b"HUIYING_PUBLIC_FOLDER=" in environment
    assert b"the-password" not in environment
    assert environment.count(b"HUIYING_") == 1


def command_line(process: Path) -> bytes:
    try:
        line = (process / "cmdline").read_bytes()
    except OSError:
        return b""
    return line if b"kiosk" in line and b"die_with_parent" not in line else b""


async def test_who_sends_a_head_without_end_is_let_go(settings: Settings):
    with socket.create_connection(("127.0.0.1", settings.public_port), 20) as link:
        link.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: " + b"y" * 70_000)
        assert b"431" in link.recv(200)


def test_it_may_have_a_crowd_of_connections_open_however_few_a_program_is_given():
    code = (
        "import resource as r; from kiosk.application import application; "
        "hard = r.getrlimit(r.RLIMIT_NOFILE)[1]; r.setrlimit(r.RLIMIT_NOFILE, (64, hard)); "
        "application(); print(r.getrlimit(r.RLIMIT_NOFILE)[0] > 64)"
    )
    environment = {**os.environ, "HUIYING_PUBLIC_FOLDER": "/nowhere"}
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert told.stdout == "True\n"


def test_what_it_imports_is_no_part_of_the_house():

    code = (
        "import sys, kiosk.application, api.slow_heads; "
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    house = {"storage", "casework", "domain", "words", "settings", "publicity", "sqlalchemy", "temporalio"}
    assert not house & set(told.stdout.split())
