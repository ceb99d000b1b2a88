"""The figures of the rules are taken on a case that the rules themselves accept."""

from bench import rules


def test_each_command_of_the_mix_and_the_fold_are_timed():
    cost = rules.measure(repeats=3)
    assert set(cost.microseconds) == {"add_source", "record_metrics", "record_concern", "draft_response"}
    assert min(cost.microseconds.values()) > 0
    assert min(cost.microseconds.values()) <= cost.median_microseconds <= max(cost.microseconds.values())
    assert cost.fold_milliseconds > 0
