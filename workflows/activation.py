"""Whether the engine hands a case its history as it came about, or a part of it at a stale time."""

from datetime import datetime

from temporalio import workflow


class Activations:
    """Tells the activation of a query, which takes no decisions, from those that may.

    A query that somebody else sends while no worker runs is answered with the history until then; what came
    in after the last task, a signal or a fired timer, is run in the query's own activation. A decision taken
    there stands in no history (decision 0015). Its marks, as traced: it is no replay, but the activation
    before was; and it has the time of that one, though the history is longer by what came in.
    """

    def __init__(self) -> None:
        self._replayed: tuple[datetime, int] | None = (
            None  # time and length of the activation before, in a replay
        )
        self._is_stale = False

    def enter(self) -> None:
        """To be called first by what brings something in;
        raises in a stale activation, which fails its task.
        """
        self.ring()
        self.require_sound()

    def ring(self) -> None:
        """To be called by a fired timer, which cannot fail a task itself: the next `require_sound` does."""
        if self._replayed is not None and not workflow.unsafe.is_replaying():
            at, length = self._replayed
            self._is_stale |= workflow.now() == at and _length() != length

    def look(self) -> None:
        """To be called whenever the engine asks whether anybody waits."""
        self._replayed = (workflow.now(), _length()) if workflow.unsafe.is_replaying() else None

    def require_sound(self) -> None:
        """Raises RuntimeError in a stale activation: the task fails,
        and the case is read anew from its history.
        """
        if self._is_stale:
            raise RuntimeError("a stale activation: somebody queried the case while no worker ran")


def _length() -> int:
    return workflow.info().get_current_history_length()
