"""Forms of the desk are models that FastAPI fills, and none is read of a stranger or of another's page."""

import ast
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, Form, Request
from fastapi.responses import PlainTextResponse
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import ValidationError
from starlette.types import Message

from api.errors import status_of
from casework.outcomes import Problem
from desk.sign_in import own_forms
from desk.sign_in.own_forms import FormRoute, OwnForm, Secret, cut, trimmed
from desk.sign_in.sessions import NotForThisPost
from web import create_app

ROOT = Path(__file__).parents[2]
# Where a form is read by hand, and why.
BY_HAND = {
    "desk/step/route.py": "its fields come from the catalogue of commands, and proofs may come with it",
    "desk/register/route.py": "the same form, of the command that registers",
    "desk/attachments/receiving.py": "files, each read and looked into within bounds",
    "desk/people/sheet_route.py": "a workbook, and the people of a sheet, as many as it has",
    "desk/sheets/route.py": "a workbook, unpacked within bounds, and the rows of a sheet, as many as it has",
    "desk/units/route.py": "its fields are those of a table: of persons or of channels",
    "desk/channels/route.py": "its fields are those that the channel declares",
    "desk/me/reached.py": "its fields are the channels of the house",
}

HAVE_NO_FORM = {
    "desk/calls/route.py",  # a button of a link that whoever holds it may use, once
    "desk/sign_in/passkey_sign_in.py",  # a challenge is asked for, with nothing
    "desk/system/engine_codec.py",  # the page of the engine sends JSON
}


class NoteForm(OwnForm):
    """A form as the desk has them."""

    name: Annotated[str, trimmed(5)] = ""
    secret: Annotated[str, cut(5)] = ""
    password: Secret = ""


def test_whatever_is_posted_to_the_desk_is_read_as_a_model_or_by_hand_with_a_reason():
    by_hand = {
        context.original_route.endpoint.__module__.replace(".", "/") + ".py"
        for context in iter_route_contexts(create_app().routes)
        if isinstance(context.original_route, APIRoute)
        and "POST" in (context.original_route.methods or ())
        and context.original_route.endpoint.__module__.startswith("desk.")
        and not isinstance(context.original_route, FormRoute)
    }
    assert by_hand - HAVE_NO_FORM == BY_HAND.keys() - {"desk/attachments/receiving.py"} | {
        "desk/attachments/route.py"
    }


def test_no_other_module_reads_a_form():
    readers = set()
    for file in (ROOT / "desk").rglob("*.py"):
        names = {
            node.id for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Name)
        }
        if names & {"form_of", "plain_form"}:
            readers.add(str(file.relative_to(ROOT)))
    assert readers == BY_HAND.keys() | {"desk/sign_in/own_forms.py", "desk/sign_in/sessions.py"}


def test_what_is_typed_is_cut_and_trimmed_and_no_password_is_printed():
    form = NoteForm(name="  四个字的名称 ", secret=" 123456", password="four herons")
    assert (form.name, form.secret) == ("四个字的名", " 1234")
    assert "herons" not in repr(form)
    with pytest.raises(ValidationError):
        NoteForm.model_validate({"name": object()})


class Posted:
    """A form on its way, which tells whether anybody took it."""

    def __init__(self, body: bytes, **headers: str) -> None:
        self.body, self.read, self.answers = body, 0, list[Message]()
        self.headers = {"content-length": str(len(body)), "content-type": "application/x-www-form-urlencoded"}
        self.headers |= {name.replace("_", "-"): value for name, value in headers.items()}

    async def receive(self) -> Message:
        self.read += 1
        return {"type": "http.request", "body": self.body, "more_body": False}

    async def send(self, message: Message) -> None:
        self.answers.append(message)

    async def to(self, app: FastAPI) -> int:
        headers = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        scope: dict[str, Any] = {
            "type": "http",
            "method": "POST",
            "path": "/notes",
            "raw_path": b"/notes",
            "query_string": b"",
            "headers": headers,
            "http_version": "1.1",
            "scheme": "http",
            "server": ("desk", 80),
            "root_path": "",
        }
        await app(scope, self.receive, self.send)
        return int(self.answers[0]["status"])


async def told(_: Request, problem: Exception) -> PlainTextResponse:
    assert isinstance(problem, Problem)
    return PlainTextResponse(problem.code, status_of(problem))


def desk(
    *, is_somebody: bool, monkeypatch: pytest.MonkeyPatch, may: bool = True
) -> tuple[FastAPI, list[NoteForm]]:
    """An application of one form, and what reached it."""

    async def session_of(request: Request) -> object | None:
        request.state.csrf = own_token
        return object() if is_somebody else None

    async def let_in() -> None:
        if not may:
            raise NotForThisPost

    own_token = "00" * 32 + "ab" * 32
    monkeypatch.setattr(own_forms, "session_of", session_of)
    router, reached = APIRouter(route_class=FormRoute), list[NoteForm]()

    @router.post("/notes", dependencies=[Depends(let_in)])
    async def note(request: Request, form: Annotated[NoteForm, Form()]) -> None:
        reached.append(form)

    app = FastAPI()
    app.include_router(router)
    app.add_exception_handler(Problem, told)
    return app, reached


