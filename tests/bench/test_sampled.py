"""The sampler books processor time onto the functions that took it, in whatever thread they ran."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import threading, time
def busy(until):
    while time.thread_time() < until:
        pass
def waiting():
    time.sleep(1)
threads = [threading.Thread(target=busy, args=(0.5,)), threading.Thread(target=waiting)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def test_a_busy_thread_is_seen_and_a_waiting_one_is_not(tmp_path: Path):
    (tmp_path / "busy_and_waiting.py").write_text(PROGRAM, encoding="utf-8")
    result = tmp_path / "result.json"
    subprocess.run(
        [sys.executable, "-m", "bench.sampled", str(result), "busy_and_waiting"],
        cwd=ROOT,
        env={"PYTHONPATH": str(tmp_path)},
        check=True,
        timeout=60,
    )
    told = json.loads(result.read_text(encoding="utf-8"))
    by_function = {name.rpartition(":")[2]: seconds for name, seconds in told["own"].items()}
    assert 0.3 < by_function["busy"] < 0.8
    assert by_function.get("waiting", 0) < 0.1
