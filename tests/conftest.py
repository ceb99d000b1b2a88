"""What every test stands on: no setting from outside, free ports on this machine,
Hypothesis without a stopwatch.
"""

import gc
import os
import socket
from collections.abc import Callable
from itertools import count, islice
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings as hypothesis_settings

from settings import Settings

# While tests are imported and collected hardly anything is thrown away,
# and what is there then stays to the end: none of it is looked through for garbage again and again.
gc.disable()

# The machine that tests is shared and slow at times: how long an example takes proves nothing.
hypothesis_settings.register_profile("huiying", deadline=None, print_blob=True)
hypothesis_settings.load_profile("huiying")

_LOWEST_PORT: Final = 20_000  # kernels give connections ports from 32,768 on, or higher
_PORTS: Final = 2_000  # for each worker of a run
_SHARES: Final = 6
_ordinals = count(os.getpid() % _PORTS)  # two runs beside each other seldom begin alike
_YOUNG: Final = 10_000  # objects, after which those that are new are looked through
USUAL: Final = 120.0  # seconds; whoever asks for a longer limit takes long


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files of tests that are given more time than usual,
    so that none keeps one worker busy when all others are done.

    Each worker takes an equal share of the list, and then what others have left. A file stays whole,
    since what its tests share is made once in each worker, and sessions of half an hour ago have ended.
    """
    most: dict[Path, float] = {}
    for item in items:
        most[item.path] = max(_seconds(item), most.get(item.path, 0))
    long = sorted((item for item in items if most[item.path] > USUAL), key=lambda item: -most[item.path])
    short = iter([item for item in items if most[item.path] <= USUAL])
    files: dict[Path, list[pytest.Item]] = {}
    for item in long:
        files.setdefault(item.path, []).append(item)
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    left, dealt = len(items), []
    for worker in range(workers):
        share = left // (workers - worker)
        hand = [item for file in list(files.values())[worker::workers] for item in file]
        dealt += [*hand, *islice(short, max(share - len(hand), 0))]
        left -= share
    items[:] = [*dealt, *short]


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG)
    gc.enable()


def _seconds(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0]) if marker is not None and marker.args else USUAL


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("HUIYING_"):
            monkeypatch.delenv(name)


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Tells a port that nobody uses, each once in a long while.

    They lie below those that the kernel gives to connections,
    which would take one before its server is started, and apart from those of the other workers of the run.
    """

    def tell() -> int:
        for ordinal in _ordinals:
            port = _first_port() + ordinal % _PORTS
            with socket.socket() as probe:
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
            return port
        raise AssertionError("never")

    return tell


def _first_port() -> int:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return _LOWEST_PORT + _PORTS * (int(worker) % _SHARES)


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
