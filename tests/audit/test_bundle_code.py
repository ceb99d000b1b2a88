"""The README of a bundle bears the code of the last checkpoint before it, and the book says it left."""

import pytest

from audit.bundle.container import unpacked
from audit.bundle.exporting import Bundle, House, exported
from audit.bundle.verify import verified
from audit.printed_codes import code_verdict
from storage.checkpoint_codes import checkpoint_code
from storage.database import Database
from storage.signed_notes import is_signature
from tests.audit.conftest import ENDED
from tests.audit.sealed import LI, NOON

pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")


async def test_the_readme_bears_the_code_and_the_book_says_it_left(
    database: Database, house: House, bundle: Bundle
):
    again = await exported(database, house, ENDED, LI, NOON)
    code = checkpoint_code(unpacked(bundle.content)["proof/checkpoint.txt"].decode())
    assert code in unpacked(again.content)["README.txt"].decode()
    assert code not in unpacked(bundle.content)["README.txt"].decode()
    assert not verified(again.content, is_signature)[0].wrong
    async with database.session() as session:
        verdict = await code_verdict(session, code)
    assert (verdict.holds, verdict.left[-1].subject) == (True, ENDED)
