"""In which language a page is made: the one that its reader switched to, kept in a cookie."""

from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from words.language import Language, speak

COOKIE: Final = "huiying_language"


class LocaleMiddleware:
    """Reads which language the browser asks for, before anything is answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, in its reader's language."""
        if scope["type"] == "http":
            speak(_language_of(Headers(scope=scope).get("cookie", "")))
        await self._app(scope, receive, send)


def _language_of(cookies: str) -> Language:
    try:
        choice = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return Language.CHINESE
    return Language.ENGLISH if choice is not None and choice.value == Language.ENGLISH else Language.CHINESE
