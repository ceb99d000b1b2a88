"""Ports that are taken are told before anything is started."""

import socket
from collections.abc import Callable

import pytest

from deploy import ports
from deploy.startup_errors import StartupError


def test_free_ports_are_accepted(free_port: Callable[[], int]):
    ports.require_free("127.0.0.1", {"HUIYING_WEB_PORT": free_port(), "HUIYING_TEMPORAL_PORT": free_port()})


def test_a_port_in_use_is_told_in_one_line_that_names_the_setting():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(StartupError) as refused:
            ports.require_free("127.0.0.1", {"HUIYING_WEB_PORT": port})
    assert str(port) in str(refused.value)
    assert "HUIYING_WEB_PORT" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_port_that_was_in_use_a_moment_ago_is_free():
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        with socket.create_connection(address) as caller, server.accept()[0] as accepted:
            accepted.close()  # the server's side closes first, so that its address is left waiting
            caller.recv(1)
    ports.require_free("127.0.0.1", {"HUIYING_WEB_PORT": address[1]})


def test_one_port_for_two_servers_is_refused(free_port: Callable[[], int]):
    port = free_port()
    with pytest.raises(StartupError, match=r"HUIYING_WEB_PORT.*HUIYING_TEMPORAL_PORT"):
        ports.require_free("127.0.0.1", {"HUIYING_WEB_PORT": port, "HUIYING_TEMPORAL_PORT": port})


def test_a_port_is_asked_for_at_the_address_on_which_it_will_be_listened():
    with socket.create_server(("127.0.0.2", 0)) as server:
        port = server.getsockname()[1]
        taken = {"HUIYING_PUBLIC_PORT": port}
        ports.require_free("127.0.0.1", taken)
        with pytest.raises(StartupError, match="HUIYING_PUBLIC_PORT"):
            ports.require_free("127.0.0.1", taken, {"HUIYING_PUBLIC_PORT": "127.0.0.2"})
    with pytest.raises(StartupError, match="HUIYING_PUBLIC_HOST"):
        ports.require_free("127.0.0.1", taken, {"HUIYING_PUBLIC_PORT": "192.0.2.1"})


def test_an_address_that_is_not_this_machines_is_told():
    with pytest.raises(StartupError, match="HUIYING_HOST"):
        ports.require_free("192.0.2.1", {"HUIYING_WEB_PORT": 8000})
