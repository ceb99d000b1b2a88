"""Deadline certificates at the terminal: the file, and the page where this machine has a Chinese font."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console

from audit.certificates import Certificate, NoObligation, certified
from domain.case.obligations import Obligation
from papers.typesetting import DEBIAN_PACKAGE, NoChineseFont, Unprintable
from settings import Settings
from storage.checkpoint_keys import CheckpointKeys, KeyUnreadable
from storage.checkpoints import KeyLost, LogBroken
from storage.database import Database, open_database
from storage.snapshots import snapshot
from terminal.bundles import id_of, write_new
from terminal.machine_user import machine_user
from terminal.own_tables import require_own_tables
from words.labels import word

out = Console(highlight=False, soft_wrap=True)
NO_FONT: Final = (
    f"本机没有中文字体，不能排成 PDF：请安装 {DEBIAN_PACKAGE}（Debian、Ubuntu）；凭证文件（JSON）不受影响。"
    f" There is no Chinese font here, so no PDF: install {DEBIAN_PACKAGE}; the file (JSON) is whole"
    " without it."
)
_UNPRINTABLE: Final = (
    "这份凭证的文字排不出一页，请用凭证文件（JSON）。 The page could not be set: use the file (JSON)."
)


async def hand_out(case: str, obligation: str, folder: Path, *, with_page: bool) -> int:
    """Write the certificate of an obligation as JSON, and as a page;
    list the obligations where none is named.

    0 where all is written, 1 with a reason where not.
    """
    settings = Settings()
    database = open_database(settings.database_url)
    try:
        await require_own_tables(database)
        incident_id = await id_of(database, case)
        obligations = await _obligations(database, incident_id)
        name = _named(obligation, obligations)
        if name is None:
            _list(obligations, case)
            return 1 if obligation or not obligations else 0
        (certificate,) = await certified(
            database,
            CheckpointKeys(settings.keys_dir, settings.checkpoint_signature),
            incident_id,
            machine_user(),
            datetime.now(UTC),
            obligation=name,
        )
        return await _written(
            certificate,
            folder,
            [obligation.id for obligation in obligations].index(name) + 1,
            with_page=with_page,
        )
    except NoObligation:
        out.print("这项任务尚未落定，请稍后再试。 It is not durable yet: try again.")
    except LogBroken as broken:
        out.print(
            f"存证日志已不是上次签署的样子（{broken}），不能出具；请运行 huiying audit verify。"
            " The sealed log is broken: run huiying audit verify.",
            markup=False,
        )
    except (KeyLost, KeyUnreadable) as failed:
        out.print(
            (
                f"签署密钥的文件不在或读不了（{failed}），不能出具。 The key that signs is not there or"
                " cannot be read."
            ),
            markup=False,
        )
    except FileExistsError as error:
        out.print(
            f"文件 {error.filename} 已存在，请另给文件夹（--into）。 The file exists: give another folder.",
            markup=False,
        )
    finally:
        await database.close()
    return 1


async def _obligations(database: Database, incident_id: str) -> tuple[Obligation, ...]:
    async with database.session() as session:
        case_now = await snapshot(session, incident_id)
    return case_now.state.obligations if case_now is not None else ()


def _named(obligation_id: str, obligations: tuple[Obligation, ...]) -> str | None:
    """The id of the obligation by its id or its place from 1 on; None for neither."""
    if obligation_id.isdecimal() and 1 <= int(obligation_id) <= len(obligations):
        return obligations[int(obligation_id) - 1].id
    return next((obligation.id for obligation in obligations if obligation.id == obligation_id), None)


def _list(obligations: tuple[Obligation, ...], case: str) -> None:
    if not obligations:
        out.print(f"没有 {case} 这一件，或它没有任务。 There is no {case}, or nothing is owed.", markup=False)
    for place, obligation in enumerate(obligations, start=1):
        out.print(
            f"{place:>3}  {obligation.id}  {word(obligation.kind)}  {word(obligation.status)}", markup=False
        )


async def _written(certificate: Certificate, folder: Path, place: int, *, with_page: bool) -> int:
    file = folder / f"{certificate.incident.incident_id}-{place}.json"
    write_new(file, certificate.content)
    out.print(f"{file}\nSHA-256 {certificate.sha256}\n核对码 code {certificate.code}", markup=False)
    out.print(certificate.statement["verdict"]["chinese"], markup=False)
    if not with_page:
        return 0
    try:
        page = await asyncio.to_thread(certificate.pdf)
    except NoChineseFont:
        out.print(NO_FONT)
        return 1
    except Unprintable:
        out.print(_UNPRINTABLE)
        return 1
    write_new(file.with_suffix(".pdf"), page)
    out.print(str(file.with_suffix(".pdf")), markup=False)
    return 0
