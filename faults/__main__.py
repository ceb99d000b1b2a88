"""`python -m faults`: drives the faults of the quality page at release size,
and writes down what was found.
"""

import asyncio
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import monotonic
from typing import Annotated

import typer

from faults.outcome import Errand, Outcome
from faults.registry import DRIVERS, FaultDriver
from faults.report import RESULTS, FaultRun, table, write
from settings import Settings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    ids: Annotated[
        list[str] | None,
        typer.Argument(help="质量要求编号，如 R17；不写则全部。 Ids, such as R17; all if none."),
    ] = None,
    *,
    short: Annotated[
        bool, typer.Option("--short", help="数分钟的短测。 A short run of some minutes.")
    ] = False,
    times: Annotated[
        int | None, typer.Option(min=1, help="每项次数，代替规定次数。 How often each, in place of its size.")
    ] = None,
    part: Annotated[
        int | None, typer.Option(min=1, help="只做发布规模中的第几份。 One part of the release size alone.")
    ] = None,
    seed: Annotated[int, typer.Option(help="随机种子。 The first seed.")] = 1,
    results: Annotated[Path, typer.Option(help="结果文件的目录。 Folder of the results file.")] = RESULTS,
    keep: Annotated[
        Path | None, typer.Option(help="保留各次运行数据的目录。 Folder in which the runs' data are kept.")
    ] = None,
) -> None:
    """故障测试：按质量要求逐项注入故障，核对承诺是否守住。
    Break the system on purpose, and judge what held.
    """
    chosen = [name.upper() for name in ids or DRIVERS]
    if unknown := [name for name in chosen if name not in DRIVERS]:
        raise typer.BadParameter(", ".join(unknown))
    if part is not None and (len(chosen) != 1 or part > DRIVERS[chosen[0]].parts):
        raise typer.BadParameter(f"1..{DRIVERS[chosen[0]].parts}")
    size = _size(chosen, part, is_short=short or times is not None)
    folder = keep or Path(mkdtemp(prefix="huiying-faults-"))
    run = FaultRun(size=size, seed=seed)
    for name in chosen:
        driver = DRIVERS[name]
        turns = range(times or (driver.short if short else driver.release))
        turns = turns if part is None else driver.part(part)
        errand = Errand(times=len(turns), seed=seed + turns.start, folder=folder / name, say=typer.echo)
        began = monotonic()
        run.outcomes[name] = _driven(driver, errand)
        run.seconds[name] = monotonic() - began
        write(run, Settings().release, results)  # what is known so far, should a later one never end
    typer.echo(table(run))
    typer.echo(write(run, Settings().release, results).name)
    for line in (line for outcome in run.outcomes.values() for line in outcome.findings):
        typer.echo(line, err=True)
    if not run.holds:
        typer.echo(f"{folder}", err=True)  # what was found can be looked at there
        raise typer.Exit(1)
    if keep is None:
        rmtree(folder, ignore_errors=True)


def _size(names: list[str], part: int | None, *, is_short: bool) -> str:
    """What the results file is called after: no part of a release is taken for the whole of it."""
    if part is not None:
        return f"{names[0]}-part-{part}-of-{DRIVERS[names[0]].parts}"
    return "short" if is_short else "release"


def _driven(driver: FaultDriver, errand: Errand) -> Outcome:
    """The outcome of one driver; one that breaks off has found that it could not be driven."""
    try:
        return asyncio.run(driver.drive(errand))
    except (OSError, RuntimeError, TimeoutError) as error:
        return Outcome(findings=[f"broke off: {type(error).__name__} {error}"])


if __name__ == "__main__":
    app(prog_name="faults")
