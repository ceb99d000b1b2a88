"""How well texts are read, on texts that the reader was made with and on others;
`make measure` prints it (decision 0044).
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import process_time
from typing import Final, NamedTuple

from domain.rules.discrepancies import apart
from domain.terms.claim_values import same_value
from domain.terms.facts import facts_of
from domain.terms.findings import Fact
from domain.terms.personal_data import personal_data

_TEXTS: Final = Path(__file__).resolve().parent / "measured"
HALVES: Final = ("tuned", "unseen")
_LONG: Final = 20_000


class Share(NamedTuple):
    """How many of how many."""

    part: int
    whole: int

    def __str__(self) -> str:
        """The share in percent, with its two numbers."""
        return f"{self.part / self.whole:6.1%}  ({self.part}/{self.whole})"


def texts_of(name: str) -> tuple[str, ...]:
    r"""The texts of a file, one on each line, `\n` for a line break in one."""
    lines = (_TEXTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line.replace("\\n", "\n") for line in lines if line)


def stopped(texts: Iterable[str]) -> Share:
    """How many texts are stopped for what they give away of a person."""
    stops = [bool(personal_data("facts", text)) for text in texts]
    return Share(sum(stops), len(stops))


def agreeing(pairs: Iterable[str]) -> Share:
    """How many pairs of values, each with a stroke between, are taken to say the same."""
    answers = [same_value(*pair.split("|")) for pair in pairs]
    return Share(sum(answers), len(answers))


def contradicting(pairs: Iterable[str]) -> Share:
    """How many pairs of texts, each with a stroke between, are read to contradict each other (DD-41)."""
    answers = [any(apart(*map(_facts, pair.split("|")))) for pair in pairs]
    return Share(sum(answers), len(answers))


def _facts(text: str) -> tuple[Fact, ...]:
    return facts_of([("facts", text)])


def seconds_of_a_long_text() -> float:
    """The processor time that 20,000 characters take, once the dictionary is there."""
    text = "".join(texts_of("innocent_tuned")) + "".join(texts_of("private_tuned"))
    text = (text * (_LONG // len(text) + 1))[:_LONG]
    personal_data("facts", text)
    begun = process_time()
    personal_data("facts", text)
    return process_time() - begun


def figures() -> Iterator[str]:
    """A line for each figure."""
    for half in HALVES:
        yield (
            "个人信息 stopped, of texts with a private person's data,"
            f" {half:7} {stopped(texts_of(f'private_{half}'))}"
        )
        yield (
            "个人信息 stopped, of texts without any,"
            f" {half:7}                 {stopped(texts_of(f'innocent_{half}'))}"
        )
    for half in HALVES:
        differing = agreeing(texts_of(f"differing_{half}"))
        apart = Share(differing.whole - differing.part, differing.whole)
        yield (
            "口径 taken for the same, of values that agree,"
            f" {half:7}           {agreeing(texts_of(f'agreeing_{half}'))}"
        )
        yield f"口径 kept apart, of values that differ, {half:7}                 {apart}"
    for half in HALVES:
        same = contradicting(texts_of(f"compatible_{half}"))
        together = Share(same.whole - same.part, same.whole)
        yield (
            "出入 seen, of texts that contradict each other,"
            f" {half:7}         {contradicting(texts_of(f'contradicting_{half}'))}"
        )
        yield f"出入 none seen, of texts that do not, {half:7}                  {together}"
    yield (
        f"阅读 20,000 characters read for personal data: {seconds_of_a_long_text() * 1000:.0f} ms of"
        " processor time"
    )


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in figures())
