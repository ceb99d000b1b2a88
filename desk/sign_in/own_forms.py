"""Forms of the desk: each a model that FastAPI fills (`Annotated[Model, Form()]`),
and none is read but of a person signed in, from a page of that person's own session.

FastAPI reads a form before it asks who sent it. A `FormRoute` asks first: a stranger's body, a foreign page's
and one that is too large are never read, and whoever is not let in is told so before anything of the form.
"""

from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Annotated, Any, ClassVar, Final

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.types import Message

from api.errors import WebProblem
from desk.sign_in.sessions import (
    LARGEST_FORM,
    SignInNeeded,
    form_of,
    plain_form,
    same_origin_only,
    session_of,
)

_LONGEST: Final = 200  # characters of a field that names something


class OwnForm(BaseModel):
    """A form of one's own page: what is not typed is empty; `largest` in bytes."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    largest: ClassVar[int] = LARGEST_FORM


def cut(longest: int) -> BeforeValidator:
    """Nothing longer is read; a browser holds whoever types within the same bound."""
    return BeforeValidator(lambda text: text[:longest] if isinstance(text, str) else text)


def trimmed(longest: int) -> BeforeValidator:
    """The same without blanks around it."""
    return BeforeValidator(lambda text: text.strip()[:longest] if isinstance(text, str) else text)


Line = Annotated[str, trimmed(_LONGEST)]
Secret = Annotated[str, cut(_LONGEST), Field(repr=False)]


class FormRoute(APIRoute):
    """A route of the desk: whatever is posted to it must come from a page of the session that posts it."""

    def __init__(self, path: str, endpoint: Callable[..., Awaitable[Any]], **settings: Any) -> None:
        super().__init__(path, _after_the_form(endpoint), **settings)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of FastAPI, which is handed what was read here."""
        handle = super().get_route_handler()
        if "POST" not in (self.methods or ()):
            return handle
        models = [param.field_info.annotation for param in self.dependant.body_params]
        largest = max(map(_largest, models), default=LARGEST_FORM)

        async def guarded(request: Request) -> Response:
            request.state.form_problem = None
            try:
                await self.read(request, largest)
            except (WebProblem, HTTPException) as problem:
                request.state.form_problem = problem
                return await handle(_without_form(request))
            return await handle(request)

        return guarded

    async def read(self, request: Request, largest: int) -> None:
        """Read the form, which the request then keeps; raises why it is none to be read."""
        if await session_of(request) is None:
            raise SignInNeeded
        await form_of(request, largest=largest)


class StrangersFormRoute(FormRoute):
    """The same of who is not signed in yet: from a page of this server, and of bounded size."""

    async def read(self, request: Request, largest: int) -> None:
        """Read the form, which the request then keeps; raises why it is none to be read."""
        same_origin_only(request)
        await plain_form(request, largest=largest)


def _largest(model: Any) -> int:
    return model.largest if isinstance(model, type) and issubclass(model, OwnForm) else LARGEST_FORM


def _after_the_form(endpoint: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """The endpoint, which no form reaches that was not accepted: who may ask has been settled by then."""

    @wraps(endpoint)
    async def settled(*, request: Request, **values: Any) -> Any:
        if request.method == "POST" and request.state.form_problem is not None:
            raise request.state.form_problem
        return await endpoint(request=request, **values)

    return settled


def _without_form(request: Request) -> Request:
    """The request as of nothing posted: FastAPI would read the form again, before anybody is asked."""
    headers = [(name, value) for name, value in request.scope["headers"] if name != b"content-type"]
    return Request({**request.scope, "headers": headers}, _nothing)


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
