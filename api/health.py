"""Whether the system lives, whether it can work, and what it is."""

import asyncio
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.audit_book import unwritten
from api.documented import answered
from api.parts import AppSettings, LifeSigns, Watch
from api.security import PUBLIC
from casework.outcomes import RETRY_AFTER
from storage.regulations import EDITION

router = APIRouter(tags=["system"], dependencies=[PUBLIC])
_OBJECT = {"type": "object"}


@router.get("/healthz", responses={200: answered("The web process answers.", _OBJECT)})
@unwritten("tells of no incident and of no person")
async def healthz() -> dict[str, str]:
    """网页进程是否在运行。 Whether this process answers; it asks nobody else."""
    return {"status": "ok"}


@router.get(
    "/readyz",
    responses={
        200: answered("All is up; `degraded` while a check of the watch fails.", _OBJECT),
        503: answered("What is down.", _OBJECT),
    },
)
@unwritten("tells of no incident and of no person")
async def readyz(life_signs: LifeSigns, watch: Watch) -> JSONResponse:
    """数据库、Temporal、工作进程是否可用。 Whether the database takes a write, Temporal answers and a worker takes steps; 503 names what does not. `degraded` (200) names the checks of the watch that fail."""
    parts, watched = await asyncio.gather(life_signs.parts(), watch.now())
    down = [name for name, up in parts.items() if not up]
    content = {
        "status": "unready" if down else "degraded" if watched.checks else "ready",
        "down": down,
        "checks": list(watched.checks),
        "parts": {name: "up" if up else "down" for name, up in parts.items()},
    }
    if down:
        return JSONResponse(content, status_code=503, headers={"Retry-After": str(RETRY_AFTER)})
    return JSONResponse(content)


@router.get("/version", responses={200: answered("The release.", _OBJECT)})
@unwritten("tells of no incident and of no person")
async def show_version(settings: AppSettings) -> dict[str, Any]:
    """版本。 The release, the regulation for new incidents, and the edition of the rules' code."""
    return {
        "release": settings.release,
        "regulation": settings.regulation,
        "edition": EDITION,
        "temporal_sdk": version("temporalio"),
    }
