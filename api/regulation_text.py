"""The text of the regulation, sentence by sentence, as cases and pages cite it."""

from functools import cache
from typing import Any

import yaml

from storage.regulations import REGULATIONS


@cache
def clauses(regulation: str) -> tuple[dict[str, Any], ...]:
    """The clauses of a regulation in the order of its text, each with its sentences.

    Raises FileNotFoundError for an unknown regulation.
    """
    loaded = yaml.safe_load((REGULATIONS / regulation / "clauses.yaml").read_text(encoding="utf-8"))
    return tuple(loaded["clauses"])


@cache
def sentences(regulation: str) -> dict[str, str]:
    """The sentences by citation key, such as `三(三)#4`."""
    return {
        f"{clause['id']}#{sentence['n']}": str(sentence["text"])
        for clause in clauses(regulation)
        for sentence in clause["sentences"]
    }
