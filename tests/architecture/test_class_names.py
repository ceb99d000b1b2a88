"""One class name, one thing."""

from tests.architecture.class_names import classes, files, standing


def test_classes_that_others_may_import_are_noticed():
    text = "class Answer: ...\nclass _Own: ...\ndef f():\n    class Inner: ...\n"
    assert classes(text) == ["Answer"]


def test_no_name_stands_for_several_things():
    assert len(files()) > 700
    assert standing() == {}
