"""Deadline certificates: what each says, that it stays the same, that it is checked without this system, and that none is forged."""

import json
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from audit.bundle.checking import checked
from audit.bundle.container import packed, unpacked
from audit.bundle.core import canonical, sha256
from audit.bundle.exporting import House, exported, script
from audit.bundle.verify import certified as verify_certificate
from audit.bundle.verify import main, verified
from audit.certificates import Certificate, NoObligation, all_said, certified, under_a_checkpoint
from audit.sealing import sealed_now
from papers.outcome import outcome
from storage.audit_book import Deed, Entry, append
from storage.checkpoint_keys import CheckpointKeys
from storage.database import Database, open_database
from storage.healings import HealingEntry, Phase, enter
from storage.migrations import migrate_now
from storage.record import record
from storage.reduced_rows import reduced_rows_of
from storage.signed_notes import is_signature
from terminal.bundles import check_bundle
from tests.audit.forging import fitted
from tests.audit.sealed import LI, NOON
from tests.storage.cases import Case

ANSWER = "RESP48:urban_management:assignment-1"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'huiying.db'}"
    migrate_now(url)
    opened = open_database(url)
    yield opened
    await opened.close()


@pytest.fixture
def signing(tmp_path: Path) -> CheckpointKeys:
    return CheckpointKeys(tmp_path / "keys")


async def of(
    database: Database, signing: CheckpointKeys, case: Case, duty: str | None = ANSWER
) -> tuple[Certificate, ...]:
    await record(database, case.incident_id, case.decisions)
    return await certified(database, signing, case.incident_id, LI, NOON, obligation=duty)


@pytest.fixture
async def late(database: Database, signing: CheckpointKeys) -> Certificate:
    """Answered after three days."""
    (certificate,) = await of(database, signing, Case().close_late())
    return certificate


def faults(content: bytes) -> list[str]:
    check, _ = verify_certificate(content, is_signature)
    return [str(wrong) for wrong in check.wrong]


async def test_it_says_who_failed_by_which_sentence_and_how_late(late: Certificate):
    told = late.statement
    assert told["verdict"]["chinese"].startswith("超时：市城市管理局没有在 2026-09-09 10:00 前完成")
    assert told["verdict"]["chinese"].endswith("失责的是市城市管理局。")
    assert told["verdict"]["english"].endswith("市城市管理局 failed.")
    assert "应在48小时内予以回应" in told["owed"]["sentence"]
    assert told["clock"]["start_from"] == "第 1 号记录，市政府办公室登记"
    assert told["publication"]["evidence"] == [{"url": "file:///proof", "sha256": "a" * 64}]
    kinds = [one["kind"] for one in told["course"]]
    assert kinds[0] == "obligation_opened"
    assert {"reminder_sent", "obligation_breached", "published", "obligation_fulfilled"} <= set(kinds)


@pytest.mark.parametrize(
    ("carried", "begins", "has"),
    [
        (lambda case: case.publish(), "按时", "没有单位失责"),
        (lambda case: case.overdue(), "超时", "仍未完成"),
        (lambda case: case.assign(), "尚无定论", "没有记下超时"),
        (lambda case: case.withdraw(), "按时", "没有单位失责"),
    ],
)
async def test_the_verdict_is_in_plain_words(
    database: Database, signing: CheckpointKeys, carried: Callable[[Case], Case], begins: str, has: str
):
    (certificate,) = await of(database, signing, carried(Case()))
    verdict = certificate.statement["verdict"]["chinese"]
    assert verdict.startswith(begins)
    assert has in verdict


async def test_what_was_replaced_before_it_was_due_and_a_drill_say_so(
    database: Database, signing: CheckpointKeys
):
    (certificate,) = await of(database, signing, Case("2", drill=True).assign(), "RESP48:-:registration")
    assert certificate.statement["verdict"]["chinese"].startswith("演练，不是真实事件。未到期即终止")
    assert "交办前代持" in certificate.statement["owed"]["by"]


async def test_each_obligation_of_a_case_comes_out_of_its_own_records_as_the_case_has_it(
    database: Database, signing: CheckpointKeys
):
    for name, carried in (
        ("3", Case("3").supervised()),
        ("4", Case("4").withdraw()),
        ("5", Case("5").close()),
    ):
        for certificate in await of(database, signing, carried, None):
            duty = carried.state.obligation(certificate.obligation)
            assert certificate.statement["outcome"] == outcome(duty), name
            assert faults(certificate.content) == []


