"""The table of what people wrote in a case: cases and their log hold references to it alone."""

from sqlalchemy import Text
from sqlmodel import Field, SQLModel


class CaseTextRow(SQLModel, table=True):
    """One text; `reference` is its salted digest and length, as the case holds it."""

    __tablename__ = "case_text"

    incident_id: str = Field(primary_key=True)
    reference: str = Field(primary_key=True)
    salt: str
    text: str = Field(sa_type=Text)
