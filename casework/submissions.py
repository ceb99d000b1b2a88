"""A command in its envelope: its texts beside it under a salt of its own, its caller,
its key and when it came.
"""

from datetime import datetime
from secrets import token_hex
from typing import Final

from casework.means import means
from casework.outcomes import CommandTooLarge, KeyInvalid
from domain.bounds import LARGEST_COMMAND
from domain.catalogue import CaseCommand, Submission
from domain.steps.register import Register
from domain.terms.free_texts import referred
from domain.terms.roles import Actor
from storage.codec import COMMAND, canonical, command_digest, named_by_key

LONGEST_KEY: Final = 200
_SALT_BYTES: Final = 16


def submission_of(
    command: Register | CaseCommand, actor: Actor, route: str, key: str, at: datetime
) -> tuple[Submission, int]:
    """The submission, not read yet, and how many bytes its command has.

    Raises KeyInvalid for a key that is none, and CommandTooLarge.
    """
    if not is_key(key):
        raise KeyInvalid
    size = len(canonical(COMMAND.dump_python(command, mode="json")))
    if size > LARGEST_COMMAND:
        raise CommandTooLarge
    referring, texts = referred(command, token_hex(_SALT_BYTES))
    submission = Submission(
        command=referring,
        actor=actor,
        received_at=at,
        command_id=command_id(actor, route, key),
        digest=command_digest(referring),
        key=key,
        via=means(),
        texts=texts,
    )
    return submission, size


def command_id(actor: Actor, route: str, key: str) -> str:
    """The id of the caller's command on a route, under its Idempotency-Key."""
    return named_by_key(actor.person, actor.unit, route, key)


def is_key(key: str) -> bool:
    """Whether an Idempotency-Key is 1 to 200 visible ASCII characters."""
    return 0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()
