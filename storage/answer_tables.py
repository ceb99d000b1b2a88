"""The table of how units answered, by day: derived from the obligations, by triggers of the migrations."""

from sqlmodel import Field, SQLModel

from storage.columns import BIG


class AnswerDayRow(SQLModel, table=True):
    """The statutory answers of a unit that came due on one day of Shanghai,
    counted by triggers on `obligation`.

    `unit` is empty for what nobody was assigned to.
    `missing` were not given and not excused, `used` of them were given, after `used_seconds` in sum.
    """

    __tablename__ = "answer_day"

    drill: bool = Field(primary_key=True)
    day: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    due: int = Field(sa_type=BIG)
    on_time: int = Field(sa_type=BIG)
    missing: int = Field(sa_type=BIG)
    used: int = Field(sa_type=BIG)
    used_seconds: int = Field(sa_type=BIG)
