"""代理: who is called in the place of somebody who is away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A person of a unit who is away from an instant on until before another (UTC), and the deputy meanwhile;
    persons by their logins.
    """

    id: str
    unit: str
    person: str
    deputy: str
    since: datetime
    until: datetime

    def covers(self, at: datetime) -> bool:
        """Whether the person is away at an instant."""
        return self.since <= at < self.until


def deputy_of(person: str, deputies: Mapping[str, str]) -> str:
    """Who is called in a person's place, where `deputies` names the deputy of each who is away.

    A deputy who is away as well has a deputy of its own. Where all in turn are away, and the last names
    the first again, the person is called: better away than nobody.
    """
    passed = {person}
    last = person
    while last in deputies:
        last = deputies[last]
        if last in passed:
            return person
        passed.add(last)
    return last
