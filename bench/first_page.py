"""P9: from the run command, once set up, to the first page."""

import asyncio
import signal
import sys
from pathlib import Path
from time import perf_counter

from bench.processes import BenchProgram, free_settings
from bench.system import until
from deploy import probe
from settings import CHECKOUT

_SECONDS = 60


async def measure(var_dir: Path) -> float:
    """Seconds from the start of the command that `make run` ends in, on an empty folder,
    until the board is served.
    """
    settings = free_settings(var_dir)
    began = perf_counter()
    program = BenchProgram("run", [sys.executable, str(CHECKOUT / "cli.py"), "run"], settings)
    try:
        await until(probe.until_ok(settings.host, settings.web_port, "/sign-in"), [program], _SECONDS)
        return perf_counter() - began
    finally:
        await asyncio.to_thread(program.stop, signal.SIGINT, 60)
