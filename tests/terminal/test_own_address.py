"""Commands on the system's own machine find it by the settings that it was started with."""

import pytest
from typer.testing import CliRunner

from terminal.app import app
from terminal.own_settings import own_address


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:9123"),
        ("0.0.0.0", "http://127.0.0.1:9123"),  # noqa: S104  what is listened at
        ("::", "http://[::1]:9123"),
        ("huiying.gaoan.example", "http://huiying.gaoan.example:9123"),
    ],
)
def test_the_address_is_that_of_the_settings(monkeypatch: pytest.MonkeyPatch, host: str, address: str):
    monkeypatch.setenv("HUIYING_HOST", host)
    monkeypatch.setenv("HUIYING_WEB_PORT", "9123")
    assert own_address() == address


def test_a_command_without_an_address_asks_there_and_one_with_an_address_does_not():
    nobody = {"HUIYING_WEB_PORT": "1", "HUIYING_TOKEN": "t"}
    result = CliRunner().invoke(app, ["list"], env=nobody)
    assert result.exit_code == 3
    assert "http://127.0.0.1:1" in result.stderr
    result = CliRunner().invoke(app, ["list", "--url", "http://127.0.0.1:2"], env=nobody)
    assert "http://127.0.0.1:2" in result.stderr


def test_settings_that_are_wrong_are_told():
    result = CliRunner().invoke(app, ["list"], env={"HUIYING_WEB_PORT": "none", "HUIYING_TOKEN": "t"})
    assert result.exit_code == 2
    assert "设置有误" in result.stderr
