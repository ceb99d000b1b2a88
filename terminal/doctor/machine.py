"""The machine under the system: room on its disk, its clock against the engine's,
and what only its owner can do.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from temporalio.client import Client

from papers.typesetting import DEBIAN_PACKAGE, FACE_PACKAGE, Families, chinese_font, installed, missing_faces
from settings import Settings
from terminal.doctor.findings import DoctorFinding, fault, note, well
from workflows.engine_clock import LARGE, EngineClock

_LEAST: Final = 1024**3  # bytes free, below which ledger and engine may soon be unable to write
_FEW: Final = 0.1  # of the disk
_FACES: Final = {"fangsong": "仿宋", "kai": "楷体", "hei": "黑体"}
_GIB: Final = 1024**3


def of_disk(folder: Path) -> Iterator[DoctorFinding]:
    """Room for what is written, and whose affair the encryption of the disk is."""
    usage = shutil.disk_usage(next(place for place in (folder, *folder.parents) if place.exists()))
    free = f"{usage.free / _GIB:.1f}"
    if usage.free < _LEAST:
        yield fault(
            f"{folder} 所在磁盘只剩 {free} GiB：请腾出空间，磁盘满了办理会停。",
            f"The disk of {folder} has {free} GiB left: make room, a full disk stops the work.",
        )
    elif usage.free < _FEW * usage.total:
        yield note(
            f"磁盘剩余不足一成（{free} GiB）。", f"Less than a tenth of the disk is free ({free} GiB)."
        )
    else:
        yield well(f"磁盘剩余 {free} GiB。", f"{free} GiB of the disk are free.")
    yield note(
        "台账、附件和备份在磁盘上是明文，只靠文件权限保护：请由运维加密磁盘。",
        (
            "Ledger, attachments and backups lie on the disk in clear, behind file modes alone:"
            " encrypt the disk."
        ),
    )


def of_fonts(fonts: Families | None = None) -> DoctorFinding:
    """Whether papers can be set, and in which faces."""
    fonts = fonts or installed()
    family = chinese_font(fonts)
    if family is None:
        return note(
            (
                "没有中文字体，时限凭证只有 JSON、公文只有 DOCX，都没有 PDF："
                f"请安装 {DEBIAN_PACKAGE}（Debian、Ubuntu）。"
            ),
            (
                "There is no Chinese font: certificates come as JSON, papers as DOCX, no PDF:"
                f" install {DEBIAN_PACKAGE}."
            ),
        )
    missing = missing_faces(fonts)
    if missing:
        names = "、".join(_FACES[face] for face in missing)
        return note(
            (
                f"公文用字体缺{names}，PDF 中以 {family} 代替：请装入单位已有的字体，"
                f"或安装 {FACE_PACKAGE}（仿宋、楷体、黑体）。"
            ),
            (
                f"Papers lack {', '.join(missing)}, set in {family} instead: install the office's fonts,"
                f" or {FACE_PACKAGE}."
            ),
        )
    return well(f"文书用字体 {family}。", f"Papers are set in {family}.")


async def of_engine(client: Client | None, settings: Settings) -> DoctorFinding:
    """Whether the engine answers, and how far this machine's clock is from its own."""
    if client is None:
        grade = note if settings.embeds_temporal else fault
        return grade(
            f"Temporal（{settings.temporal_address}）没有应答：系统未启动，或地址有误；时钟未查。",
            f"Temporal ({settings.temporal_address}) does not answer: not started, or a wrong address.",
        )
    clock = EngineClock()
    await clock.measure(client, settings.task_queue)
    if not clock.is_sure():
        return note("引擎的时间没有量到。", "The engine's time could not be measured.")
    if abs(clock.ahead) < LARGE:
        return well("本机时钟与引擎一致。", "This machine's clock agrees with the engine's.")
    seconds = f"{clock.ahead.total_seconds():+.0f}"
    return fault(
        f"本机时钟与引擎相差 {seconds} 秒：请校准（NTP）。",
        f"This machine's clock is {seconds} s from the engine's: set it right (NTP).",
    )
