"""What an administrator sees of a unit's public responses:
since when it is on, and what is, or would be, read there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from desk.people.view import unit_name
from domain.law.regulation import Law
from publicity.responses import PublicCase
from publicity.views import PublicLine, line
from words.language import marked, say
from words.wording import MomentText, moment

MOST_CASES: Final = 50  # cases of a preview, the latest
_DONE: Final = {
    "on": marked("已启用；已公布的回应几秒内登上公开回应页面。"),
    "off": marked("已停用；本单位的回应几秒内从公开回应页面撤下。"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewLine:
    """One case as the public would find it in the list."""

    heading: str
    published: MomentText
    changed: MomentText
    responses: int
    withheld: int
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPage:
    """A unit's switch, and what stands behind it; `port` is 0 where no process serves the page."""

    code: str
    unit: str
    since: MomentText | None
    lines: tuple[PreviewLine, ...]
    has_more: bool
    port: int
    done: str


def public_page(
    law: Law,
    code: str,
    since: datetime | None,
    cases: Iterable[PublicCase],
    *,
    has_more: bool,
    port: int,
    done: str,
) -> PublicPage:
    """The page of a unit's public responses; what changed last stands first."""
    ordered = sorted(cases, key=lambda case: case.changed_at, reverse=True)
    return PublicPage(
        code=code,
        unit=unit_name(law, code),
        since=None if since is None else moment(since),
        lines=tuple(_line(case, line(case)) for case in ordered),
        has_more=has_more,
        port=port,
        done=say(_DONE[done]) if done in _DONE else "",
    )


def _line(case: PublicCase, listed: PublicLine) -> PreviewLine:
    return PreviewLine(
        heading=listed.heading,
        published=listed.began,
        changed=listed.changed,
        responses=len(case.responses),
        withheld=sum(one.withheld is not None for one in case.responses),
        marks=tuple(mark.words.here for mark in listed.marks),
    )
