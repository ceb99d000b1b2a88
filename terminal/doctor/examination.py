"""The whole examination, and how it is told."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from settings import Settings
from terminal.doctor import ledger, listeners, machine
from terminal.doctor.findings import DoctorFinding, Grade, fault, well
from terminal.upkeep import client_of

_MARKS: Final = {Grade.WELL: "[green]✓[/]", Grade.NOTE: "[yellow]·[/]", Grade.FAULT: "[red]✗[/]"}

out = Console(highlight=False)


async def examine(settings: Settings, folder: Iterable[DoctorFinding]) -> int:
    """Look at everything and print it, what is wrong with what to do; 1 where something is at fault, else 0.

    `folder` is what was found of the rights to the system's folder, which the supervisor knows.
    """
    client = await client_of(settings)
    findings = [
        _versions(settings),
        *folder,
        *machine.of_disk(settings.var_dir),
        machine.of_fonts(),
        *listeners.findings(settings),
        await machine.of_engine(client, settings),
        *await _of_ledger(settings),
    ]
    for finding in findings:
        out.print(f"{_MARKS[finding.grade]} {finding.chinese} {finding.english}", soft_wrap=True)
    faults = sum(finding.grade is Grade.FAULT for finding in findings)
    notes = sum(finding.grade is Grade.NOTE for finding in findings)
    out.print(f"{faults} 处须处理，{notes} 处提示。 {faults} to mend, {notes} to note.")
    return int(faults > 0)


def _versions(settings: Settings) -> DoctorFinding:
    python = ".".join(map(str, sys.version_info[:3]))
    return well(
        f"回应 {settings.release}，Python {python}。", f"Huiying {settings.release} on Python {python}."
    )


async def _of_ledger(settings: Settings) -> list[DoctorFinding]:
    try:
        return await ledger.findings(settings, datetime.now(UTC))
    except (OSError, SQLAlchemyError) as error:
        return [
            fault(
                f"台账打不开（{type(error).__name__}）：请检查 HUIYING_DATABASE_URL。",
                "The ledger cannot be opened: check HUIYING_DATABASE_URL.",
            )
        ]
