"""Sign-in at an OpenID provider, a real one: whom it lets in, whom not, and what is not believed."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx2
import pytest
import pytest_asyncio
from pydantic import SecretStr, ValidationError
from sqlalchemy import text
from temporalio.testing import WorkflowEnvironment

from api.locale_middleware import COOKIE
from domain.terms.roles import Role
from settings import Settings
from tests.api.office import address
from tests.api.office import system as make_system
from tests.desk.conftest import Office
from tests.desk.seat import PASSWORD, Seat, forms

HERE = Path(__file__).parent
BACK = "http://huiying.test/sign-in/openid/back"
SECRET = "between the two of them"
LINK = "/sign-in/openid/link"
# Subjects at the provider; what their claim says where that is not the same.
PEOPLE = (
    *(
        "town.handler",
        "gone.handler",
        "unknown.here",
        "links.once",
        "links.slow",
        "links.coded",
        "links.late",
    ),
    *("twin.one=town.twin", "twin.two=town.twin", "links.moved", "links.renewed", "links.stopped"),
    *("links.changed", "links.twice", "links.leaves"),
)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def provider(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of a provider that knows some people, of whom two claim one login."""
    port = _free_port()
    command = [sys.executable, str(HERE / "openid_provider.py"), str(port), BACK, *PEOPLE]
    log = tmp_path_factory.mktemp("provider") / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)  # noqa: ASYNC220  quick to start, and its answers are awaited
        try:
            async with httpx2.AsyncClient() as http, asyncio.timeout(60):
                while not await _answers(http, f"http://127.0.0.1:{port}"):
                    assert process.poll() is None, log.read_text()
                    await asyncio.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _answers(http: httpx2.AsyncClient, issuer: str) -> bool:
    try:
        return (await http.get(f"{issuer}/.well-known/openid-configuration")).is_success
    except httpx2.TransportError:
        return False


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def joined(
    provider: str, desk_temporal: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    """An office whose people may sign in at the provider."""
    folder = tmp_path_factory.mktemp("joined")
    named = {"oidc_issuer": provider, "oidc_client_id": "huiying", "oidc_client_secret": SecretStr(SECRET)}
    async with (
        make_system(folder, address(desk_temporal), **named) as system,
        AsyncExitStack() as stack,
    ):
        office = Office(system, stack)
        for name in PEOPLE:
            login = name.partition("=")[2] or name
            if login not in {"unknown.here", "town.twin"}:
                await office.account(login, Role.HANDLER, "qingxi")
        await office.account("town.twin", Role.HANDLER, "qingxi")
        async with office.database.writing() as session:
            await session.execute(
                text("UPDATE account SET disabled_at = created_at WHERE login = 'gone.handler'")
            )
        yield office


async def led(seat: Seat, after: str = "/desk") -> str:
    """The address at the provider to which a browser is led."""
    answer = await seat.open(f"/sign-in/openid?{urlencode({'after': after})}")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def confirmed(there: str, login: str) -> str:
    """Somebody signs in at the provider; the path that it leads back to, with code and state."""
    async with httpx2.AsyncClient(timeout=30) as http:
        answer = await http.get(there)
        for _ in range(12):
            if answer.is_redirect:
                onward = urljoin(str(answer.url), answer.headers["location"])
                if onward.startswith(BACK):
                    return onward.removeprefix("http://huiying.test")
                answer = await http.get(onward)
                continue
            form = next(form for action, form in forms(answer.text).items() if "csrf_token" in form.names)
            typed = {name: value for name, value in form.fields.items() if name != "remember"}
            typed |= {"login": [login]} if "login" in form.names else {}
            typed |= {"password": [PASSWORD]} if "password" in form.names else {}
            answer = await http.post(str(answer.url), data=typed)
    pytest.fail(f"no way back: {answer.url} {answer.text[:2000]}")


async def test_who_is_known_to_both_signs_in_and_goes_on(joined: Office):
    seat = await joined.seat()
    page = (await seat.open("/sign-in?after=/register")).text
    assert "/sign-in/openid?after=/register" in page
    there = await led(seat, "/register")
    asked = parse_qs(urlsplit(there).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert len(asked["nonce"][0]) > 40
    seat.http.cookies.set("huiying_session", "chosen-by-somebody-else", domain="huiying.test")
    asked_once = await seat.open(await confirmed(there, "town.handler"))
    assert (asked_once.status_code, asked_once.headers["location"]) == (303, LINK)
    assert "huiying_session" not in str(asked_once.headers.get_list("set-cookie"))
    back = await seat.fill_in(LINK, {"password": PASSWORD})
    assert (back.status_code, back.headers["location"]) == (303, "/register")
    given = next(cookie for cookie in back.headers.get_list("set-cookie") if "huiying_session=" in cookie)
    assert "chosen-by-somebody-else" not in given
    assert "HttpOnly" in given
    seat = await joined.seat()
    seat.http.cookies.set("huiying_session", given.split("=", 1)[1].split(";")[0], domain="huiying.test")
    assert "青溪镇 · 经办人" in (await seat.open("/desk")).text


@pytest.mark.parametrize("login", ["unknown.here", "gone.handler"])
async def test_who_has_no_account_in_force_is_told_so_in_either_language(joined: Office, login: str):
    seat = await joined.seat()
    back = await seat.open(await confirmed(await led(seat), login))
    assert back.status_code == 403
    assert "没有您的账号，或账号已停用" in back.text
    assert "huiying_session" not in back.headers.get("set-cookie", "")
    seat.http.cookies.set(COOKIE, "en", domain="huiying.test")
    again = await seat.open(await confirmed(await led(seat), login))
    assert "there is no account for you here" in again.text
    async with joined.database.session() as session:
        assert not (await session.execute(text("SELECT id FROM account WHERE login = 'unknown.here'"))).all()


async def test_a_way_back_serves_once_and_for_the_browser_that_set_out(joined: Office):
    seat, other = await joined.seat(), await joined.seat()
    back = await confirmed(await led(seat), "town.handler")
    await led(other)
    assert (await other.open(back)).status_code == 403
    assert (await seat.open(back)).status_code == 303
    assert (await seat.open(back)).status_code == 403


async def test_another_state_is_not_believed(joined: Office):
    seat = await joined.seat()
    back = await confirmed(await led(seat), "town.handler")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    answer = await seat.open(f"/sign-in/openid/back?{urlencode({**asked, 'state': 'x' * 40})}")
    assert answer.status_code == 403
    assert "huiying_session" not in answer.headers.get("set-cookie", "")


# The provider's store in memory takes any unused code of the client for the one shown:
# what leaves codes unused stands below.
async def test_a_code_of_another_sign_in_is_not_believed(joined: Office):
    """Its verifier and nonce are others, though the state is this browser's own."""
    seat, stolen = await joined.seat(), await joined.seat()
    code = parse_qs(urlsplit(await confirmed(await led(stolen), "town.handler")).query)["code"][0]
    state = parse_qs(urlsplit(await led(seat)).query)["state"][0]
    answer = await seat.open(f"/sign-in/openid/back?{urlencode({'state': state, 'code': code})}")
    assert answer.status_code == 502


async def test_a_sign_in_that_took_too_long_begins_again(joined: Office):
    seat = await joined.seat()
    back = await confirmed(await led(seat), "town.handler")
    joined.ahead = timedelta(minutes=11)
    try:
        answer = await seat.open(back)
    finally:
        joined.ahead = timedelta(0)
    assert answer.status_code == 403
    assert "已过时" in answer.text


async def test_a_refusal_of_the_provider_leads_to_the_page_of_sign_in(joined: Office):
    seat = await joined.seat()
    state = parse_qs(urlsplit(await led(seat)).query)["state"][0]
    answer = await seat.open(f"/sign-in/openid/back?{urlencode({'state': state, 'error': 'access_denied'})}")
    assert answer.status_code == 403
    assert "没有确认您的登录" in answer.text


async def test_without_a_provider_nothing_of_it_is_there(office: Office):
    seat = await office.seat()
    assert "/sign-in/openid" not in (await seat.open("/sign-in")).text
    assert (await seat.open("/sign-in/openid")).status_code == 404
    assert (await seat.open("/sign-in/openid/back")).status_code == 404


async def test_a_provider_that_is_down_leaves_the_password(
    desk_temporal: WorkflowEnvironment, tmp_path: Path, free_port: Callable[[], int]
):
    issuer = f"http://127.0.0.1:{free_port()}"
    async with (
        make_system(tmp_path, address(desk_temporal), oidc_issuer=issuer) as system,
        AsyncExitStack() as stack,
    ):
        seat = await Office(system, stack).seat()
        answer = await seat.open("/sign-in/openid")
        assert answer.status_code == 502
        assert "用账号和口令登录" in answer.text


@pytest.mark.parametrize("issuer", ["http://sso.example", "ftp://127.0.0.1", "127.0.0.1:80", "http://"])
def test_an_issuer_is_reached_by_tls_or_on_this_machine_alone(issuer: str):
    with pytest.raises(ValidationError):
        Settings(oidc_issuer=issuer)
