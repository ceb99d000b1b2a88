"""Values are named by what they are."""

import pytest

from tests.architecture.participles import files, participles, standing

BOUND = """
found = 1
for held in (): ...
with open() as given: ...
def f(told, *asked, shown: int = 0): ...
if (seen := f()): ...
match f():
    case [made]: ...
    case [*kept]: ...
class Found: ...
class Place:
    _SEEN = 1
    def __init__(self): self._held = TOLD = 1
import rows as SHOWN
try: ...
except OSError as asked: ...
"""


def test_each_way_to_bind_a_name_is_noticed():
    assert participles(BOUND).total() == 15


@pytest.mark.parametrize(
    "text",
    [
        "row.found",
        "f(found=1)",
        "founder = 1",
        "'found'",
        "print(found)",
        "self._held",
        "class S(StrEnum):\n    TOLD = 'told'",
    ],
)
def test_what_binds_nothing_is_let_be(text: str):
    assert not participles(text)


def test_no_value_of_the_house_bears_such_a_name():
    assert len(list(files())) > 700
    assert standing() == {}
