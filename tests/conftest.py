"""What every test stands on: no setting from outside, free ports on this machine, Hypothesis without a stopwatch."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from settings import Settings

# The machine that tests is shared and slow at times: how long an example takes proves nothing.
hypothesis_settings.register_profile("huiying", deadline=None, print_blob=True)
hypothesis_settings.load_profile("huiying")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("HUIYING_"):
            monkeypatch.delenv(name)


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Tells a port on which nobody listens; the ports of one test differ."""
    told: set[int] = set()

    def tell() -> int:
        while True:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = int(probe.getsockname()[1])
            if port not in told:
                told.add(port)
                return port

    return tell


@pytest.fixture
def settings(tmp_path: Path, free_port: Callable[[], int]) -> Settings:
    """A system in a folder of its own, on free ports, its ledger empty."""
    return Settings(
        var_dir=tmp_path / "var",
        web_port=free_port(),
        worker_metrics_port=free_port(),
        temporal_port=free_port(),
        temporal_metrics_port=free_port(),
        temporal_ui_port=free_port(),
        stop_seconds=5,
        demonstration=False,
    )
