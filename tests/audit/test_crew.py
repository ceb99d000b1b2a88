"""An audit in several processes comes to the same as in one;
a process that dies leaves its case unproven, and none is left behind.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from audit.crew import HAND, AuditErrand, Crew, framed
from audit.differences import AuditOutcome, DifferenceKind, Report
from audit.verify import verify
from settings import CHECKOUT
from storage.database import Database
from storage.record import record
from tests.audit.conftest import ENDED, SILENT
from tests.audit.forger import Forger
from tests.keys import KEYS
from tests.storage.cases import Case

HANGS = "import sys, time; sys.stdin.buffer.read(9); print('begun', flush=True); time.sleep(600)"
DIES = "import sys; sys.stdin.buffer.read(9); sys.exit('no memory left')"


@pytest.fixture
def errand(forger: Forger) -> AuditErrand:
    return AuditErrand(
        database_url=f"sqlite+aiosqlite:///{forger.file}",
        keys_dir=KEYS.folder,
        temporal_address="127.0.0.1:9",
        temporal_namespace="default",
        asks_server=False,
        out_of_reach=False,
    )


@pytest.fixture
async def tampered(database: Database, forger: Forger) -> Database:
    """A law changed under its digest, an edited step, a history that is gone,
    and cases beside them that never had one.
    """

    def kinder(content: dict[str, Any]) -> None:
        for law in (content["cause"]["opening"]["law"], content["events"][0]["law"]):
            law["limits"]["h48"] = "P30D"

    for name in ("a", "b", "c"):
        case = Case(name)
        await record(database, case.incident_id, case.decisions)
    forger.edit(SILENT, 1, kinder)
    forger.seal_anew(SILENT)
    judged = forger.number_of(ENDED, "judged")
    forger.edit(ENDED, judged, lambda content: content["cause"]["actor"].update(person="mallory"))
    return database


async def audited(database: Database, crew: Crew) -> Report:
    return await verify(database, None, (), crew, KEYS)


async def test_it_comes_to_the_same_in_however_many_processes(tampered: Database, errand: AuditErrand):
    told: list[tuple[int, int]] = []
    alone = await audited(tampered, Crew(errand=errand))
    assert {DifferenceKind.LAW, DifferenceKind.CHAIN, DifferenceKind.HISTORY_MISSING} <= {
        one.kind for one in alone.differences
    }
    for processes in (2, 7):
        crew = Crew(errand=errand, processes=processes, progress=lambda *counts: told.append(counts))
        assert await audited(tampered, crew) == alone
        assert told == [(done, 5) for done in (1, 2, 3, 4, 5)]
        told.clear()


async def test_what_was_not_touched_agrees_in_two_processes(database: Database, errand: AuditErrand):
    report = await audited(database, Crew(errand=errand, processes=2))
    assert {case.incident_id for case in report.cases} == {ENDED, SILENT}
    assert report.outcome is AuditOutcome.AGREES


def program(text: str) -> tuple[str, ...]:
    return (sys.executable, "-c", text)


async def test_a_process_that_dies_leaves_its_case_unproven_with_the_reason(
    database: Database, errand: AuditErrand
):
    crew = Crew(errand=errand, processes=2, command=program(DIES))
    report = await audited(database, crew)
    assert [case.outcome for case in report.cases] == [AuditOutcome.UNPROVEN] * 2
    assert all("status 1: no memory left" in why for why in report.unproven)
    assert report.exit_status == 2
    report = await audited(database, Crew(errand=errand, processes=2, command=("/nowhere",)))
    assert [case.outcome for case in report.cases] == [AuditOutcome.UNPROVEN] * 2


async def test_after_a_process_that_died_another_goes_on(
    database: Database, errand: AuditErrand, tmp_path: Path
):
    once = tmp_path / "once"
    text = f"""
import os, pathlib, runpy, signal
try:
    pathlib.Path({str(once)!r}).touch(exist_ok=False)
except FileExistsError:
    runpy.run_module("audit.hand", run_name="__main__")
else:
    os.kill(os.getpid(), signal.SIGKILL)
"""
    report = await audited(database, Crew(errand=errand, processes=2, command=program(text)))
    outcomes = sorted(case.outcome for case in report.cases)
    assert outcomes == [AuditOutcome.AGREES, AuditOutcome.UNPROVEN]
    assert "Killed" in report.unproven[0]


async def test_who_breaks_off_leaves_no_process_behind(
    database: Database, errand: AuditErrand, tmp_path: Path
):
    pids = tmp_path / "pids"
    text = f"import os; open({str(pids)!r}, 'a').write(f'{{os.getpid()}}\\n'); " + HANGS
    crew = Crew(errand=errand, processes=2, command=program(text))
    running = asyncio.ensure_future(audited(database, crew))
    while not pids.exists() or len(pids.read_text().split()) < 2:
        await asyncio.sleep(0.05)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    for pid in map(int, pids.read_text().split()):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_a_process_ends_with_who_started_it(errand: AuditErrand):
    hand = await asyncio.create_subprocess_exec(
        *HAND, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=CHECKOUT
    )
    hand.stdin.write(framed(errand))
    hand.stdin.close()
    said, _ = await hand.communicate()
    assert said == b""
    assert hand.returncode == 0
