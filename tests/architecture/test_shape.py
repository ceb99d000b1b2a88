"""By the figures of `make shape`: no room over a quarter, no arrow up, commands that few files know."""

from tests.shape import QUARTER, floors, functions, lines, p90, reach, rooms, told, upward

BESIDE_THE_FLOORS = {"deploy", "kiosk"}  # what installs and what watches alone: contracts of their own
FAR = {  # commands that more than a dozen files know by name; the figure may only go down
    "register": 31,  # an ordinary word too, as are close and archive
    "archive": 14,
    "close": 17,
    "publish": 14,
}
A_DOZEN = 12


def test_each_room_stands_on_a_floor():
    assert {*rooms()} - set().union(*floors()) == BESIDE_THE_FLOORS


def test_no_room_is_over_a_quarter_of_the_house():
    counts = lines()
    assert {room for room, count in counts.items() if count > QUARTER * sum(counts.values())} == set()


def test_no_arrow_goes_up():
    assert upward() == []


def test_a_command_is_known_in_a_dozen_files_at_most_save_a_few_that_only_shrink():
    far = {kind: count for kind, count in reach().items() if count > A_DOZEN}
    assert {kind: count for kind, count in far.items() if count > FAR.get(kind, 0)} == {}
    assert {*FAR} <= {*far}, "the line goes when it can"


def test_nine_of_ten_functions_are_at_most_twenty_lines():
    assert p90(functions()) <= 20


def test_the_figures_are_told():
    assert [line.partition(":")[0] for line in told() if not line.startswith("  ")][:2] == ["rooms", "arrows"]
