"""What the application carries is known in one place of the web, and asked for by type elsewhere."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CARRIED = re.compile(r"\bapp\.state\b")
# Where the parts are made, and where one is given its type.
KNOWING = {
    "web.py",
    "api/parts.py",
    "desk/sign_in/second_factor.py",
    "desk/sign_in/turns.py",
    "desk/wall/route.py",
}


def knowing() -> dict[str, int]:
    """The modules of the web that name what the application carries, and how often."""
    files = [ROOT / "web.py", *(ROOT / "api").rglob("*.py"), *(ROOT / "desk").rglob("*.py")]
    counted = {str(file.relative_to(ROOT)): len(CARRIED.findall(file.read_text("utf-8"))) for file in files}
    return {name: times for name, times in counted.items() if times}


def test_parts_are_asked_for_by_type():
    assert set(knowing()) == KNOWING


def test_each_part_is_named_once_where_it_is_given_its_type():
    assert {name: times for name, times in knowing().items() if name != "web.py" and times != 1} == {}
