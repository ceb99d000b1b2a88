"""What stands in the way of a start: each error is one line that says what to do."""


class StartupError(Exception):
    """The system cannot be started as things are; the message is one line for the person who tried."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese} {english}")
        self.chinese, self.english = chinese, english
