"""What came of a request other than the thing asked for;
whoever asked says what that means, as a status or in words.
"""

from typing import Final

RETRY_AFTER: Final = 2  # seconds
TYPE: Final = "urn:huiying:problem:"  # what the code of a problem is told programs under (RFC 9457)


class Problem(Exception):  # noqa: N818  an answer to the sender; the subclasses say which
    """What was asked for is not done, or not there; `code` names its text in explanations.yaml.

    `subject` is what it is about; `retry_after` in how many seconds to come again, where that helps.
    """

    code: str
    retry_after: int | None = None

    def __init__(self, subject: str = "") -> None:
        super().__init__(subject)
        self.subject = subject


class NotFound(Problem):
    """No such thing, or not the caller's to see."""

    code = "not_found"


class NotThen(NotFound):
    """The case did not stand at the time that was asked for: it was not opened yet, or has no such event."""


class Gone(Problem):
    """The case is archived and takes no more commands; the way is a new, linked incident."""

    code = "gone"


class KeyInvalid(Problem):
    """The key under which a step is known again is missing, or not of visible ASCII."""

    code = "key_missing"


class KeyReused(Problem):
    """The key came with other content before; `subject` is the incident that it was given to."""

    code = "key_reused"


class Unavailable(Problem):
    """Something the answer needs is down for now: `database`, `temporal`, the incident's `workflow`,
    its `record` or `texts`.
    """

    retry_after = RETRY_AFTER

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.code = "workflow_missing" if part == "workflow" else f"{part}_unavailable"


class CommandTooLarge(Problem):
    """A step holds more than a case takes at once."""

    code = "command_too_large"


class TooMany(Problem):
    """A person gives, or a case is given, more in a minute than the budget holds;
    after `seconds` there is room again.
    """

    code = "too_many_steps"

    def __init__(self, seconds: int) -> None:
        super().__init__(str(seconds))
        self.retry_after = seconds
