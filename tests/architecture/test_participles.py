"""Values are named by what they are; the list of those that are not yet only shrinks."""

import pytest

from tests.architecture.participles import listed, more_than_listed, participles, standing

BOUND = """
found = 1
for held in (): ...
with open() as given: ...
def f(told, *asked, shown: int = 0): ...
if (seen := f()): ...
match f():
    case [made]: ...
"""


def test_each_way_to_bind_a_name_is_noticed():
    assert participles(BOUND).total() == 8


@pytest.mark.parametrize("text", ["row.found", "f(found=1)", "founder = 1", "'found'", "print(found)"])
def test_what_binds_nothing_is_let_be(text: str):
    assert not participles(text)


def test_no_file_binds_more_of_them_than_the_list_lets_stand():
    assert more_than_listed() == {}


def test_what_has_gone_has_left_the_list():
    assert listed() == standing(), "python -m tests.architecture.participles"
