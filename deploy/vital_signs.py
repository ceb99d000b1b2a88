"""How each process proves that it lives, by doing what it exists for; every question has a deadline."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from time import monotonic
from typing import Final

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from deploy import probe
from settings import Settings

Sign = Callable[[], Awaitable[bool]]
DEADLINE: Final = 4.0  # seconds
OLDEST: Final = 6.0  # seconds; a file that is touched every two
ASKED_SECONDS: Final = 20.0  # what the watch asked for, at each of its looks, counts so long


def temporal(client: Client) -> Sign:
    """The engine answers a call."""

    async def lives() -> bool:
        request = DescribeNamespaceRequest(namespace=client.namespace)
        try:
            async with asyncio.timeout(DEADLINE):
                await client.workflow_service.describe_namespace(request, timeout=timedelta(seconds=DEADLINE))
        except (RPCError, RuntimeError, TimeoutError):
            return False
        return True

    return lives


def web(settings: Settings) -> Sign:
    """The web process answers at once, and makes a page; what the page says is not its fault."""

    async def lives() -> bool:
        health = await probe.get(settings.host, settings.web_port, "/healthz", DEADLINE)
        if health.status != HTTPStatus.OK:
            return False
        return (await probe.get(settings.host, settings.web_port, "/sign-in", DEADLINE)).status != 0

    return lives


def public(settings: Settings) -> Sign:
    """The public's window answers, if only that there is nothing, or that the crowd before it is too large:
    no reason to end it.
    """

    async def lives() -> bool:
        answer = await probe.get(settings.public_host, settings.public_port, "/", DEADLINE)
        return answer.status in {HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE}

    return lives


def touched(file: Path, clock: Callable[[], float] = monotonic) -> Sign:
    """Whoever touches `file` has done so of late, by the reader's own clock."""
    heard: tuple[int, float] = (0, clock())

    async def lives() -> bool:
        nonlocal heard
        now = clock()
        try:
            at = (await asyncio.to_thread(file.stat)).st_mtime_ns
        except OSError:
            at = 0
        if at != heard[0]:
            heard = (at, now)
        return bool(at) and now - heard[1] <= OLDEST

    return lives


def asked(file: Path, clock: Callable[[], float] = monotonic) -> Callable[[], frozenset[str]]:
    """The processes that the watch asks to have started again, as long as it goes on writing them down."""
    heard: tuple[int, float] = (0, clock())

    def wanted() -> frozenset[str]:
        nonlocal heard
        now = clock()
        try:
            at = file.stat().st_mtime_ns
            names = frozenset(json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return frozenset()
        if at != heard[0]:
            heard = (at, now if heard[0] else float("-inf"))  # what was there before may be of another run
        return names if now - heard[1] <= ASKED_SECONDS else frozenset()

    return wanted
