"""The texts of a draft as the public will read them, each by the name of its field."""

from collections.abc import Iterator
from typing import Protocol

from domain.case.records import Claim, ConcernAnswer, Interim


class Written(Protocol):
    """What is written for the public, drafted or about to be."""

    @property
    def title(self) -> str: ...  # noqa: D102  as of a draft
    @property
    def facts(self) -> str: ...  # noqa: D102
    @property
    def measures(self) -> str: ...  # noqa: D102
    @property
    def result(self) -> str: ...  # noqa: D102
    @property
    def clarification(self) -> str: ...  # noqa: D102
    @property
    def interim(self) -> Interim | None: ...  # noqa: D102
    @property
    def answers(self) -> tuple[ConcernAnswer, ...]: ...  # noqa: D102
    @property
    def claims(self) -> tuple[Claim, ...]: ...  # noqa: D102


def texts(written: Written) -> Iterator[tuple[str, str]]:
    """Each text that leaves the house with a draft; answers and claims are numbered from 1."""
    yield "title", written.title
    yield "facts", written.facts
    yield "measures", written.measures
    yield "result", written.result
    yield "clarification", written.clarification
    if written.interim is not None:
        yield "interim.verifying", written.interim.verifying
        yield "interim.verifying_by", written.interim.verifying_by
    for number, answer in enumerate(written.answers, start=1):
        yield f"answers.{number}.paragraph", answer.paragraph
    for number, claim in enumerate(written.claims, start=1):
        yield f"claims.{number}.value", claim.value
