"""What a marked copy bears and what it does not: the words on every stretch of it, nothing over them,
and no file, action or layer beside the drawing.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image, ImageChops, ImageStat
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    ContentStream,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

STAMPER: Final = Path(__file__).parents[2] / "api" / "stamper.py"
LINES: Final = ["内部 市纪委监委 auditor 2026年9月7日 10:00", "Internal auditor 2026-09-07 10:00:00 +0800"]
SECRET: Final = b"bare-bytes-of-a-file-inside"
needs_poppler = pytest.mark.skipif(  # in CI its absence fails the tests
    shutil.which("pdftoppm") is None and "CI" not in os.environ, reason="pdftoppm is not installed"
)
Dictionary = dict[str, Any]


def stamped(content: bytes, media_type: str = "application/pdf", to: str = "application/pdf") -> bytes:
    """The copy; empty where the stamper takes no such file."""
    order = {"lines": LINES, "latin": LINES[1], "from": media_type, "to": to, "locked": 3}
    sent = json.dumps(order).encode() + b"\n" + content
    run = subprocess.run(
        [sys.executable, "-I", "-B", STAMPER], input=sent, capture_output=True, check=False, env={}
    )
    assert run.returncode in {0, 1}, run.stderr
    return run.stdout


def named(**values: Any) -> DictionaryObject:
    """A dictionary of PDF; of strings with a slash names, of numbers numbers."""
    return DictionaryObject({NameObject(f"/{name}"): _object(value) for name, value in values.items()})


def _object(value: Any) -> Any:
    if isinstance(value, str):
        return NameObject(value) if value.startswith("/") else TextStringObject(value)
    if isinstance(value, list | tuple):
        return ArrayObject(_object(one) for one in value)
    return (
        FloatObject(value)
        if isinstance(value, float)
        else NumberObject(value)
        if isinstance(value, int)
        else value
    )


def stream(content: bytes, **values: Any) -> DecodedStreamObject:
    made = DecodedStreamObject()
    made.set_data(content)
    made.update(named(**values))
    return made


class Document:
    """A PDF of one page, to which a test adds what it is about."""

    def __init__(self, width: int = 595, height: int = 842, drawing: bytes = b"") -> None:
        self.writer = PdfWriter()
        self.page = self.writer.add_blank_page(width, height)
        self.page[NameObject("/Contents")] = self.add(stream(drawing))

    def add(self, value: Any) -> Any:
        return self.writer._add_object(value)

    def annotated(self, drawing: bytes, subtype: str = "/Stamp", **values: Any) -> "Document":
        """An annotation all over the page."""
        box = [0, 0, int(self.page.mediabox.width), int(self.page.mediabox.height)]
        look = self.add(stream(drawing, Type="/XObject", Subtype="/Form", BBox=box))
        one = named(Type="/Annot", Subtype=subtype, Rect=box, F=4, AP=named(N=look), **values)
        self.page[NameObject("/Annots")] = ArrayObject([*self.page.get("/Annots", ()), self.add(one)])
        return self

    def annotation(self, place: int) -> Any:
        annotations: Any = self.page["/Annots"]
        return annotations[place].get_object()

    def file(self) -> Any:
        content = self.add(stream(SECRET, Type="/EmbeddedFile"))
        return self.add(named(Type="/Filespec", F="inner.docx", EF=named(F=content)))

    def bytes(self) -> bytes:
        held = BytesIO()
        self.writer.write(held)
        return held.getvalue()


def first_page(content: bytes) -> Any:
    return PdfReader(BytesIO(content)).pages[0]


def objects(content: bytes) -> Iterator[Any]:
    """Every object of a PDF, whether anything names it or not."""
    reader = PdfReader(BytesIO(content))
    for number in range(1, len(reader.xref[0]) + 1 if reader.xref else 1):
        yield reader.get_object(number)


def everything(content: bytes) -> str:
    """All that stands in a PDF, streams unfolded."""
    said = []
    for one in objects(content):
        said.append(repr(one))
        if hasattr(one, "get_data"):
            said.append(one.get_data().decode("latin-1"))
    return "\n".join(said)


def rendered(folder: Path, content: bytes, *options: str) -> Image.Image:
    """How a viewer shows the first page, 72 pixels an inch."""
    file = folder / "page.pdf"
    file.write_bytes(content)
    program = shutil.which("pdftoppm")
    assert program
    subprocess.run(
        [program, "-r", "72", "-png", "-singlefile", *options, file, folder / "page"],
        check=True,
        capture_output=True,
    )
    with Image.open(folder / "page.png") as image:
        return image.convert("RGB")


def bands(image: Image.Image, height: int) -> list[float]:
    """How much each band of an image varies."""
    height = min(height, image.height)
    return [
        max(ImageStat.Stat(image.crop((0, top, image.width, min(top + height, image.height)))).stddev)
        for top in range(0, image.height - height // 2, height)
    ]


COVER: Final = b"0.1 0.5 0.1 rg 0 0 14400 14400 re f"


@needs_poppler
def test_an_annotation_over_the_page_is_seen_and_does_not_cover_the_mark(tmp_path: Path):
    shown = rendered(tmp_path, stamped(Document().annotated(COVER).bytes()))
    red, green, _ = ImageStat.Stat(shown).mean
    assert green > red + 20, "the annotation is drawn"
    assert min(bands(shown, 150)) > 2


def test_an_annotation_over_the_page_is_drawn_under_the_mark_and_is_none_any_more():
    page = first_page(stamped(Document().annotated(COVER).bytes()))
    assert "/Annots" not in page
    drawn = page.get_contents()
    assert drawn is not None
    order = re.findall(rb"/(\w+) Do", drawn.get_data())
    assert order == [b"Under", b"Beside0", b"Over"]
    assert COVER.split()[0] in page["/Resources"]["/XObject"]["/Beside0"].get_data()


@pytest.mark.parametrize(
    ("subtype", "flags"),
    [("/FileAttachment", 4), ("/Screen", 4), ("/Popup", 4), ("/Stamp", 2), ("/Stamp", 32)],
)
def test_of_what_is_hidden_or_opens_something_nothing_is_drawn(subtype: str, flags: int):
    document = Document().annotated(COVER, subtype)
    document.annotation(0)[NameObject("/F")] = NumberObject(flags)
    page = first_page(stamped(document.bytes()))
    assert set(page["/Resources"]["/XObject"]) == {"/Under", "/Over"}


def test_a_box_that_is_ticked_shows_its_tick_and_no_other_state():
    document = Document()
    states = named(
        On=document.add(stream(b"1 0 0 rg 0 0 9 9 re f", Subtype="/Form", BBox=[0, 0, 9, 9])),
        Off=document.add(stream(b"0 1 0 rg 0 0 9 9 re f", Subtype="/Form", BBox=[0, 0, 9, 9])),
    )
    ticked = named(Subtype="/Widget", FT="/Btn", AS="/On", Rect=[100, 200, 118, 218], AP=named(N=states))
    document.page[NameObject("/Annots")] = ArrayObject([document.add(ticked)])
    page = first_page(stamped(document.bytes()))
    drawn = page.get_contents()
    assert drawn is not None
    assert b"2.00000 0 0 2.00000 100.0000 200.0000 cm /Beside0 Do" in drawn.get_data()
    assert page["/Resources"]["/XObject"]["/Beside0"].get_data().startswith(b"1 0 0 rg")


def hidden_files() -> Iterator[tuple[str, Document]]:
    document = Document().annotated(COVER, "/FileAttachment")
    document.annotation(0)[NameObject("/FS")] = document.file()
    yield "annotation", document
    document = Document()
    document.page[NameObject("/AF")] = ArrayObject([document.file()])
    yield "page", document
    document = Document(drawing=b"/X Do /Span /M BDC EMC")
    inner = document.add(stream(b"0 0 9 9 re f", Subtype="/Form", BBox=[0, 0, 9, 9], AF=[document.file()]))
    document.page[NameObject("/Resources")] = named(
        XObject=named(X=inner), Properties=named(M=document.file())
    )
    yield "drawing", document
    document = Document()
    document.page[NameObject("/Resources")] = named(Font=named(A=named(Type="/Font", Kept=[document.file()])))
    yield "list", document
    document = Document()
    document.page[NameObject("/PieceInfo")] = named(Maker=named(Private=document.add(stream(SECRET))))
    document.page[NameObject("/Thumb")] = document.add(stream(SECRET, Width=1, Height=1))
    yield "private", document
    document = Document(drawing=b"/X Do")
    inner = stream(
        b"", Subtype="/Form", BBox=[0, 0, 9, 9], PieceInfo=named(Maker=document.add(stream(SECRET)))
    )
    document.page[NameObject("/Resources")] = named(XObject=named(X=document.add(inner)))
    yield "private of a drawing", document
    document = Document()
    other = document.writer.add_blank_page(10, 10)
    other[NameObject("/Contents")] = document.add(stream(SECRET))
    document.page[NameObject("/Resources")] = named(XObject=named(X=other.indirect_reference))
    document.writer.remove_page(1)
    yield "page among the resources", document


@pytest.mark.parametrize(
    ("where", "document"), list(hidden_files()), ids=lambda one: one if isinstance(one, str) else ""
)
def test_no_file_and_no_private_data_goes_along(where: str, document: Document):
    assert SECRET.decode() in everything(document.bytes()), where
    copy = stamped(document.bytes())
    assert copy
    said = everything(copy)
    assert SECRET.decode() not in said
    assert not re.search(r"/(AF|EF|Filespec|EmbeddedFile|PieceInfo|Thumb)\b", said)


def test_nothing_in_it_runs_or_opens():
    document = Document(drawing=b"/X Do")
    script = named(Type="/Action", S="/JavaScript", JS="app.alert(1)")
    document.annotated(COVER, A=script, AA=named(E=script))
    document.annotated(COVER, "/Link", A=named(S="/Launch", F="run.exe"))
    document.annotated(COVER, "/Widget", AA=named(K=script))
    document.page[NameObject("/AA")] = named(O=script)
    inner = stream(b"", Subtype="/Form", BBox=[0, 0, 9, 9], Odd=script)
    document.page[NameObject("/Resources")] = named(XObject=named(X=document.add(inner)))
    document.writer.root_object[NameObject("/OpenAction")] = script
    said = everything(stamped(document.bytes()))
    assert "app.alert" in everything(document.bytes())
    for name in ("JavaScript", "Launch", "app.alert", "run.exe", "/AA", "/OpenAction"):
        assert name not in said


def layered() -> Document:
    document = Document(drawing=b"/OC /Secret BDC 1 0 0 rg 0 0 595 842 re f EMC")
    layer = document.add(named(Type="/OCG", Name="draft"))
    document.page[NameObject("/Resources")] = named(Properties=named(Secret=layer))
    script = named(S="/JavaScript", JS="app.alert(1)")
    document.writer.root_object[NameObject("/OCProperties")] = named(
        OCGs=[layer], D=named(OFF=[layer], Odd=script)
    )
    return document


def test_a_layer_that_was_switched_off_stays_so():
    copy: Any = PdfReader(BytesIO(stamped(layered().bytes())))
    off = copy.root_object["/OCProperties"]["/D"]["/OFF"]
    own = copy.pages[0]["/Resources"]["/XObject"]["/Under"]["/Resources"]["/Properties"]
    assert off[0] == own.raw_get("/Secret")
    assert "app.alert" not in everything(stamped(layered().bytes()))


@needs_poppler
def test_a_layer_that_was_switched_off_is_not_shown(tmp_path: Path):
    red, _, blue = ImageStat.Stat(rendered(tmp_path, stamped(layered().bytes()))).mean
    assert abs(red - blue) < 20


def starts(content: bytes) -> list[tuple[float, float]]:
    """Where the lines of the mark begin, on a page that is not turned."""
    over = first_page(content)["/Resources"]["/XObject"]["/Over"].get_object()
    operations = ContentStream(over, None).operations
    corner = next([float(one) for one in given[4:]] for given, kind in operations if kind == b"cm")
    return [
        (float(given[4]) + corner[0], float(given[5]) + corner[1])
        for given, kind in operations
        if kind == b"Tm"
    ]


@pytest.mark.parametrize(
    "size", [(595, 842), (3370, 2384), (400, 14_000), (14_000, 400), (800, 40), (842, 595)]
)
def test_no_stretch_of_a_page_is_without_a_row(size: tuple[int, int]):
    rows = sorted({round(y) for _, y in starts(stamped(Document(*size).bytes()))})
    edges = [0, *rows, size[1]]
    assert max(after - before for before, after in pairwise(edges)) <= 152
    columns = sorted({round(x) for x, _ in starts(stamped(Document(*size).bytes()))})
    assert max(after - before for before, after in pairwise(columns)) <= 1200


def test_size_and_place_are_those_of_what_viewers_show():
    document = Document(14_400, 14_400)
    document.page[NameObject("/CropBox")] = ArrayObject(FloatObject(one) for one in (5000, 6000, 5595, 6842))
    copy = stamped(document.bytes())
    page = first_page(copy)
    assert [float(one) for one in page.cropbox] == [5000, 6000, 5595, 6842]
    inside = [(x, y) for x, y in starts(copy) if 5000 <= x <= 5595 and 6000 <= y <= 6842]
    assert len(inside) == len(starts(copy)) >= 30


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@needs_poppler
def test_a_page_that_is_turned_bears_the_mark_all_over(tmp_path: Path, turned: int):
    document = Document(595, 842)
    document.page[NameObject("/Rotate")] = NumberObject(turned)
    shown = rendered(tmp_path, stamped(document.bytes()))
    assert shown.size == ((595, 842) if turned % 180 == 0 else (842, 595))
    assert min(bands(shown, 150)) > 2
    assert min(bands(shown.rotate(90, expand=True), 250)) > 2


def test_a_page_on_which_no_line_fits_takes_no_mark():
    assert stamped(Document(60, 842).bytes()) == b""
    assert stamped(Document(595, 8).bytes()) == b""


def plain(size: tuple[int, int]) -> bytes:
    held = BytesIO()
    Image.new("RGB", size, "teal").save(held, "PNG")
    return held.getvalue()


@pytest.mark.parametrize("size", [(1080, 20_000), (6000, 400), (600, 400), (20, 20), (40, 30), (900, 60)])
def test_no_stretch_of_a_picture_is_without_the_mark(size: tuple[int, int]):
    with Image.open(BytesIO(stamped(plain(size), "image/png", "image/jpeg"))) as shown:
        shown.load()
        assert shown.width >= 600
        ratio = shown.width / shown.height * size[1] / size[0]
        assert 0.9 < ratio < 1.1
        assert min(bands(shown, 400)) > 1
        assert min(bands(shown.rotate(90, expand=True), 1200)) > 1
    page = first_page(stamped(plain(size), "image/png"))
    assert max(page.mediabox.width, page.mediabox.height) <= 14_400
    assert "auditor" in page.extract_text()


def test_a_picture_too_narrow_for_any_line_takes_no_mark():
    for to in ("image/jpeg", "application/pdf"):
        assert stamped(plain((4, 2000)), "image/png", to) == b""


@needs_poppler
def test_what_a_page_draws_stays_as_it_was(tmp_path: Path):
    document = Document(drawing=b"0.2 0.2 0.8 rg 100 100 300 500 re f")
    document.annotated(b"0.8 0.2 0.2 rg 450 700 40 40 re f")
    before, after = rendered(tmp_path, document.bytes()), rendered(tmp_path, stamped(document.bytes()))
    assert before.size == after.size
    difference = ImageChops.difference(before, after).convert("L").point(lambda one: 255 if one > 40 else 0)
    assert ImageStat.Stat(difference).mean[0] < 255 * 0.1
