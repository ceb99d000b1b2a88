"""The switch between Chinese and English, kept in the browser."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.audit_book import unwritten
from api.locale_middleware import COOKIE
from api.parts import parts_of
from api.security import PUBLIC
from desk.sign_in.return_address import inside
from words.language import Language

_LIFETIME: Final = timedelta(days=365)
router = APIRouter(include_in_schema=False)


@router.get("/language/{language}", dependencies=[PUBLIC])
@unwritten("the language of a browser")
async def switch(request: Request, language: Language, after: Annotated[str, Query()] = "/") -> Response:
    """The same page in another language, from now on in this browser."""
    response = RedirectResponse(inside(after, "/"), HTTPStatus.SEE_OTHER)
    response.set_cookie(
        COOKIE,
        language,
        max_age=int(_LIFETIME.total_seconds()),
        path="/",
        secure=parts_of(request).settings.behind_tls,
        httponly=True,
        samesite="lax",
    )
    return response