async def test_it_stays_the_same_until_something_is_recorded(database: Database, signing: CheckpointKeys):
    case = Case().publish()
    (first,) = await of(database, signing, case)
    await database.write(partial(append, entries=[Entry(at=NOON, deed=Deed.INCIDENT_READ, origin=LI)]))
    (again,) = await of(database, signing, case)
    assert (again.content, again.code) == (first.content, first.code)
    case._finish()
    (later,) = await of(database, signing, case)
    assert later.code != first.code


async def test_what_the_watch_healed_stands_on_it(database: Database, signing: CheckpointKeys):
    case = Case().publish()
    healing = HealingEntry(
        incident_id=case.incident_id,
        cause="watch",
        phase=Phase.DONE,
        faults=("no_workflow",),
        log_number=3,
        history_number=3,
    )
    await enter(database, healing)
    (certificate,) = await of(database, signing, case)
    assert [one["what"] for one in certificate.statement["healings"]] == ["已恢复：没有工作流"]


async def test_nothing_is_certified_that_is_not_owed(database: Database, signing: CheckpointKeys):
    for case, duty in ((Case("6").assign(), "RESP48:nobody:nothing"), (Case("7"), "x")):
        with pytest.raises(NoObligation):
            await of(database, signing, case, duty)
    with pytest.raises(NoObligation):
        await certified(database, signing, "inc-none", LI, NOON)


