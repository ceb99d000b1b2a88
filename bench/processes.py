"""Starts the processes of a measured system, and reads what the kernel says of their time and memory."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic, sleep

from deploy.child import DIE_WITH_PARENT
from deploy.private_files import make_private
from settings import CHECKOUT, Settings

_KILOBYTE = 1024


def free_settings(var_dir: Path) -> Settings:
    """Settings of a system of its own in `var_dir`, on ports that are free now."""
    web, worker_metrics, temporal, temporal_metrics, temporal_ui = _free_ports(5)
    return Settings(
        var_dir=var_dir,
        web_port=web,
        worker_metrics_port=worker_metrics,
        temporal_port=temporal,
        temporal_metrics_port=temporal_metrics,
        temporal_ui_port=temporal_ui,
    )


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


class BenchProgram:
    """A process of the measured system, which the kernel ends with this one."""

    def __init__(self, name: str, command: Sequence[str], settings: Settings) -> None:
        self.name = name
        self.log = settings.var_dir / "logs" / f"{name}.log"
        make_private(settings.var_dir)
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        self.log.touch(mode=0o600)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-S", DIE_WITH_PARENT, str(os.getpid()), *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment(settings)},
                cwd=CHECKOUT,
                process_group=0,
            )

    def require_alive(self) -> None:
        """Raises RuntimeError with the last line of its log when it has ended."""
        code = self.process.poll()
        if code is not None:
            raise RuntimeError(f"{self.name} ended with {code}: {self.last_line()}")

    def last_line(self) -> str:
        """The last line that it wrote."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "no output"

    def cpu_seconds(self) -> float:
        """Processor time that it has taken, in user and kernel mode, by all its threads."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii", errors="replace")
        fields = stat.rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def own_kilobytes(self) -> int:
        """Memory that is its own and shared with no other process (USS)."""
        return self._memory("Private_Clean") + self._memory("Private_Dirty")

    def resident_kilobytes(self) -> int:
        """Memory that it holds, the shared included (RSS)."""
        return self._memory("Rss")

    def _memory(self, field: str) -> int:
        rollup = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith(f"{field}:"))

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 15) -> None:
        """Ask it to end, and end it with whatever it started after `seconds`."""
        if self.process.poll() is not None:
            return
        self.process.send_signal(number)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def environment(settings: Settings) -> dict[str, str]:
    """The environment variables that give a process these settings."""
    return {f"HUIYING_{name.upper()}": str(getattr(settings, name)) for name in settings.model_fields_set}


def settled_kilobytes(program: BenchProgram, seconds: float) -> int:
    """Its own memory once it no longer changes by more than a tenth of a per cent, or after `seconds`."""
    until = monotonic() + seconds
    before = program.own_kilobytes()
    while monotonic() < until:
        sleep(1)
        now = program.own_kilobytes()
        if abs(now - before) * _KILOBYTE < before:
            return now
        before = now
    return before
