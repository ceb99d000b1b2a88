"""How many repeats are suggested, and how often what is unrelated:
`python -m tests.measure_repeats` (DD-42, R109).

Each telling is registered after those before it, and compared with all of them as the ledger compares.
"""

from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from domain.terms.likeness import ALIKE, likeness, rarity_among

FOLDER: Final = Path(__file__).parent / "measured"
SHOWN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of so many repeats so many found an earlier telling;
    of so many first tellings so many suggestions came.
    """

    repeats: int
    recognised: int
    firsts: int
    suggestions: int

    @property
    def per_unrelated(self) -> float:
        """How many suggestions an unrelated registration brings."""
        return self.suggestions / self.firsts

    @property
    def recall(self) -> float:
        """The share of the repeats that were suggested."""
        return self.recognised / self.repeats


def matters(name: str) -> list[list[str]]:
    """The tellings of each matter of a set."""
    text = (FOLDER / f"repeats_{name}.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return [block.split("\n") for block in "\n".join(lines).strip().split("\n\n")]


def measured(name: str) -> Figures:
    """The figures of a set: first tellings of all, then what is told again."""
    blocks = matters(name)
    firsts = [block[0] for block in blocks]
    suggestions = sum(len(suggested(title, firsts[:place])) for place, title in enumerate(firsts))
    known = list(chain.from_iterable(blocks))
    repeats = recognised = 0
    for block in blocks:
        for place, title in enumerate(block[1:], start=1):
            repeats += 1
            others = [other for other in known if other not in block] + block[:place]
            recognised += any(other in block for other in suggested(title, others))
    return Figures(repeats=repeats, recognised=recognised, firsts=len(firsts), suggestions=suggestions)


def suggested(title: str, known: list[str]) -> list[str]:
    """What is shown beside a title."""
    rarity = rarity_among(known)
    shares = {other: likeness(title, other, rarity) for other in known}
    close = sorted((other for other in known if shares[other] >= ALIKE), key=lambda other: -shares[other])
    return close[:SHOWN]


def main() -> None:
    """Say the figures of both sets."""
    for name in ("tuned", "unseen"):
        figures = measured(name)
        print(  # noqa: T201  the command's output
            f"repeats {name}: {figures.recognised} of {figures.repeats} recognised ({figures.recall:.0%}); "
            f"{figures.per_unrelated:.2f} suggestions for each of {figures.firsts} unrelated registrations"
        )


if __name__ == "__main__":
    main()
