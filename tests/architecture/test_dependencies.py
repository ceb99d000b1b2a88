"""What a request asks for beside its route is given in the loop:
a plain function would be handed to a thread.
"""

from collections.abc import Iterator
from inspect import isasyncgenfunction, isclass, iscoroutinefunction, isroutine
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from settings import Settings
from web import create_app


def called(dependant: Dependant) -> Iterator[object]:
    """The functions that a route depends on, with theirs in turn."""
    for one in dependant.dependencies:
        yield one.call
        yield from called(one)


def is_handed_over(call: object) -> bool:
    """Whether the framework runs it in a thread of its pool."""
    run = call if isroutine(call) or isclass(call) else vars(type(call)).get("__call__")
    return not (iscoroutinefunction(run) or isasyncgenfunction(run))


def handed_over(app: FastAPI) -> set[str]:
    """The names of the functions for which a request changes threads."""
    dependants = (getattr(context, "dependant", None) for context in iter_route_contexts(app.routes))
    calls = (call for dependant in dependants if dependant is not None for call in called(dependant))
    return {getattr(call, "__qualname__", repr(call)) for call in calls if is_handed_over(call)}


def test_no_request_changes_threads_for_what_its_route_depends_on(tmp_path: Path):
    assert handed_over(create_app(Settings(var_dir=tmp_path))) == set()


def test_a_plain_function_among_them_is_noticed():
    def plain() -> None:
        pass

    router = APIRouter()

    @router.get("/", dependencies=[Depends(plain)])
    async def show() -> None:
        pass

    app = FastAPI()
    app.include_router(router)
    (name,) = handed_over(app)
    assert name.endswith("plain")
