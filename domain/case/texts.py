"""The texts of a draft as the public will read them, each by the name of its field."""

from collections.abc import Iterator

from domain.case.records import Draft


def texts(draft: Draft) -> Iterator[tuple[str, str]]:
    """Each text that leaves the house with a draft; answers and claims are numbered from 1."""
    yield "title", draft.title
    yield "facts", draft.facts
    yield "measures", draft.measures
    yield "result", draft.result
    yield "clarification", draft.clarification
    if draft.interim is not None:
        yield "interim.verifying", draft.interim.verifying
        yield "interim.verifying_by", draft.interim.verifying_by
    for number, answer in enumerate(draft.answers, start=1):
        yield f"answers.{number}.paragraph", answer.paragraph
    for number, claim in enumerate(draft.claims, start=1):
        yield f"claims.{number}.value", claim.value
