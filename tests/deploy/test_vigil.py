"""What hangs is warned of, then ended, with growing patience; what cannot help its silence is left alone."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import cast

import pytest

from deploy import probe
from deploy.child import Child
from deploy.vigil import Vigil
from deploy.vital_signs import ASKED_SECONDS, asked, public
from settings import Settings

NEEDS = {"worker": "temporal"}


class Process:
    """A child as the vigil sees it; each end gives it another pid."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.pid: int | None = 1
        self.ended = 0

    def end(self) -> None:
        self.ended += 1
        self.pid = (self.pid or 0) + 1


class Scene:
    """Processes, what each answers, and a clock that moves by three seconds a look."""

    def __init__(self) -> None:
        self.now = 0.0
        self.said: list[str] = []
        self.processes = {name: Process(name) for name in ("temporal", "worker", "web", "public")}
        self.lives = dict.fromkeys(self.processes, True)
        self.asked: set[str] = set()
        self.vigil = Vigil(
            self.said.append,
            patience=15,
            start_patience=60,
            inquiries=lambda: self.asked,
            apart=("public",),
            clock=lambda: self.now,
        )

    def _sign(self, name: str) -> Callable[[], Awaitable[bool]]:
        async def lives() -> bool:
            return self.lives[name]

        return lives

    async def look(self, times: int = 1) -> None:
        children = cast("dict[str, Child]", self.processes)
        signs = {name: self._sign(name) for name in self.processes}
        for _ in range(times):
            await self.vigil.look(children, signs, NEEDS)
            self.now += 3

    def ended(self) -> dict[str, int]:
        return {name: process.ended for name, process in self.processes.items() if process.ended}


@pytest.fixture
def scene() -> Scene:
    return Scene()


async def test_a_process_that_falls_silent_is_warned_of_and_then_ended(scene: Scene):
    await scene.look()
    scene.lives["web"] = False
    await scene.look(2)
    assert "gives no sign of life" in scene.said[-1]
    assert scene.ended() == {}
    await scene.look(4)
    assert scene.ended() == {"web": 1}
    assert "has hung for 15 s" in scene.said[-1]


async def test_one_that_answers_in_time_is_left_alone(scene: Scene):
    await scene.look()
    scene.lives["web"] = False
    await scene.look(4)
    scene.lives["web"] = True
    await scene.look(20)
    assert scene.ended() == {}
    assert "web lives" in scene.said[-1]


async def test_a_worker_is_not_blamed_for_a_silent_engine(scene: Scene):
    await scene.look()
    scene.lives["temporal"] = scene.lives["worker"] = False
    await scene.look(6)
    assert scene.ended() == {"temporal": 1}


async def test_a_process_that_was_only_just_started_is_given_the_time_of_a_start(scene: Scene):
    scene.lives["worker"] = False
    await scene.look(20)
    assert scene.ended() == {}
    await scene.look(2)
    assert scene.ended() == {"worker": 1}


async def test_after_each_end_the_next_comes_later_whosever_it_is(scene: Scene):
    for name, looks in (("web", 6), ("temporal", 11), ("web", 21)):
        scene.lives = dict.fromkeys(scene.processes, True)
        await scene.look()
        scene.lives[name] = False
        before = sum(scene.ended().values())
        await scene.look(looks - 1)
        assert sum(scene.ended().values()) == before
        await scene.look()
        assert sum(scene.ended().values()) == before + 1


async def test_the_ends_of_what_strangers_can_silence_make_nobody_elses_come_later(scene: Scene):
    for name, looks in (("public", 6), ("web", 6), ("public", 11), ("worker", 11)):
        scene.lives = dict.fromkeys(scene.processes, True)
        await scene.look()
        scene.lives[name] = False
        before = sum(scene.ended().values())
        await scene.look(looks - 1)
        assert sum(scene.ended().values()) == before
        await scene.look()
        assert sum(scene.ended().values()) == before + 1


@pytest.mark.parametrize(
    ("status", "lives"), [(200, True), (404, True), (503, True), (500, False), (0, False)]
)
async def test_the_publics_window_lives_though_it_turns_a_crowd_away(
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    lives: bool,  # noqa: FBT001  a case of a table
):
    async def answered(*_: object) -> probe.ProbeReply:
        return probe.ProbeReply(status, "")

    monkeypatch.setattr(probe, "get", answered)
    assert await public(Settings(public_port=8080))() is lives


async def test_a_process_that_has_ended_is_no_matter_of_the_vigil(scene: Scene):
    await scene.look()
    scene.processes["web"].pid = None
    scene.lives["web"] = False
    await scene.look(30)
    assert scene.ended() == {}


async def test_a_vigil_that_was_itself_stopped_ends_nobody_for_it(scene: Scene):
    await scene.look()
    scene.lives["web"] = False
    await scene.look()
    scene.now += 600
    await scene.look()
    assert scene.ended() == {}


async def test_one_that_the_watch_asks_for_is_ended_though_it_answers(scene: Scene):
    await scene.look()
    scene.asked = {"worker", "unknown"}
    await scene.look(5)
    assert scene.ended() == {}
    await scene.look()
    assert scene.ended() == {"worker": 1}
    await scene.look(20)  # a new one is given the time of a start
    assert scene.ended() == {"worker": 1}


async def test_two_that_are_asked_for_in_turn_back_off(scene: Scene):
    for name, looks in (("web", 6), ("worker", 11), ("web", 21)):
        scene.asked = set()
        await scene.look()
        scene.asked = {name}
        before = sum(scene.ended().values())
        await scene.look(looks - 1)
        assert sum(scene.ended().values()) == before
        await scene.look()
        assert sum(scene.ended().values()) == before + 1


def test_what_was_asked_counts_while_it_is_written_anew(tmp_path: Path):
    now, file = [0.0], tmp_path / "asked.json"
    wanted = asked(file, clock=lambda: now[0])
    assert wanted() == set()
    file.write_text('{"worker": "records nothing"}', encoding="utf-8")
    assert wanted() == set()  # it may be of another run
    os.utime(file, ns=(1, 1))
    assert wanted() == {"worker"}
    now[0] += ASKED_SECONDS + 1
    assert wanted() == set()
    file.write_text("nonsense", encoding="utf-8")
    assert wanted() == set()
