"""The map of the clauses as it is written: rows, behaviours, and how much of each row is shown.

`python -m tests.architecture.clause_map` writes the column 部分 of `docs/clauses.md` anew from
`docs/behaviours.md`.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
MAP: Final = ROOT / "docs" / "clauses.md"
BEHAVIOURS: Final = ROOT / "docs" / "behaviours.md"
REQUIREMENTS: Final = ROOT / "docs" / "requirements.md"
LATER: Final = "以后 · later"
MISSING: Final = "缺 · missing"
_ID: Final = re.compile(r"R\d{3}|DD-\d\d")
_AWAITED: Final = re.compile("缺 missing → (.+)")
_PARTLY: Final = 4  # its place among the cells of a row


@dataclass(frozen=True)
class Row:
    """One requirement: its clause, what enforces it, how much is shown,
    what proves it or why it comes later.
    """

    id: str
    clause: str
    enforced: str
    partly: str
    shown: str

    @property
    def symbols(self) -> list[str]:
        return re.findall(r"`([^`]+)`", self.enforced)

    @property
    def proofs(self) -> list[str]:
        return re.findall(r"`([^`]+)`", self.shown)


@dataclass(frozen=True)
class Behaviour:
    """One thing that a requirement asks for, with the tests and rehearsals that show it.

    Where it is missing there are none, and `later` names the work that brings it.
    """

    requirement: str
    text: str
    proofs: tuple[str, ...]
    later: str = ""


def cells_of(line: str) -> list[str]:
    """The cells of a line of a table."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def rows() -> list[Row]:
    """The rows of the map, in its order."""
    lines = (cells_of(line) for line in MAP.read_text(encoding="utf-8").splitlines())
    return [Row(cells[0], cells[1], *cells[3:6]) for cells in lines if _ID.fullmatch(cells[0])]


def behaviours() -> list[Behaviour]:
    """Every behaviour, in the order of its page."""
    return behaviours_of(BEHAVIOURS.read_text(encoding="utf-8"))


def behaviours_of(text: str) -> list[Behaviour]:
    """The behaviours of a text; a line that is neither shown by something nor missing until a later
    work is refused.
    """
    listed = []
    requirement = ""
    for line in text.splitlines():
        if heading := re.match(r"### (\S+) ", line):
            requirement = heading[1]
        elif line.startswith("- "):
            words, _, proofs = line[6:].partition(" · ")
            names = tuple(re.findall(r"`([^`]+)`", proofs))
            awaited = _AWAITED.fullmatch(proofs)
            marks = {"- [x] ": bool(names), "- [ ] ": awaited is not None}
            if not marks.get(line[:6]):
                raise ValueError(line)
            listed.append(Behaviour(requirement, words, names, awaited[1] if awaited else ""))
    return listed


def later_works() -> list[str]:
    """The names of the works that bring what is missing, as their table lists them."""
    part = BEHAVIOURS.read_text(encoding="utf-8").partition("Later work")[2].partition("### ")[0]
    return [cells_of(line)[0] for line in part.splitlines() if line.startswith("| ")][1:]


def required() -> list[str]:
    """The ids of the requirements and of the default decisions, as `docs/requirements.md` lists them."""
    cells = (cells_of(line)[0] for line in REQUIREMENTS.read_text(encoding="utf-8").splitlines())
    return [cell for cell in cells if _ID.fullmatch(cell)]


def partly(requirement: str, listed: list[Behaviour]) -> str:
    """How much of a requirement is shown: 全 (whole), 部分 (partly) or 空 (hollow), and the figures;
    then each thing that is missing, with the later work that brings it.
    """
    own = [behaviour for behaviour in listed if behaviour.requirement == requirement]
    shown = sum(bool(behaviour.proofs) for behaviour in own)
    word = "全" if shown == len(own) else "部分" if shown else "空"
    missing = "".join(f"；缺 {behaviour.text} → {behaviour.later}" for behaviour in own if behaviour.later)
    return f"{word} {shown}/{len(own)}{missing}"


def summary(listed: list[Behaviour]) -> str:
    """The line that stands on top of the map."""
    words = [partly(requirement, listed).split()[0] for requirement in required()]
    whole, some, hollow = (words.count(word) for word in ("全", "部分", "空"))
    missing = sum(not behaviour.proofs for behaviour in listed)
    return (
        f"现在：全 {whole}，部分 {some}，空 {hollow}；{len(listed)} 项行为中缺 {missing} 项。"
        f" Today: {whole} whole, {some} partly, {hollow} hollow; of {len(listed)} behaviours {missing} are"
        " missing."
    )


def written() -> str:
    """The map with the column and the summary as the behaviours have them."""
    listed = behaviours()
    lines = []
    for line in MAP.read_text(encoding="utf-8").splitlines():
        cells = cells_of(line)
        if _ID.fullmatch(cells[0]):
            cells[_PARTLY] = partly(cells[0], listed)
            lines.append(f"| {' | '.join(cells)} |")
        else:
            lines.append(summary(listed) if line.startswith("现在：") else line)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    MAP.write_text(written(), encoding="utf-8")
