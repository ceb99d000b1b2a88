"""Deadline certificates: what each says, that it stays, is checked without us, and that none is forged."""

import json
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from audit.bundle.checking import by_its_records, checked
from audit.bundle.container import packed, unpacked
from audit.bundle.core import canonical, sha256
from audit.bundle.exporting import House, exported, script
from audit.bundle.verify import certified as verify_certificate
from audit.bundle.verify import main, verified
from audit.certificates import Certificate, NoObligation, certified
from domain.steps.withdraw import WithdrawPublication
from papers.following import case_of, following
from papers.outcome import obligation_of, outcome
from storage.audit_book import BookDeed, BookEntry, append
from storage.checkpoint_keys import CheckpointKeys
from storage.codec import DECISION
from storage.database import Database, open_database
from storage.healings import HealingEntry, Phase, enter
from storage.record import record
from storage.signed_notes import is_signature
from terminal.bundles import check_bundle
from tests.audit.certifying import entered, of
from tests.audit.forging import fitted
from tests.audit.sealed import LI, NOON
from tests.ledgers import empty_ledger
from tests.storage.cases import Case


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'huiying.db'}"
    empty_ledger(url)
    opened = open_database(url)
    yield opened
    await opened.close()


@pytest.fixture
def signing(tmp_path: Path) -> CheckpointKeys:
    return CheckpointKeys(tmp_path / "keys")


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
            obligation = carried.state.obligation(certificate.obligation)
            assert certificate.statement["outcome"] == outcome(obligation), name
            assert faults(certificate.content) == []


async def test_it_stays_the_same_until_something_is_recorded(database: Database, signing: CheckpointKeys):
    case = Case().publish()
    (first,) = await of(database, signing, case)
    entry = BookEntry(at=NOON, deed=BookDeed.INCIDENT_READ, origin=LI)
    await database.write(partial(append, entries=[entry]))
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
    for case, obligation in ((Case("6").assign(), "RESP48:nobody:nothing"), (Case("7"), "x")):
        with pytest.raises(NoObligation):
            await of(database, signing, case, obligation)
    with pytest.raises(NoObligation):
        await certified(database, signing, "inc-none", LI, NOON)


