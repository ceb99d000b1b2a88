"""Tests reach this machine alone: what would call outside fails at once, and this shows that it does."""

import asyncio
import socket

import pytest

OUTSIDE = ("192.0.2.1", 80)  # an address kept for documentation


def test_a_call_to_the_outside_is_refused():
    with pytest.raises(UserWarning, match="A test tried to use"):
        socket.create_connection(OUTSIDE, timeout=1)


async def test_an_asynchronous_call_to_the_outside_is_refused():
    with pytest.raises(UserWarning, match="A test tried to use"):
        await asyncio.open_connection(*OUTSIDE)


def test_a_call_to_this_machine_is_let_through():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()
