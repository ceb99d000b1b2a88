"""Whether the system lives, whether it can work, and what it is."""

import asyncio
from importlib.metadata import version
from typing import Literal

from fastapi import APIRouter, Response

from api.audit_book import unwritten
from api.documented import said
from api.lists import Fixed
from api.parts import AppSettings, LifeSigns, Watch
from api.security import PUBLIC
from casework.outcomes import RETRY_AFTER
from storage.regulations import EDITION

router = APIRouter(tags=["system"], dependencies=[PUBLIC])
Part = Literal["up", "down"]


class Alive(Fixed):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(Fixed):
    """Whether work can be done: what is down, the checks of the watch that fail, and each part."""

    status: Literal["ready", "degraded", "unready"]
    down: tuple[str, ...]
    checks: tuple[str, ...]
    parts: dict[str, Part]


class Version(Fixed):
    """What runs here."""

    release: str
    regulation: str
    edition: int
    temporal_sdk: str


@router.get("/healthz", responses={200: said("The web process answers.")})
@unwritten("tells of no incident and of no person")
async def healthz() -> Alive:
    """网页进程是否在运行。 Whether this process answers; it asks nobody else."""
    return Alive()


@router.get(
    "/readyz",
    responses={
        200: said("All is up; `degraded` while a check of the watch fails."),
        503: {**said("What is down."), "model": Readiness},
    },
)
@unwritten("tells of no incident and of no person")
async def readyz(response: Response, life_signs: LifeSigns, watch: Watch) -> Readiness:
    """数据库、Temporal、工作进程是否可用。

    Whether the database takes a write, Temporal answers and a worker takes steps; 503 names what does not.
    `degraded` (200) names the checks of the watch that fail.
    """
    parts, watched = await asyncio.gather(life_signs.parts(), watch.now())
    down = [name for name, up in parts.items() if not up]
    if down:
        response.status_code = 503
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return Readiness(
        status="unready" if down else "degraded" if watched.checks else "ready",
        down=tuple(down),
        checks=tuple(watched.checks),
        parts={name: "up" if up else "down" for name, up in parts.items()},
    )


@router.get("/version", responses={200: said("The release.")})
@unwritten("tells of no incident and of no person")
async def show_version(settings: AppSettings) -> Version:
    """版本。 The release, the regulation for new incidents, and the edition of the rules' code."""
    return Version(
        release=settings.release,
        regulation=settings.regulation,
        edition=EDITION,
        temporal_sdk=version("temporalio"),
    )
