"""A sheet as it was read, before anything is made of it."""

from typing import NamedTuple


class Table(NamedTuple):
    """The rows of a sheet as texts, the number of the first, and by row and column what is wrong with a cell.

    `formula`: it is reckoned; `broken`: what it says is an error of the spreadsheet;
    `rounded`: a number of more digits than a spreadsheet keeps.
    """

    rows: list[list[str]]
    spoilt: dict[tuple[int, int], str]
