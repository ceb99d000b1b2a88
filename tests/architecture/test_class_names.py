"""One class name, one thing; the list of those that are several only shrinks."""

from tests.architecture.class_names import classes, listed, more_than_listed, standing


def test_classes_that_others_may_import_are_noticed():
    text = "class Answer: ...\nclass _Own: ...\ndef f():\n    class Inner: ...\n"
    assert classes(text) == ["Answer"]


def test_no_name_stands_for_more_things_than_the_list_lets_it():
    assert more_than_listed() == {}


def test_what_has_gone_has_left_the_list():
    assert listed() == standing(), "python -m tests.architecture.class_names"
