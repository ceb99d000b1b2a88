"""Whether the keys are at hand by which the cases' histories were sealed:
without one, a case cannot be carried on.
"""

import asyncio
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from audit.apart import Apart
from storage.database import Database
from storage.sealing_keys import enter_keys, key_names
from workflows.keys import Keyring, NoKey

_ASKED_EVERY: Final = 1.0  # seconds, while the ledger does not answer


async def require_keys(database: Database, keys: Keyring) -> None:
    """Enter the keys of the folder, the first of which is made at the first start.

    Raises Apart where one is missing that histories may name: what it sealed would pass for a stranger's,
    and a case that is read anew would decide otherwise than it did (decision 0030).
    """
    async with database.session() as session:
        known = await key_names(session)
    if missing := known - keys.names - keys.lost:
        raise _missing(keys, ", ".join(sorted(missing)))
    _have_one_current(keys)
    if keys.names - known:
        await enter_keys(database, {name: keys.made_at(name) for name in keys.names})


async def keys_agree(database: Database, keys: Keyring) -> bool:
    """Whether the keys are those of the ledger; False while it does not answer.

    For web and watch, which start without a ledger too. Raises Apart as `require_keys` does, and where the
    folder has no key and nobody can say whether the installation has one: what is made then would be a
    stranger's.
    """
    try:
        await require_keys(database, keys)
    except (OSError, SQLAlchemyError):
        if not keys.names:
            raise _missing(keys, "—") from None
        return False
    return True


async def until_keys_agree(database: Database, keys: Keyring) -> None:
    """Ask until the ledger has answered. Raises Apart where its keys are others."""
    while not await keys_agree(database, keys):  # noqa: ASYNC110  a ledger that is back tells nobody
        await asyncio.sleep(_ASKED_EVERY)


def _have_one_current(keys: Keyring) -> None:
    """Where none is current, as after a first start that was killed,
    the latest that is at hand is from now on: all of them open.
    """
    try:
        keys.current()
    except NoKey as why:
        at_hand = [name for name in keys.names if keys.cipher(name) is not None]
        if not at_hand:
            raise _missing(keys, str(why)) from None
        keys.use(max(at_hand, key=keys.made_at))


def _missing(keys: Keyring, names: str) -> Apart:
    return Apart(
        f"密钥文件夹 {keys.folder} 缺少密钥 {names}，流程引擎里的记录打不开；请放回该文件夹，或用 huiying"
        " restore 附上备份的密钥文件。"
        "密钥确已丢失的，见 docs/deployment.md“密钥”一节。",
        f"The folder {keys.folder} lacks the key {names}, without which what the engine holds does not"
        " open: put it back, or"
        " restore with the key file of the backup. Where it is lost for good, see docs/deployment.md.",
    )
