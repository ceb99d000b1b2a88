"""What is said where records do not belong together."""


class Apart(Exception):  # noqa: N818  named for what was found
    """Records that do not belong together, or one that is lost: nothing may run on them.

    Two sentences say what to do.
    """

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese} {english}")
        self.chinese = chinese
        self.english = english
