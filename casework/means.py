"""By what the person of this request is known: a session of the browser or a token,
named in the envelope of each step.
"""

from contextvars import ContextVar

from domain.terms.roles import BY_TOKEN

_MEANS: ContextVar[str] = ContextVar("means", default="")


def by_session(session_id: str) -> None:
    """Whoever asks is known by a session of the browser."""
    _MEANS.set(f"session:{session_id}")


def by_token(token_id: str) -> None:
    """Whoever asks is known by a token, named by its id, never by its text."""
    _MEANS.set(f"{BY_TOKEN}{token_id}")


def means() -> str:
    """The mark for the envelope; empty where nobody asked."""
    return _MEANS.get()
