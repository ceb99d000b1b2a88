"""Courses that no rehearsal takes: steps by signal, some of no use, and a case continued as new."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from tests.domain.cast import assigned, concluded, h, judged, published, registered, reported, signed_for
from tests.workflows.stage import Stage, a_live_stage, a_stage


async def silence(stage: Stage) -> None:
    """Nobody answers: reminders, the breach and its ladder;
    steps by signal, one refused and one that cannot be read.
    """
    await stage.register(registered())
    await stage.hand_over(judged())
    await stage.hand_over(assigned())
    await stage.hand_over(assigned(at=h(m=25)))
    await stage.handle.signal("submit_later", {"kind": "submission", "neither": "fish nor fowl"})
    await stage.until(h(80))


async def continued(stage: Stage) -> None:
    """A case continued as new on its way, with a step repeated after that."""
    await stage.register(registered(), history_limit=60)
    await stage.give(judged(), key="judging")
    await stage.give([assigned(), signed_for(), concluded(), published(), reported()])
    await stage.give(judged(at=h(21)), key="judging")


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What is given, and on which server; the time-skipping one stands still when a case
    is continued as new.
    """

    play: Callable[[Stage], Awaitable[None]]
    on: Callable[[Path], AbstractAsyncContextManager[Stage]] = a_stage


COURSES = {"silence": Course(play=silence), "continued": Course(play=continued, on=a_live_stage)}
