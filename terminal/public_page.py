"""`huiying public …`: the public page written anew,
into its own folder or into one for another web server.
"""

from pathlib import Path

import typer

from publicity.data import Site
from publicity.folder import Folder
from publicity.keeping import Keeper
from publicity.responses import public_id
from settings import installation_of
from storage.database import Database
from terminal.database import on_database
from terminal.outcome import refuse, refuse_usage
from terminal.own_settings import read_settings


def build(into: Path | None) -> None:
    """Write the public page of the units that are on, all of it anew;
    refuses a folder that holds anything else.
    """
    settings = read_settings()
    folder = Folder(into or settings.public_folder, readable=into is not None)
    try:
        is_free = into is None or folder.is_free
    except OSError as error:
        raise _unwritable(folder, error) from error
    if not is_free:
        raise refuse_usage(
            f"{into} 里有别的东西，没有写：不属于页面的文件会被删除，请指定空目录。",
            (
                f"{into} holds something else: name an empty folder, since what is not of the page is"
                " taken away."
            ),
        )
    site = Site(address=settings.public_address, name=public_id(installation_of(settings.var_dir)))

    async def written(database: Database) -> int:
        try:
            count = await Keeper(database, folder, site).whole()
            if into is None:
                folder.leave_word()  # a worker that keeps it may have taken something away meanwhile
        except OSError as error:
            raise _unwritable(folder, error) from error
        return count

    count = on_database(settings, written, "public build")
    typer.echo(f"公开回应页面已写好：{count} 件。 The public page was written: {count} cases.")


def _unwritable(folder: Folder, error: OSError) -> typer.Exit:
    return refuse(
        f"{folder.path} 写不进去（{error.strerror}），没有写完；请核对目录、权限和磁盘空间后再执行一次。",
        (
            f"{folder.path} cannot be written ({error.strerror}): check folder, rights and space,"
            " and do it again."
        ),
    )
