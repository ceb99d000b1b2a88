"""Passkeys where people come by TLS: for which name they are made, and at which others they serve."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from domain.terms.roles import Role
from tests.api.office import address
from tests.api.office import system as make_system
from tests.desk.authenticator import Authenticator
from tests.desk.conftest import Office
from tests.desk.test_passkeys import asked, asks_for_new, enrolled, seat_at, sends_new, signs_in, sits

NAME, BELOW, BESIDE, BARE = "yuqing.example", "desk.yuqing.example", "other.example", "192.0.2.7"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def by_tls(
    desk_temporal: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    """An office that people reach by TLS under three names and an address, which stands first."""
    named = {"behind_tls": True, "hosts": f"{BARE}, {NAME}, {BELOW.upper()}, {BESIDE}"}
    folder = tmp_path_factory.mktemp("by_tls")
    async with make_system(folder, address(desk_temporal), **named) as system, AsyncExitStack() as stack:
        yield Office(system, stack)


async def test_a_passkey_is_made_for_the_first_name_and_serves_below_it(by_tls: Office):
    device = Authenticator(origin=f"https://{NAME}", rp_id=NAME)
    await enrolled(by_tls, "by.tls", device, f"https://{NAME}")
    for name in (NAME, f"{NAME}:8443", BELOW):
        seat = await seat_at(by_tls, f"https://{name}")
        wish = await asked(seat)
        assert wish["rpId"] == NAME
        device.origin = f"https://{name}"
        answer = await signs_in(seat, "by.tls", device.signs(wish))
        assert answer.status_code == 303, name
        assert any(cookie.startswith("__Host-") for cookie in answer.headers.get_list("set-cookie"))


@pytest.mark.parametrize(
    "origin", [f"http://{NAME}", f"https://{BELOW}", f"https://{NAME}.example", "null", ""]
)
async def test_an_answer_from_another_origin_adds_nothing(by_tls: Office, origin: str):
    await by_tls.account(f"from.{len(origin)}", Role.HANDLER, "qingxi")
    seat = await sits(by_tls, f"from.{len(origin)}", f"https://{NAME}")
    wish = (await asks_for_new(seat)).json()
    assert (await sends_new(seat, Authenticator(origin=origin, rp_id=NAME).makes(wish))).status_code == 422


@pytest.mark.parametrize("name", [BESIDE, "localhost", "127.0.0.1", BARE])
async def test_at_a_name_for_which_none_is_made_nothing_of_it_is_there(by_tls: Office, name: str):
    seat = await seat_at(by_tls, f"https://{name}")
    assert (await seat.post("/sign-in/passkey", {})).status_code == 404
    assert "passkeys" not in (await seat.open("/sign-in")).text
