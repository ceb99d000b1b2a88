"""`make mutants`: the domain changed at 300 places at random, each against the tests of the domain alone."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import SystemRandom
from time import monotonic
from typing import Annotated, Final

import typer

from tests.mutants.explained import NOT_YET, reason_of
from tests.mutants.trying import Mutant, Outcome, drawn, outcome_of

PLACES: Final = 300
MINUTES: Final = 60
SHARE: Final = 0.03  # of what was tried may survive
_SLOWER: Final = 3  # times the tests without a mutant, and a while for a busy machine
_A_WHILE: Final = 60.0
_LONGEST: Final = 3600.0

app = typer.Typer(add_completion=False)


@app.command()
def run(
    places: Annotated[int, typer.Option(help="处数。 How many places.")] = PLACES,
    seed: Annotated[
        int | None, typer.Option(help="随机种子。 The seed; drawn and told where none is given.")
    ] = None,
    minutes: Annotated[float, typer.Option(help="最多几分钟。 How many minutes at most.")] = MINUTES,
    jobs: Annotated[int, typer.Option(help="同时几个。 How many at one time.")] = os.cpu_count() or 1,
) -> None:
    """Change the domain at random, one place at a time, and report which changes no test notices."""
    chosen = SystemRandom().randrange(10**6) if seed is None else seed
    typer.echo(f"seed {chosen}, {places} places")
    began = monotonic()
    if outcome_of(None, _LONGEST) is not Outcome.SURVIVED:
        typer.echo("the tests of the domain fail without any mutant")
        raise typer.Exit(2)
    allowance = _SLOWER * (monotonic() - began) + _A_WHILE
    until = began + minutes * 60
    with ThreadPoolExecutor(jobs) as pool:
        tried = [
            one
            for one in pool.map(lambda mutant: _tried(mutant, allowance, until), drawn(places, chosen))
            if one
        ]
    raise typer.Exit(_report(tried, places))


def _tried(mutant: Mutant, allowance: float, until: float) -> tuple[Mutant, Outcome] | None:
    """What became of it; None where the time is up."""
    if monotonic() >= until:
        return None
    outcome = outcome_of(mutant, allowance)
    if outcome is Outcome.SURVIVED:
        typer.echo(f"survived: {mutant}")
    return mutant, outcome


def _report(tried: list[tuple[Mutant, Outcome]], places: int) -> int:
    counts = Counter(outcome for _, outcome in tried)
    survivors = [mutant for mutant, outcome in tried if outcome is Outcome.SURVIVED]
    typer.echo(f"{len(tried)} of {places} tried: {dict(counts)}")
    for mutant in survivors:
        typer.echo(f"{mutant}\n    {reason_of(mutant)}")
    open_ones = [mutant for mutant in survivors if reason_of(mutant) == NOT_YET]
    return 1 if open_ones or len(survivors) > SHARE * len(tried) else 0


if __name__ == "__main__":
    app()
