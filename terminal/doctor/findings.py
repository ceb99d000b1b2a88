"""What an examination says: one finding for each thing that was looked at."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How bad a finding is; a fault makes the exit status 1."""

    WELL = "well"
    NOTE = "note"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorFinding:
    """What was looked at, how it stands, and what to do where it is not well: each in Chinese and English."""

    grade: Grade
    chinese: str
    english: str


def well(chinese: str, english: str) -> DoctorFinding:
    """What is as it should be."""
    return DoctorFinding(grade=Grade.WELL, chinese=chinese, english=english)


def note(chinese: str, english: str) -> DoctorFinding:
    """What somebody should know, or look at when there is time."""
    return DoctorFinding(grade=Grade.NOTE, chinese=chinese, english=english)


def fault(chinese: str, english: str) -> DoctorFinding:
    """What has to be mended."""
    return DoctorFinding(grade=Grade.FAULT, chinese=chinese, english=english)