def test_it_is_checked_by_the_program_of_a_bundle_with_openssl(late: Certificate, tmp_path: Path):
    (tmp_path / "verify.py").write_text(script(), encoding="utf-8")
    file = tmp_path / "certificate.json"
    file.write_bytes(late.content)
    command = [sys.executable, "-I", "verify.py", str(file), "--code"]
    done = subprocess.run([*command, late.code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "失责的是市城市管理局" in done.stdout
    done = subprocess.run([*command, "0" * 32], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "与纸上的核对码不符" in done.stdout
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2


def test_the_house_accepts_its_code_and_no_other(late: Certificate, tmp_path: Path):
    file = tmp_path / "certificate.json"
    file.write_bytes(late.content)
    verdict = checked(file, None, late.code)
    assert (verdict.wrong, verdict.says) == ((), late.statement["verdict"]["chinese"])
    assert checked(file, None, late.code.replace(" ", "").upper()).holds
    assert not checked(file, None, late.code[:-1]).holds
    assert len(checked(file).notes) == 1
    assert [one.place for one in checked(file, None, "f" * 32).wrong] == ["code"]


@pytest.mark.parametrize("code", ["", "  "])
def test_an_empty_code_is_refused_in_words(
    late: Certificate, bundle: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str
):
    """A paper whose code was not typed in is not compared; nobody is to think that it was."""
    for name, content in (("certificate.json", late.content), ("bundle.zip", bundle)):
        file = tmp_path / name
        file.write_bytes(content)
        assert main([str(file), "--code", code]) == 1
        shown = capsys.readouterr().out
        assert "核对码是空的，没有核对" in shown
        assert "the code is empty" in shown
        assert [one.place for one in checked(file, None, code).wrong] == ["code"]


def test_the_code_of_a_paper_finds_its_certificate_in_a_bundle_by_the_program_in_it(
    bundle: bytes, tmp_path: Path
):
    (tmp_path / "bundle.zip").write_bytes(bundle)
    code = sha256(unpacked(bundle)["certificates/0002.json"])[:32]
    assert main([str(tmp_path / "bundle.zip"), "--code", code]) == 0
    assert main([str(tmp_path / "bundle.zip"), "--code", "0" * 32]) == 1
    assert main([str(tmp_path / "bundle.zip"), "--checkpoints", ""]) == 2


FORGERIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another verdict": lambda told: told["statement"]["verdict"].update(chinese="按时。没有单位失责。"),
    "another outcome": lambda told: told["statement"]["outcome"].update(status="on_time"),
    "a record left out": lambda told: told["records"].pop(2),
    "a record changed": lambda told: told["records"][2].update(text=told["records"][2]["text"] + " "),
    "records swapped": lambda told: told["records"].reverse(),
    "of another case": lambda told: told["statement"]["case"].update(incident_id="inc-other"),
    "another root": lambda told: told.update(checkpoint=told["checkpoint"].replace("\n", "\n1", 1)),
    "no key": lambda told: told.update(keys=""),
    "no export": lambda told: told.pop("export"),
    "another format": lambda told: told.update(format="huiying-certificate/9"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_is_changed_anywhere_is_refused(late: Certificate, forgery: str):
    told = json.loads(late.content)
    FORGERIES[forgery](told)
    assert faults(canonical(told) + b"\n") != []


def test_every_single_byte_counts(late: Certificate):
    for place in range(0, len(late.content), max(len(late.content) // 400, 1)):
        changed = bytearray(late.content)
        changed[place] ^= 1
        assert faults(bytes(changed)) != [], place
    assert faults(late.content[:-1]) != []
    assert faults(b"{") != []
    assert faults(b"{}") != []


async def test_a_verdict_that_the_house_itself_entered_falsely_is_told_by_the_rules(
    database: Database, signing: CheckpointKeys, late: Certificate, tmp_path: Path
):
    """Whoever holds the house can enter what he likes in its book; the records say otherwise all the same."""
    told = json.loads(late.content)
    said = {**told["statement"], "outcome": {**told["statement"]["outcome"], "status": "on_time"}}
    forged = await _entered(database, signing, late, said)
    assert faults(forged) == []
    (tmp_path / "forged.json").write_bytes(forged)
    assert ["records" in str(wrong) for wrong in checked(tmp_path / "forged.json").wrong] == [True]


async def test_texts_of_a_file_that_somebody_hands_over_steer_no_terminal(
    database: Database,
    signing: CheckpointKeys,
    late: Certificate,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    """Whoever holds a house of his own can sign what he likes; what is not as it must be is said with its own words."""
    told = json.loads(late.content)
    told["statement"]["verdict"]["chinese"] = "按时。\x1b[2J\u202e\n相符。　完"
    forged = await _entered(database, signing, late, told["statement"])
    broken = canonical({"format": "\x1b[8m\u202e\n"})
    for place, content in enumerate((forged, broken)):
        file = tmp_path / f"{place}.json"
        file.write_bytes(content + b"\n" * (content is broken))
        assert (main([str(file)]), check_bundle(file, None)) == (place, place)
        shown = capsys.readouterr().out
        assert [sign for sign in shown if not (sign.isprintable() or sign in "\n\u3000")] == []
        assert "\n相符。　完" not in shown
        assert "\ufffd" in shown


async def _entered(
    database: Database, signing: CheckpointKeys, certificate: Certificate, said: dict[str, Any]
) -> bytes:
    detail = {"certificates": sha256(canonical(said))}
    subject = certificate.incident.incident_id
    entry = Entry(at=NOON, deed=Deed.EXPORT, origin=LI, subject=subject, detail=detail)
    await database.write(partial(append, entries=[entry]))
    await sealed_now(database, signing, NOON + timedelta(hours=1))
    async with database.session() as session:
        reduced = await reduced_rows_of(session, subject)

        def made(connection: Connection) -> Certificate | None:
            (genuine,) = all_said(connection, certificate.incident, ANSWER, reduced)
            return under_a_checkpoint(connection, replace(genuine, statement=said))

        forged = await (await session.connection()).run_sync(made)
    assert forged is not None
    return forged.content


@pytest.fixture
async def bundle(database: Database, signing: CheckpointKeys) -> bytes:
    case = Case().close_late()
    await record(database, case.incident_id, case.decisions)
    made = await exported(database, House(release="0.4.0", signing=signing), case.incident_id, LI, NOON)
    return made.content


async def test_a_bundle_holds_the_certificate_of_each_obligation(bundle: bytes, tmp_path: Path):
    files = unpacked(bundle)
    told = [
        json.loads(files[name])
        for name in files
        if name.startswith("certificates/") and name.endswith("json")
    ]
    assert [one["statement"]["outcome"]["id"] for one in told] == [
        duty.id for duty in Case().close_late().state.obligations
    ]
    assert verified(bundle, is_signature)[0].wrong == []
    (tmp_path / "bundle.zip").write_bytes(bundle)
    printed = sha256(files["certificates/0002.json"])[:32]
    assert checked(tmp_path / "bundle.zip", None, printed).holds
    assert not checked(tmp_path / "bundle.zip", None, "0" * 32).holds
    with zipfile.ZipFile(BytesIO(bundle)) as archive:
        (tmp_path / "alone.json").write_bytes(archive.read("certificates/0002.json"))
    assert checked(tmp_path / "alone.json").holds


async def test_a_certificate_that_is_changed_in_a_bundle_is_named(bundle: bytes):
    files = dict(unpacked(bundle))
    name = "certificates/0001.json"
    files[name] = (
        files[name]
        .replace("按时".encode(), "超时".encode())
        .replace("没有单位".encode(), "某某单位".encode())
    )
    for forged in (packed(files), packed(fitted(files))):
        places = [wrong.place for wrong in verified(forged, is_signature)[0].wrong]
        assert any(place.startswith(name) for place in places)
