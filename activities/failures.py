"""Failures of the database as histories may hold them: their kind, never their text."""

from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from temporalio.exceptions import ApplicationError

FAILURES: Final = (OSError, TimeoutError, SQLAlchemyError)


def unquoted(error: Exception) -> ApplicationError:
    """The failure without its text: a driver's quotes what was to be written, and histories are not encrypted."""
    return ApplicationError(type(error).__name__, type="database")