def test_it_is_checked_by_the_program_of_a_bundle_with_openssl(late: Certificate, tmp_path: Path):
    (tmp_path / "verify.py").write_text(script(), encoding="utf-8")
    file = tmp_path / "certificate.json"
    file.write_bytes(late.content)
    command = [sys.executable, "-I", "verify.py", str(file), "--code"]
    done = subprocess.run([*command, late.code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ 出具单位称 The house says: 超时：市城市管理局没有在" in done.stdout
    assert "verdict, clock and publication are told by the house" in done.stdout
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
    assert ["told by the house" in note for _, note in checked(file).notes] == [False, True]
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
    forged = await entered(database, signing, late, said)
    assert faults(forged) == []
    (tmp_path / "forged.json").write_bytes(forged)
    assert ["records" in str(wrong) for wrong in checked(tmp_path / "forged.json").wrong] == [True]


FALSE: dict[str, tuple[str, Callable[[dict[str, Any]], Any]]] = {
    "verdict": ("verdict", lambda said: said["verdict"].update(chinese="按时。没有单位失责。")),
    "verdict in English": ("verdict", lambda said: said["verdict"].update(english="On time. Nobody failed.")),
    "start": ("clock", lambda said: said["clock"].update(start="2026-09-07T04:00:00+00:00")),
    "sum": ("clock", lambda said: said["clock"].update(computation="发现时间 + 96小时")),
    "armed": ("clock", lambda said: said["clock"].update(armed="2026-09-08T04:00:00+00:00")),
    "publication": (
        "publication",
        lambda said: said["publication"].update(published_at="2026-09-08T04:00:00+00:00"),
    ),
    "no publication": ("publication", lambda said: said.update(publication=None)),
    "proof": ("publication", lambda said: said["publication"]["evidence"][0].update(sha256="b" * 64)),
    "unit": ("owed", lambda said: said["owed"].update(by="市公安局")),
    "law": ("law", lambda said: said["law"].update(digest="0" * 64)),
    "nothing owed": ("owed", lambda said: said.pop("owed")),
}


@pytest.mark.parametrize("lie", FALSE)
async def test_what_the_house_says_falsely_beside_a_true_outcome_is_told_by_the_rules(
    database: Database, signing: CheckpointKeys, late: Certificate, tmp_path: Path, lie: str
):
    """Signed and entered as it must be: the program of a bundle cannot tell, and says so; the rules can."""
    said = json.loads(late.content)["statement"]
    member, change = FALSE[lie]
    change(said)
    forged = await entered(database, signing, late, said)
    assert faults(forged) == []
    (tmp_path / "forged.json").write_bytes(forged)
    assert [f"another {member} " in str(wrong) for wrong in checked(tmp_path / "forged.json").wrong] == [True]


def withdrawn_late(case: Case) -> Case:
    """What it is due by since follows from the withdrawal, which no longer is what the obligation names."""
    case.publish().wait(timedelta(hours=60))
    command = WithdrawPublication(
        publication="publication-1", withdrawn_at=case.now, reason="数据有误", because_of_error=False
    )
    case.submit(command, case.unit_leader)
    case.wait(timedelta(hours=3))
    return case


@pytest.mark.parametrize(
    "carried", [Case.supervised, Case.withdraw, Case.close, Case.overdue, withdrawn_late]
)
async def test_each_certificate_of_a_case_and_of_its_bundle_is_worked_out_again(
    database: Database, signing: CheckpointKeys, tmp_path: Path, carried: Callable[[Case], Case]
):
    case = carried(Case("8"))
    for number, certificate in enumerate(await of(database, signing, case, None)):
        file = tmp_path / f"{number}.json"
        file.write_bytes(certificate.content)
        assert checked(file).wrong == (), certificate.obligation
    made = await exported(database, House(release="0.4.0", signing=signing), case.incident_id, LI, NOON)
    assert "certificates/0001.json" in unpacked(made.content)
    (tmp_path / "bundle.zip").write_bytes(made.content)
    assert checked(tmp_path / "bundle.zip").wrong == ()


async def test_it_rests_on_the_whole_case_where_less_does_not_tell_it(
    database: Database, signing: CheckpointKeys
):
    case = withdrawn_late(Case("9"))
    (certificate,) = await of(database, signing, case)
    assert len(certificate.statement["records"]) == len(case.decisions)
    assert certificate.statement["clock"]["computation"].startswith("撤回时间")
    assert "起重新应办" in certificate.statement["verdict"]["chinese"]


async def test_a_decision_left_out_of_a_certificate_is_told_by_its_bundle(bundle: bytes):
    """Of the certificate alone nobody can tell: that none is missing only the whole case shows."""
    verifier, files = verified(bundle, is_signature)
    name = "certificates/0002.json"
    content = json.loads(files[name])
    kept = [one for one in content["records"] if "obligation_breached" not in one["text"]]
    assert len(kept) < len(content["records"])
    records = [record for _, record, _ in verifier.of_file("case/decisions.jsonl")]
    decisions = [DECISION.validate_json(record["text"]) for record in kept]
    obligation = obligation_of(decisions, content["statement"]["outcome"]["id"])
    case_then = case_of(decisions)
    assert obligation is not None
    assert case_then is not None
    content["statement"] |= following(case_then, obligation, decisions)
    content["records"] = kept
    assert list(by_its_records(content, kept, name)) == []
    assert "outcome" in str(next(by_its_records(content, records, name)))


async def test_texts_of_a_file_that_somebody_hands_over_steer_no_terminal(
    database: Database,
    signing: CheckpointKeys,
    late: Certificate,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    """Whoever holds a house of his own signs what he likes; what is not as it must be is named."""
    told = json.loads(late.content)
    told["statement"]["verdict"]["chinese"] = "按时。\x1b[2J\u202e\n相符。　完"
    forged = await entered(database, signing, late, told["statement"])
    broken = canonical({"format": "\x1b[8m\u202e\n"})
    for place, content in enumerate((forged, broken)):
        file = tmp_path / f"{place}.json"
        file.write_bytes(content + b"\n" * (content is broken))
        assert (main([str(file)]), check_bundle(file, None)) == (place, 1)
        shown = capsys.readouterr().out
        assert [sign for sign in shown if not (sign.isprintable() or sign in "\n\u3000")] == []
        assert "\n相符。　完" not in shown
        assert "\ufffd" in shown


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
        obligation.id for obligation in Case().close_late().state.obligations
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
