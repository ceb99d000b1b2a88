"""Every single byte of a whole bundle, and of each file in it with zip and manifest made to fit again (S8).

`make attacked` changes each of them; `make test` some that chance names.
"""

import os
import random
import re
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import pytest

from audit.bundle.container import Wrong, unpacked
from audit.bundle.exporting import Bundle, exported
from tests.audit.forging import Files, repacked
from tests.audit.national import CASE, a_database, a_house
from tests.audit.sealed import LI, NOON

_EVERY = os.environ.get("HUIYING_ATTACKED") == "all"
_AT_ALL, _IN_FILES = 3000, 60  # places of an ordinary run
_NAMED = re.compile(r"bytes? (\d+)(?: to (\d+))?")


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Bundle]:
    """A bundle of a case without an engine, whole."""
    database, _ = await a_database(tmp_path)
    yield await exported(database, await a_house(database, tmp_path), CASE.incident_id, LI, NOON)
    await database.close()


def places(size: int, some: int) -> Iterator[int]:
    """All places, or `some` that chance names, the same in each run."""
    return iter(range(size) if _EVERY or size <= some else sorted(random.Random(8).sample(range(size), some)))


def test_each_byte_of_a_whole_bundle_is_missed_and_its_place_named(small: Bundle):
    whole, unnoticed, elsewhere = bytearray(small.content), [], []
    for place in places(len(whole), _AT_ALL):
        whole[place] ^= 1 << place % 8
        try:
            unpacked(bytes(whole))
        except Wrong as wrong:
            match = _NAMED.match(wrong.place)
            near = match is not None and is_near(place, int(match[1]), int(match[2] or match[1]))
            if not near and f"cut off within {name_at(small, place)}" not in wrong.english:
                elsewhere.append((place, wrong.place))
        else:
            unnoticed.append(place)
        whole[place] ^= 1 << place % 8
    assert (unnoticed, elsewhere) == ([], [])


def name_at(bundle: Bundle, place: int) -> str:
    """The file in whose header or content a place lies: what its header says too large is cut off there."""
    starts = {name: bundle.content.index(name.encode()) for name in unpacked(bundle.content)}
    return max((name for name in starts if starts[name] - 30 <= place), key=starts.__getitem__, default="")


def is_near(place: int, first: int, last: int) -> bool:
    """Whether a place lies where it is said to; of a header at most a name's length before it."""
    return first - 300 <= place <= last + 300


def changed(name: str, place: int, files: Files) -> None:
    content = bytearray(files[name])
    content[place] ^= 1 << place % 8
    files[name] = bytes(content)


def test_each_byte_of_each_file_counts_where_all_that_names_it_is_made_to_fit(small: Bundle):
    """Whoever changes a byte makes checksums and manifest anew; then seals and proofs speak."""
    files = unpacked(small.content)
    everywhere = [(name, place) for name in sorted(files) for place in range(len(files[name]))]
    unnoticed = [
        (name, place)
        for name, place in (everywhere[at] for at in places(len(everywhere), _IN_FILES))
        if not repacked(small, partial(changed, name, place))
    ]
    assert unnoticed == []
