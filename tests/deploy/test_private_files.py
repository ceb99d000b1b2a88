"""What a system keeps is for the account that runs it alone, from the first file on,
and is refused where it is not.
"""

import asyncio
import shlex
import subprocess
from pathlib import Path
from stat import S_IMODE

import pytest

from deploy.private_files import OTHERS, require_private
from deploy.startup_errors import StartupError
from settings import Settings
from tests.deploy.system import running


def modes(folder: Path) -> dict[str, int]:
    """The rights of others, of each place in the folder where they have some."""
    places = (folder, *folder.rglob("*"))
    return {str(place): S_IMODE(place.lstat().st_mode) for place in places if place.lstat().st_mode & OTHERS}


def run(command: str) -> None:
    """Carry out a command as it was told."""
    subprocess.run(shlex.split(command), check=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as it should be, with one file."""
    place = tmp_path / "a folder"
    place.mkdir(mode=0o700)
    (place / "logs").mkdir(mode=0o700)
    (place / "logs" / "web.log").touch(mode=0o600)
    (place / "elsewhere").symlink_to("/")
    return place


def test_a_folder_of_its_owner_alone_is_taken(folder: Path):
    require_private(folder)


@pytest.mark.parametrize("name", [".", "logs", "logs/web.log"])
def test_what_others_may_read_is_refused_with_the_command_that_mends_it(folder: Path, name: str):
    (folder / name).chmod(0o755)
    with pytest.raises(StartupError) as refused:
        require_private(folder)
    said = str(refused.value)
    assert str(folder / name) in said
    assert "\n" not in said
    command = f"chmod -R go-rwx {shlex.quote(str(folder))}"
    assert said.count(command) == 2  # in Chinese and in English
    run(command)
    require_private(folder)


async def test_a_fresh_system_makes_nothing_that_others_may_read(settings: Settings):
    settings.var_dir.mkdir(mode=0o755, exist_ok=True)  # as somebody makes it who does not think of it
    settings.var_dir.chmod(0o755)
    async with asyncio.timeout(90), running(settings) as system:
        await system.heard("Huiying is running")
        assert modes(settings.var_dir) == {}


async def test_a_folder_of_an_earlier_release_is_refused_in_words_until_the_command_is_given(
    settings: Settings,
):
    (settings.var_dir / "logs").mkdir(parents=True)
    settings.var_dir.chmod(0o755)  # whatever this process takes away from new folders
    async with asyncio.timeout(90):
        async with running(settings) as system:
            said = await system.heard("chmod -R go-rwx")
            assert await system.process.wait() == 1
        command = said.split("run the command ")[1].split(" and start again")[0]
        run(command)
        async with running(settings) as system:
            await system.heard("Huiying is running")
