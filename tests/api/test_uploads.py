"""What comes in as a file: told by its bytes, bounded in bytes and pixels,
and inert when it is handed out.
"""

import pytest

from api.file_kinds import KINDS
from api.uploads import FileRefused, handed_out, looked_into, plain_name
from storage.attachments import Download
from tests.desk.pictures import DOCX, HEIC, MP4, OFD, PDF, REFUSED, SCRIPT, XLSX, boxes, picture


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_or_broken_file_is_refused_and_the_answer_says_why(name: str):
    content, code = REFUSED[name]
    with pytest.raises(FileRefused) as refused:
        looked_into(name, content)
    assert (refused.value.code, refused.value.subject) == (code, name)


@pytest.mark.parametrize(
    ("kind", "media_type", "ending"),
    [("PNG", "image/png", ".png"), ("JPEG", "image/jpeg", ".jpg"), ("WEBP", "image/webp", ".webp")],
)
def test_a_picture_is_known_by_its_bytes_whatever_its_name(kind: str, media_type: str, ending: str):
    file = looked_into("网页.html", picture(kind))
    assert (file.media_type, file.name) == (media_type, f"网页.html{ending}")
    assert (file.width, file.height) == (40, 30)
    assert file.thumbnail is not None
    assert file.thumbnail.startswith(b"RIFF")


def test_a_pdf_has_no_pixels():
    file = looked_into("说明.pdf", PDF)
    assert (file.name, file.media_type, file.width, file.thumbnail) == (
        "说明.pdf",
        "application/pdf",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("content", "media_type", "ending"),
    [
        (DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
        (XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
        (OFD, "application/ofd", ".ofd"),
        (MP4, "video/mp4", ".mp4"),
        (boxes(b"isom", b"moov") + b"\0\0\0\0mdatrest", "video/mp4", ".mp4"),
        (HEIC, "image/heic", ".heic"),
        (boxes(b"heic", b"meta"), "image/heic", ".heic"),
    ],
)
def test_a_file_of_the_trade_is_known_by_its_bytes_and_handed_out_to_be_saved(
    content: bytes, media_type: str, ending: str
):
    file = looked_into("来件.html", content)
    assert (file.media_type, file.name) == (media_type, f"来件.html{ending}")
    assert (file.width, file.thumbnail, file.content) == (None, None, content)
    answer = handed_out(Download(name=file.name, media_type=file.media_type, content=file.content))
    assert answer.headers["content-type"] == media_type
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="attachment{ending}"')
    assert answer.body == content


def test_each_kind_has_its_bound_its_mark_and_endings_of_its_own():
    endings = [ending for kind in KINDS.values() for ending in kind.endings]
    assert len(endings) == len(set(endings))
    assert {kind.mark for kind in KINDS.values() if not kind.takes_marks} == {
        "DOCX",
        "XLSX",
        "OFD",
        "HEIC",
        "MP4",
    }


def test_what_is_two_kinds_at_once_is_handed_out_as_a_picture_to_be_saved():
    file = looked_into("x.png", picture() + SCRIPT)
    answer = handed_out(Download(name=file.name, media_type=file.media_type, content=file.content))
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\截图.png", "截图.png"),
        ("<script>alert(1)<\\/script>.png", "script>.png"),
        ("a\r\nSet-Cookie: x.png", "aSet-Cookie: x.png"),
        ("gnp.\u202eexe", "gnp.exe"),
        ("...", "附件"),
        ("", "附件"),
    ],
)
def test_a_name_is_one_plain_name(name: str, kept: str):
    assert plain_name(name) == kept


def test_a_long_name_keeps_its_end():
    assert plain_name("长" * 300 + ".png").endswith("长.png")
    assert len(looked_into("长" * 300, picture()).name) <= 100
