"""系统状况: whether the parts of the system answer, and what it is, for the system administrator."""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.audit_book import writes
from api.parts import parts_of
from casework.ledger_session import reading
from desk.administration.access import System
from desk.alarms.view import AlarmLine, alarm_lines, unseen
from desk.frame.page import now_of, rendered
from desk.system.healings import HealingsPage, healings_page
from storage.alarms import latest_alarms
from storage.audit_book import BookDeed
from storage.healings import forked, healings
from storage.queries import open_incidents
from storage.regulations import EDITION
from words.language import marked, say
from words.wording import MomentText, moment

_LATEST: Final = 5
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_NAMES: Final = {
    "database": (
        marked("数据库（事件记录和台账）"),
        marked("请检查数据库服务和磁盘空间；恢复前不能登记和办理。"),
    ),
    "temporal": (marked("流程引擎 Temporal"), marked("请检查 Temporal 服务；恢复前可查看，不能办理。")),
    "worker": (marked("工作进程"), marked("请检查工作进程是否在运行；恢复前提交的步骤会排队。")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """One part of the system, whether it answers, and what to do when it does not."""

    name: str
    is_up: bool
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemPage:
    """How the system stands; of incidents no more than how many are open."""

    parts: tuple[PartView, ...]
    alarms: tuple[AlarmLine, ...]
    unseen: str
    asked_at: MomentText
    release: str
    regulation: str
    edition: int
    open_count: int
    drill_count: int
    healings: HealingsPage


@router.get("/system")
@writes(BookDeed.SYSTEM_READ)
async def show_system(request: Request, account: System) -> HTMLResponse:
    """系统状况。 Whether ledger, Temporal and worker answer; release; how many incidents are open."""
    settings = parts_of(request).settings
    up = await parts_of(request).vitals.parts()
    async with reading(parts_of(request).database) as session:
        open_count = await open_incidents(session, drill=False)
        alarms = alarm_lines(await latest_alarms(session), account.login)
        drill_count = await open_incidents(session, drill=True)
        healed = healings_page(await healings(session, limit=_LATEST), await forked(session))
    page = SystemPage(
        parts=tuple(
            PartView(name=say(name), is_up=up[part], advice=say(advice))
            for part, (name, advice) in _NAMES.items()
        ),
        alarms=alarms,
        unseen=unseen(alarms),
        asked_at=moment(now_of(request)),
        release=settings.release,
        regulation=settings.regulation,
        edition=EDITION,
        open_count=open_count,
        drill_count=drill_count,
        healings=healed,
    )
    return await rendered(request, "system/page.html", page=page)