OWN = b"name=visit&secret=&_csrf=" + ("00" * 32 + "ab" * 32).encode()


def part(name: str, content: bytes, more: bytes = b"") -> bytes:
    """A form of one field, in parts."""
    head = b'--b\r\nContent-Disposition: form-data; name="%s"%s' % (name.encode(), more)
    return head + b"\r\n\r\n" + content + b"\r\n--b--\r\n"


async def test_the_form_of_ones_own_page_fills_its_model(monkeypatch: pytest.MonkeyPatch):
    app, reached = desk(is_somebody=True, monkeypatch=monkeypatch)
    assert await Posted(OWN, sec_fetch_site="same-origin").to(app) == HTTPStatus.OK
    assert reached == [NoteForm(name="visit")]


@pytest.mark.parametrize(
    ("posted", "who", "status"),
    [
        (Posted(OWN, sec_fetch_site="same-origin"), "", HTTPStatus.UNAUTHORIZED),
        (Posted(OWN, sec_fetch_site="cross-site"), "clerk", HTTPStatus.FORBIDDEN),
        (
            Posted(OWN, sec_fetch_site="same-origin", content_type="text/plain"),
            "clerk",
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            Posted(OWN, sec_fetch_site="same-origin", content_length=str(2**21)),
            "clerk",
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        ),
    ],
    ids=["a stranger's", "another page's", "no form", "too large"],
)
async def test_a_form_that_is_not_taken_is_not_read(
    posted: Posted, who: str, status: HTTPStatus, monkeypatch: pytest.MonkeyPatch
):
    app, reached = desk(is_somebody=bool(who), monkeypatch=monkeypatch)
    assert await posted.to(app) == status
    assert (posted.read, reached) == (0, [])


@pytest.mark.parametrize("charset", ["undefined", "utf-7", "punycode", '"a\0b"', "gb18030"])
async def test_a_form_in_another_encoding_is_none(charset: str, monkeypatch: pytest.MonkeyPatch):
    """Python knows encodings that fail over any text, and some that make halves of characters."""
    app, reached = desk(is_somebody=True, monkeypatch=monkeypatch)
    kind = f"multipart/form-data; boundary=b; charset={charset}"
    posted = Posted(part("name", b"+2AA-"), sec_fetch_site="same-origin", content_type=kind)
    assert await posted.to(app) == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    assert (posted.read, reached) == (0, [])


async def test_a_form_says_its_own_encoding(monkeypatch: pytest.MonkeyPatch):
    app, reached = desk(is_somebody=True, monkeypatch=monkeypatch)
    kind = "application/x-www-form-urlencoded; charset=UTF-8"
    assert await Posted(OWN, sec_fetch_site="same-origin", content_type=kind).to(app) == HTTPStatus.OK
    assert reached == [NoteForm(name="visit")]


@pytest.mark.parametrize("origin", ["http://[x", "http://[x]", "desk", ""])
async def test_a_form_of_an_origin_that_is_no_address_is_another_pages(
    origin: str, monkeypatch: pytest.MonkeyPatch
):
    app, reached = desk(is_somebody=True, monkeypatch=monkeypatch)
    posted = Posted(OWN, sec_fetch_site="same-origin", origin=origin, host="desk")
    assert await posted.to(app) == HTTPStatus.FORBIDDEN
    assert (posted.read, reached) == (0, [])


async def test_a_form_without_the_token_of_its_session_reaches_nobody(monkeypatch: pytest.MonkeyPatch):
    app, reached = desk(is_somebody=True, monkeypatch=monkeypatch)
    forged = Posted(OWN.replace(b"abab", b"cdcd"), sec_fetch_site="same-origin")
    assert await forged.to(app) == HTTPStatus.FORBIDDEN
    assert reached == []


@pytest.mark.parametrize(
    "posted",
    [
        Posted(OWN, sec_fetch_site="cross-site"),
        Posted(part("name", b"visit"), sec_fetch_site="cross-site", content_type="multipart/form-data"),
        Posted(b"&".join([b"name="] * 2001), sec_fetch_site="same-origin"),
        Posted(
            part("name", b"visit", b'; filename="a.txt"'),
            sec_fetch_site="same-origin",
            content_type="multipart/form-data; boundary=b",
        ),
    ],
    ids=["another page's", "no parts", "too many fields", "a file"],
)
async def test_who_may_not_ask_hears_that_before_anything_of_the_form(
    posted: Posted, monkeypatch: pytest.MonkeyPatch
):
    app, reached = desk(is_somebody=True, monkeypatch=monkeypatch, may=False)
    assert await posted.to(app) == HTTPStatus.FORBIDDEN
    assert b"not_for_this_post" in posted.answers[1]["body"]
    assert reached == []
