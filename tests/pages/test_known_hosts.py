"""Whose name a request bears, whose word on the asker is believed,
and what a browser is told where TLS leads here.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from deploy.supervisor import web_command
from settings import Settings
from tests.pages.serving import application, browsing

NOW = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[FastAPI]:
    """An application that is reached by TLS under two names."""
    settings = {"hosts": "huiying.example, 回应.example", "behind_tls": True}
    async with application(tmp_path, (), lambda: NOW, **settings) as made:
        yield made


async def asked(app: FastAPI, host: str) -> httpx2.Response:
    async with browsing(app) as browser:
        return await browser.get("/sign-in", headers={"Host": host})


@pytest.mark.parametrize(
    "host", ["huiying.example", "HUIYING.example:8443", "127.0.0.1:8000", "localhost", "[::1]:80"]
)
async def test_a_request_for_a_name_of_ours_or_for_this_machine_is_answered(app: FastAPI, host: str):
    assert (await asked(app, host)).status_code == 200


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "", "huiying.example.evil.example", "192.0.2.1", "[", "a:b"]
)
async def test_a_request_for_another_name_is_refused_in_words(app: FastAPI, host: str):
    answer = await asked(app, host)
    assert answer.status_code == 421
    assert "HUIYING_HOSTS" in answer.json()["detail"]
    assert answer.headers["x-trace-id"]


async def test_where_tls_leads_here_the_browser_is_told_to_come_by_tls_alone(app: FastAPI, tmp_path: Path):
    told = (await asked(app, "huiying.example")).headers["strict-transport-security"]
    assert "max-age=" in told
    assert "includeSubDomains" not in told  # what else is under the name is not ours
    async with application(tmp_path, (), lambda: NOW) as plain:
        assert "strict-transport-security" not in (await asked(plain, "anything.example")).headers


def test_nobody_but_a_proxy_that_is_named_is_believed_who_asks():
    assert "--no-proxy-headers" in web_command(Settings())
    command = web_command(Settings(proxy="192.0.2.10"))
    assert command[command.index("--forwarded-allow-ips") + 1] == "192.0.2.10"
    assert "--no-proxy-headers" not in command
