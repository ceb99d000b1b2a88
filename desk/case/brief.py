"""专报: which of the facts of an incident a leader's one page tells."""

from typing import Final

from desk.case.view import IncidentPage

_MOST: Final = 12  # what fits beside the rest on one sheet


def brief_facts(page: IncidentPage) -> tuple[tuple[str, str], ...]:
    """The first facts as registered and concluded, in their order."""
    return page.facts[:_MOST]
