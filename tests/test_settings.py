"""Settings come from the environment, and each says what it is for."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from settings import CHECKOUT, Settings


def test_without_any_setting_all_lies_under_var():
    settings = Settings()
    assert settings.var_dir == CHECKOUT / "var"
    assert settings.database_url == f"sqlite+aiosqlite:///{CHECKOUT}/var/huiying.db"
    assert settings.embeds_temporal


def test_the_database_moves_with_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HUIYING_VAR_DIR", str(tmp_path))
    assert Settings().database_url == f"sqlite+aiosqlite:///{tmp_path}/huiying.db"


def test_a_relative_folder_is_made_absolute_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HUIYING_VAR_DIR", "here")
    assert Settings().var_dir == tmp_path / "here"


def test_a_named_cluster_takes_the_place_of_the_embedded_server(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HUIYING_TEMPORAL_ADDRESS", "temporal.example:7233")
    settings = Settings()
    assert settings.temporal_address == "temporal.example:7233"
    assert not settings.embeds_temporal


def test_the_address_of_the_embedded_server_follows_its_port(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HUIYING_TEMPORAL_PORT", "7999")
    assert Settings().temporal_address == "127.0.0.1:7999"


@pytest.mark.parametrize("port", ["0", "65536", "web"])
def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, port: str):
    monkeypatch.setenv("HUIYING_WEB_PORT", port)
    with pytest.raises(ValidationError, match="web_port"):
        Settings()


def test_the_address_of_the_public_page_gives_no_password_away(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HUIYING_PUBLIC_ADDRESS", "https://answers.example.gov.cn/page/")
    assert Settings().public_address == "https://answers.example.gov.cn/page"
    monkeypatch.setenv("HUIYING_PUBLIC_ADDRESS", "https://keeper:secret@answers.example.gov.cn")
    with pytest.raises(ValidationError, match="without credentials"):
        Settings()


def test_every_setting_says_what_it_is_for():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize(("name", "value"), [("CACHED_WORKFLOWS", "20"), ("WORKFLOW_TASKS", "1000")])
def test_a_worker_keeps_more_cases_than_it_works_on(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    """Of a case that is dropped while its step is recorded nobody hears until the engine's ten
    seconds are over.
    """
    monkeypatch.setenv(f"HUIYING_WORKER_{name}", value)
    with pytest.raises(ValidationError, match="more than worker_workflow_tasks"):
        Settings()


def test_the_file_of_checkpoints_may_be_none_and_is_no_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("HUIYING_CHECKPOINT_FILE", "")
    assert Settings().checkpoint_file is None
    monkeypatch.setenv("HUIYING_CHECKPOINT_FILE", str(tmp_path / "checkpoints.txt"))
    assert Settings().checkpoint_file == tmp_path / "checkpoints.txt"
    monkeypatch.setenv("HUIYING_CHECKPOINT_FILE", str(tmp_path))
    with pytest.raises(ValidationError, match="is a folder"):
        Settings()
