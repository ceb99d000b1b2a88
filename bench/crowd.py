"""P12: the public page under a crowd, beside the same server with a static file."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.figure import BenchFigure
from bench.load import Load, drive
from bench.plan import Plan
from bench.processes import BenchProgram, free_settings
from bench.system import until
from deploy import probe
from deploy.supervisor import public_command, public_environment
from publicity.folder import Folder
from settings import Settings

_PAGE = "responses/page.html"
_TEXT = (
    '<!doctype html><html lang="zh-CN"><title>t</title><p>' + "情况通报。" * 1_600 + "</p></html>"
)  # 24 KB
_SECONDS = 60
_WARM_UP = 0.3
_COUNTS_FROM = 0.99
_FOLDER = "HUIYING_PUBLIC_FOLDER"
_TWIN = "bench.static_twin:application"


@dataclass(slots=True, kw_only=True)
class Crowd:
    """Loads of the page, of the same file by the framework, and of readers who have the page already;
    and the processor time of an answer.
    """

    page: list[Load] = field(default_factory=list)
    static: list[Load] = field(default_factory=list)
    known: list[Load] = field(default_factory=list)
    cpu_milliseconds: dict[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Answers per second over those of the static file, the median over the rounds."""
        return median(one.rate / other.rate for one, other in zip(self.page, self.static, strict=True))

    def figure(self) -> BenchFigure:
        """The figure against its target."""
        page, static, known = (
            median(one.rate for one in loads) for loads in (self.page, self.static, self.known)
        )
        return BenchFigure(
            id="P12",
            what="answers per second of the public page, over the same server with a static file",
            value=self.ratio,
            unit="",
            target=0.5,
            at_least=True,
            taken=f"{page:.0f}/s over {static:.0f}/s, unchanged (304) {known:.0f}/s; CPU per answer"
            f" {self.cpu_milliseconds['page']:.2f} ms against {self.cpu_milliseconds['static']:.2f} ms",
            counts=all(load.success >= _COUNTS_FROM for load in (*self.page, *self.static, *self.known)),
        )


async def measure(folder: Path, plan: Plan) -> Crowd:
    """Both servers beside each other over one folder, in turns,
    each with as many readers as the other figures have callers.
    """
    settings = free_settings(folder).model_copy(update={"public_port": 0})
    own = settings.model_copy(update={"public_port": settings.web_port})
    twin = settings.model_copy(update={"public_port": settings.temporal_ui_port})
    Folder(own.public_folder).write(_PAGE, _TEXT)
    crowd = Crowd()
    async with AsyncExitStack() as stack:
        page = await stack.enter_async_context(_serving("page", own, public_command(own)))
        static = await stack.enter_async_context(_serving("static", twin, _twin_command(twin)))
        tag = await _tag(own)
        for _ in range(plan.rounds):
            crowd.page.append(await _load(own, plan, page, crowd, {}))
            crowd.static.append(await _load(twin, plan, static, crowd, {}))
            crowd.known.append(await _load(own, plan, None, crowd, {"If-None-Match": tag}))
    return crowd


def _twin_command(settings: Settings) -> list[str]:
    """The same command but for its application: the same server, protocol and bounds."""
    return [_TWIN if word == "kiosk.application:application" else word for word in public_command(settings)]


@asynccontextmanager
async def _serving(name: str, settings: Settings, command: list[str]) -> AsyncIterator[BenchProgram]:
    folder = f"{_FOLDER}={public_environment(settings)[_FOLDER]}"
    program = BenchProgram(name, ["/usr/bin/env", folder, *command], settings)
    try:
        await until(probe.until_ok("127.0.0.1", settings.public_port, f"/{_PAGE}"), [program], _SECONDS)
        yield program
    finally:
        await asyncio.to_thread(program.stop)


async def _load(
    settings: Settings, plan: Plan, program: BenchProgram | None, crowd: Crowd, headers: Mapping[str, str]
) -> Load:
    async with AsyncExitStack() as stack:
        readers = [
            await stack.enter_async_context(_reader(settings.public_port, headers))
            for _ in range(plan.callers)
        ]
        acts = [reader.act for reader in readers]
        await drive(acts, _WARM_UP)
        before = program.cpu_seconds() if program else 0.0
        load = await drive(acts, plan.alone)
        if program is not None:
            each = (program.cpu_seconds() - before) * 1e3 / max(load.done, 1)
            crowd.cpu_milliseconds[program.name] = each
    return load


@dataclass(slots=True)
class _Reader:
    """One browser that keeps its connection, and asks for the page again and again."""

    request: bytes
    incoming: asyncio.StreamReader
    outgoing: asyncio.StreamWriter

    async def act(self) -> str:
        self.outgoing.write(self.request)
        head = await self.incoming.readuntil(b"\r\n\r\n")
        status = head[9:12].decode()
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line[15:])
        if length:
            await self.incoming.readexactly(length)
        return "200" if status == "304" else status


@asynccontextmanager
async def _reader(port: int, headers: Mapping[str, str]) -> AsyncIterator[_Reader]:
    incoming, outgoing = await asyncio.open_connection("127.0.0.1", port)
    lines = [f"GET /{_PAGE} HTTP/1.1", "Host: bench", *(f"{name}: {text}" for name, text in headers.items())]
    try:
        yield _Reader("\r\n".join((*lines, "", "")).encode(), incoming, outgoing)
    finally:
        outgoing.close()
        await outgoing.wait_closed()


async def _tag(settings: Settings) -> str:
    async with _reader(settings.public_port, {}) as reader:
        reader.outgoing.write(reader.request)
        head = (await reader.incoming.readuntil(b"\r\n\r\n")).decode()
    return next(line.partition(": ")[2] for line in head.split("\r\n") if line.lower().startswith("etag"))
