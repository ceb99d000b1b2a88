"""The expectation keys: each reads one thing off the record of an incident, as of an instant."""

from rehearsals.keys import course, obligations, papers, record, responsibility, speech
from rehearsals.keys.registry import KEYS, Comparison, Key

__all__ = [
    "KEYS",
    "Comparison",
    "Key",
    "course",
    "obligations",
    "papers",
    "record",
    "responsibility",
    "speech",
]
