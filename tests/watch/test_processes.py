"""What the watch hears of the supervisor and asks of it."""

import json
import os
from pathlib import Path

from deploy.vital_signs import asked
from watch.asking import Asks
from watch.processes import TOLD_FOR, Processes


def told(file: Path, **worker: object) -> None:
    content = {"worker": {"ends": 0, "ended_ago": None, "silent": False, **worker}}
    file.write_text(json.dumps(content), encoding="utf-8")


def test_ends_of_late_and_silence_are_told_by_name(tmp_path: Path):
    file = tmp_path / "supervisor.json"
    processes = Processes(file)
    assert processes() == {}
    told(file)
    assert processes() == {}
    told(file, ends=1, ended_ago=2.5)
    assert processes() == {"worker": "ended"}
    assert Processes(file)() == {
        "worker": "ended"
    }  # also to a watch that has only just begun, having ended itself
    told(file, ends=1, ended_ago=TOLD_FOR + 1)
    assert processes() == {}
    told(file, silent=True)
    assert processes() == {"worker": "silent"}


def test_a_supervisor_that_writes_no_more_is_told(tmp_path: Path):
    now, file = [0.0], tmp_path / "supervisor.json"
    processes = Processes(file, clock=lambda: now[0])
    told(file)
    assert processes() == {}
    now[0] += 21
    assert processes() == {"supervisor": "silent"}
    os.utime(file, ns=(1, 1))
    assert processes() == {}


def test_the_supervisor_reads_what_the_watch_asks(tmp_path: Path):
    file = tmp_path / "heartbeat" / "asked.json"
    ask, wanted = Asks(file), asked(file)
    for _ in range(2):
        ask({"worker": "records nothing"})
        heard = wanted()
    assert heard == {"worker"}
    ask({})
    assert wanted() == set()
