"""Bundles at the terminal: handed out by who has the machine, checked by anyone."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console
from sqlalchemy import select
from sqlmodel import col

from audit.bundle.checking import checked
from audit.bundle.contents import BundleTooLarge, NoCase
from audit.bundle.core import plain
from audit.bundle.exporting import House, exported
from settings import Settings
from storage.checkpoint_keys import CheckpointKeys, KeyUnreadable
from storage.checkpoints import KeyLost, LogBroken
from storage.database import Database, open_database
from storage.files_beside import ContentGone
from storage.tables import IncidentRow
from terminal.machine_user import machine_user
from terminal.own_tables import require_own_tables
from workflows.keys import keyring

out = Console(highlight=False, soft_wrap=True)
_FAILURES: Final = (NoCase, BundleTooLarge, ContentGone, LogBroken, KeyLost, KeyUnreadable, FileExistsError)


async def export_case(case: str, into: Path | None, *, with_files: bool) -> int:
    """Write the bundle of a case into a new file, for its owner alone;
    0 where it is written, 1 with a reason where not.
    """
    settings = Settings()
    house = House(
        release=settings.release,
        signing=CheckpointKeys(settings.keys_dir, settings.checkpoint_signature),
        keys=keyring(settings.keys_dir),
        outside=settings.checkpoint_file,
    )
    database = open_database(settings.database_url)
    try:
        await require_own_tables(database)
        incident_id = await id_of(database, case)
        now = datetime.now(UTC)
        bundle = await exported(database, house, incident_id, machine_user(), now, with_files=with_files)
        place = into or Path(bundle.name)
        write_new(place, bundle.content)
    except _FAILURES as failed:
        out.print(_why_not(case, failed), markup=False)
        return 1
    finally:
        await database.close()
    out.print(f"{place}\nSHA-256 {bundle.sha256}", markup=False)
    return 0


def _why_not(case: str, failed: Exception) -> str:
    """Why nothing was handed out, and what to do."""
    match failed:
        case NoCase():
            return f"没有 {case} 这一件，或尚未落定。 There is no {case}, or it is not durable yet."
        case BundleTooLarge():
            return "附件太大：请加 --without-files。 The files are too large: use --without-files."
        case ContentGone():
            return (
                f"附件的内容不在 attachments 目录或已变动（{failed}）：请运行 huiying audit verify，"
                "从备份恢复，或加 --without-files。"
                " The content of a file is not there or was changed: run huiying audit verify, restore it,"
                " or use --without-files."
            )
        case LogBroken():
            return (
                f"存证日志已不是上次签署的样子（{failed}），不能出具；请运行 huiying audit verify。"
                " The sealed log is broken: run huiying audit verify."
            )
        case FileExistsError():
            return "文件已存在，请另给名称（--into）。 The file exists: give another name by --into."
        case _:
            return (
                f"签署密钥的文件不在或读不了（{failed}），不能出具。 The key that signs is not there or"
                " cannot be read."
            )


async def id_of(database: Database, case: str) -> str:
    """The id of a case by its id or its number."""
    async with database.session() as session:
        statement = select(col(IncidentRow.incident_id)).where(col(IncidentRow.number) == case)
        return (await session.execute(statement)).scalar_one_or_none() or case


def write_new(place: Path, content: bytes) -> None:
    """Write a file that is not there yet, for its owner alone; raises FileExistsError."""
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def check_bundle(bundle: Path, checkpoints: Path | None, code: str | None = None) -> int:
    """Check a bundle or a certificate and print the verdict; 0 where all holds, 1 where not."""
    verdict = checked(bundle, checkpoints, code)
    for chinese, english in verdict.notes:
        out.print(plain(f"· {chinese}。 {english}."), markup=False)
    for wrong in verdict.wrong:
        out.print(plain(f"✗ {wrong.place}：{wrong.chinese}。 {wrong.english}."), markup=False)
    if not verdict.holds:
        out.print("不符。 It does NOT hold.")
        return 1
    out.print(plain(f"{verdict.number}  {verdict.incident_id}  密钥 key {verdict.key}"), markup=False)
    if verdict.says:
        out.print(plain(verdict.says), markup=False)
    for line in verdict.checkpoint.splitlines():
        out.print(plain(line), markup=False)
    out.print("相符。 All of it holds.")
    return 0
