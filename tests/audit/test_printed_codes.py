"""Codes of checkpoints that stand on paper: how they are made and read, and what they tell of the log."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from audit.bundle.exporting import House
from audit.printed_codes import CodeVerdict, code_verdict
from audit.sealing import sealed_now
from storage.audit_book import BookDeed, BookEntry, DeedOutcome, append
from storage.checkpoint_codes import LETTERS, NoCode, checkpoint_code, code_typed, latest_code
from storage.checkpoints import last_checkpoint
from storage.database import Database
from storage.merkle import LogHash
from storage.sealed_log import Tree
from terminal.printed_codes import verify_codes
from tests.audit.forger import Forger
from tests.audit.national import a_database, a_house, chosen
from tests.audit.sealed import LI, NOON


@pytest.fixture
async def of_two(tmp_path: Path) -> AsyncIterator[tuple[Database, Forger, House]]:
    """A database of two cases whose log has left the house, and whoever has its file in hand."""
    database, forger = await a_database(tmp_path)
    yield database, forger, await a_house(database, tmp_path)
    await database.close()


async def code_of_last(database: Database) -> str:
    async with database.session() as session:
        return await (await session.connection()).run_sync(latest_code)


async def told(database: Database, typed: str) -> CodeVerdict:
    async with database.session() as session:
        return await code_verdict(session, typed)


async def printed_on(database: Database, code: str, subject: str) -> None:
    detail = {"checkpoint": code}
    entry = BookEntry(at=NOON, deed=BookDeed.EXPORT, origin=LI, subject=subject, detail=detail)
    await database.write(partial(append, entries=[entry]))


async def test_a_code_is_read_however_it_is_typed_and_not_where_a_letter_is_another(
    of_two: tuple[Database, Forger, House],
):
    code = await code_of_last(of_two[0])
    assert [len(part) for part in code.split("-")] == [4, 4, 4]
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert code_typed(f" {typed} ") == code == code_typed(code.replace("-", ""))
    plain, chance = code.replace("-", ""), random.Random(36)
    for place in range(11):
        other = chance.choice([letter for letter in LETTERS if letter != plain[place]])
        with pytest.raises(NoCode):
            code_typed(plain[:place] + other + plain[place + 1 :])
    for place in range(10):
        if plain[place] != plain[place + 1]:
            with pytest.raises(NoCode):
                code_typed(plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :])
    for bad in ("", "-", plain[:-1], plain + "0", "存证码", "u" * 12, "*" * 12, "0" * 500):
        with pytest.raises(NoCode):
            code_typed(bad)


async def test_the_code_hangs_on_the_whole_note_by_the_hash_of_its_log(tmp_path: Path):
    codes = set()
    for name, by in (("one", LogHash.SHA256), ("two", LogHash.SM3)):
        (tmp_path / name).mkdir()
        database, _ = await a_database(tmp_path / name)
        await chosen(database, by)
        await a_house(database, tmp_path / name)
        async with database.session() as session:
            last = await (await session.connection()).run_sync(last_checkpoint)
        assert last is not None
        number = int.from_bytes(by.of(last.note.encode())[:7]) >> 1
        code = await code_of_last(database)
        letters = code.replace("-", "")[:-1]
        assert letters == "".join(LETTERS[number >> 5 * place & 31] for place in reversed(range(11)))
        assert code == checkpoint_code(last.note)
        codes.add(code)
        await database.close()
    assert len(codes) == 2


async def test_a_paper_in_a_drawer_tells_that_nothing_before_it_was_changed(
    of_two: tuple[Database, Forger, House],
):
    database, forger, house = of_two
    code = await code_of_last(database)
    await printed_on(database, code, "inc-1/papers/order-1")
    assert await sealed_now(database, house.signing, NOON) is not None
    assert await code_of_last(database) != code
    verdict = await told(database, code)
    assert (verdict.holds, [one.subject for one in verdict.left]) == (True, ["inc-1/papers/order-1"])
    forger.run("UPDATE sealed_leaf SET hash = ? WHERE position = 2", bytes(32))
    verdict = await told(database, code)
    assert (verdict.holds, verdict.size > 2) == (False, True)
    forger.run("DELETE FROM sealed_leaf WHERE position > 1")
    assert not (await told(database, code)).holds


async def test_a_log_that_was_made_anew_with_the_houses_own_key_does_not_know_the_paper(
    of_two: tuple[Database, Forger, House],
):
    """The rewrite that the log alone cannot show, since who has the machine has the key."""
    database, forger, house = of_two
    code = await code_of_last(database)
    await printed_on(database, code, "ledger")
    for statement in ("DELETE FROM sealed_leaf", "DELETE FROM sealed_subtree", "DELETE FROM checkpoint"):
        forger.run(statement)
    forger.run("DELETE FROM audit_entry WHERE position = 1")
    assert await sealed_now(database, house.signing, NOON) is not None
    verdict = await told(database, code)
    assert (verdict.holds, verdict.at, len(verdict.left)) == (False, None, 1)


async def test_the_terminal_says_in_words_what_a_code_tells(
    of_two: tuple[Database, Forger, House],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    database, forger, _ = of_two
    monkeypatch.setenv("HUIYING_VAR_DIR", str(tmp_path))
    code = await code_of_last(database)
    assert await verify_codes([code.lower()]) == 0
    assert "此后没有改动" in capsys.readouterr().out
    assert await verify_codes([code[:-1] + ("0" if code[-1] != "0" else "1")]) == 1
    assert "抄错了一位" in capsys.readouterr().out
    zeros = "0000-0000-0000"
    assert await verify_codes([code, zeros]) == 1
    words = capsys.readouterr().out
    assert "The log has no such checkpoint" in words
    assert "恢复过更早的备份" in words
    forger.run("UPDATE event_log SET decision = replace(decision, 'judged', 'Judged')")
    forger.run("UPDATE event_log SET hash = ? WHERE position = 1", "0" * 64)
    assert await verify_codes([code]) == 1
    assert "此前的记录被改过" in capsys.readouterr().out


async def test_a_code_speaks_of_what_was_signed_and_not_of_the_columns_beside_it(
    of_two: tuple[Database, Forger, House],
):
    """Whoever changes a leaf, and the root that stands beside the signed text to go with it."""
    database, forger, _ = of_two
    code = await code_of_last(database)
    forger.run("UPDATE sealed_leaf SET hash = ? WHERE position = 2", bytes(32))
    forger.run("DELETE FROM sealed_subtree")
    async with database.session() as session:
        connection = await session.connection()
        last = await connection.run_sync(last_checkpoint)
        assert last is not None
        root = await connection.run_sync(lambda place: Tree(place).root(last.size))
    forger.run("UPDATE checkpoint SET root = ?", root)
    assert not (await told(database, code)).holds


async def test_a_checkpoint_that_cannot_be_read_hides_no_other_and_stops_no_paper(
    of_two: tuple[Database, Forger, House],
):
    database, forger, house = of_two
    code = await code_of_last(database)
    await printed_on(database, code, "ledger")
    assert await sealed_now(database, house.signing, NOON) is not None
    forger.run(
        "UPDATE checkpoint SET note = 'nothing' WHERE position = (SELECT max(position) FROM checkpoint)"
    )
    assert await code_of_last(database) == ""
    assert (await told(database, code)).holds


@pytest.mark.parametrize(
    ("detail", "outcome"),
    [("?checkpoint", DeedOutcome.DONE), ("unit", DeedOutcome.DONE), ("checkpoint", DeedOutcome.REFUSED)],
)
async def test_a_code_left_the_house_only_where_an_export_that_was_done_printed_it(
    of_two: tuple[Database, Forger, House], detail: str, outcome: DeedOutcome
):
    database, _, _ = of_two
    code = await code_of_last(database)
    entry = BookEntry(
        at=NOON, deed=BookDeed.EXPORT, outcome=outcome, origin=LI, subject="ledger", detail={detail: code}
    )
    await database.write(partial(append, entries=[entry]))
    assert (await told(database, code)).left == ()


async def test_of_very_many_checkpoints_the_first_is_met_and_others_have_their_turn(
    of_two: tuple[Database, Forger, House],
):
    """Some ten years of them: each code has to be made, and the event loop goes on meanwhile."""
    database, forger, _ = of_two
    code = await code_of_last(database)
    ((position, note),) = forger.run("SELECT position, note FROM checkpoint")
    forger.run(
        "WITH RECURSIVE each(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM each WHERE n < 30000)"
        " INSERT INTO checkpoint (position, at, size, root, key, note)"
        " SELECT ? + n, at, size, root, key, replace(note, '+', char(47)) || n FROM each, checkpoint",
        position,
    )
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    beside = asyncio.create_task(others())
    assert (await told(database, code)).note == note
    beside.cancel()
    assert turns > 100


def test_a_code_typed_with_the_wide_letters_of_a_chinese_keyboard_is_read():
    assert code_typed("００００－００００－００００") == "0000-0000-0000"
    assert code_typed("0000–0000—0000") == "0000-0000-0000"
    ending = {code_typed(f"{number:011}{letter}")[-1] for number in range(60) for letter in signs(number)}
    assert {"*", "~", "$", "="} <= ending


def signs(number: int) -> Iterator[str]:
    """The signs, as a Chinese keyboard gives them, with which a number of so many digits is a code."""
    for sign in "＊～￥＝":
        with suppress(NoCode):
            code_typed(f"{number:011}{sign}")
            yield sign
