"""`python -m bench`: prints the figures of the quality page as ratios against the bare engine,
and writes them down.
"""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench.plan import FULL, QUICK
from bench.profile_run import told
from bench.report import RESULTS, table, write
from bench.run import take
from settings import Settings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="一分钟以内的粗测。 A coarse run of under a minute.")
    ] = False,
    profile: Annotated[
        bool,
        typer.Option("--profile", help="另测 P1 的时间花在何处。 Sample where the time of P1 goes as well."),
    ] = False,
    results: Annotated[Path, typer.Option(help="结果文件的目录。 Folder of the results file.")] = RESULTS,
) -> None:
    """与裸引擎同场测量，结果写入文件。
    Measure against the bare engine in one run, and write the results down.
    """
    console = Console()
    with console.status("starting") as status:

        def say(line: str) -> None:
            console.print(line, highlight=False, soft_wrap=True)
            status.update(line.strip())

        run = asyncio.run(take(QUICK if quick else FULL, say, with_profile=profile))
    figures = run.figures()
    if run.profile is not None:
        typer.echo(told(run.profile))
    typer.echo(table(figures))
    typer.echo(write(run, Settings().release, results).name)
    for fault in run.rounds.faults[:20]:
        typer.echo(fault, err=True)
    if not all(figure.counts for figure in figures):
        raise typer.Exit(1)


if __name__ == "__main__":
    app(prog_name="bench")
