"""Failures of the database as histories may hold them: their kind, never their text."""

from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.intrusions import INTRUSIONS
from activities.payloads import is_strange

FAILURES: Final = (OSError, TimeoutError, SQLAlchemyError)


def unquoted(error: Exception) -> ApplicationError:
    """The failure without its text: a driver's quotes what was to be written,
    and who reads failures need not read that.
    """
    return ApplicationError(type(error).__name__, type="database")


def require_ours(argument: object) -> None:
    """Raises for a task that a workflow of a stranger gave: it writes nothing."""
    if is_strange(argument):
        INTRUSIONS.note(activity.info().workflow_id or "", "activity")
        raise ApplicationError("strange", type="strange", non_retryable=True)
