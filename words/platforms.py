"""Platforms and channels in words: by the register that the law of the case holds,
else by the labels (DD-32).
"""

from collections.abc import Iterable

from domain.law.regulation import Law
from words.labels import Label, label
from words.wording import listed


def platform_label(law: Law, code: str) -> Label:
    """The name of a platform in both languages; one that the law does not know stands for itself."""
    for entry in law.register:
        if entry.code == code and entry.zh:
            return Label(entry.zh, entry.en or entry.zh)
    return label("Platform", code)


def platform_name(law: Law, code: str) -> str:
    """The name of a platform, in the language of the page that is being made."""
    return platform_label(law, code).here


def platforms(law: Law, codes: Iterable[str]) -> str:
    """The names of platforms, joined."""
    return listed(platform_name(law, code) for code in codes)
