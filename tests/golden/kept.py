"""The recorded histories of every release, and the decisions that each must yield."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import WorkflowHistory

from domain.catalogue import Decision
from storage.codec import DECISION

RELEASES = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Kept:
    """One recorded case."""

    release: str
    name: str

    @property
    def text(self) -> str:
        return (RELEASES / self.release / f"{self.name}.history.json").read_text(encoding="utf-8")

    @property
    def history(self) -> WorkflowHistory:
        return WorkflowHistory.from_json("inc-kept", self.text)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        file = RELEASES / self.release / f"{self.name}.decisions.jsonl"
        lines = filter(None, file.read_text(encoding="utf-8").splitlines())  # a run may decide nothing
        return tuple(DECISION.validate_json(line) for line in lines)


def kept() -> Iterator[Kept]:
    """All that is kept, by release and name."""
    for file in sorted(RELEASES.glob("*/*.history.json")):
        yield Kept(release=file.parent.name, name=file.name.removesuffix(".history.json"))
