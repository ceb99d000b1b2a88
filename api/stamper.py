"""Writes mark, person and instant across each page of a PDF, or a picture: a program under hard bounds.

What a file from outside makes its reader do ends with this process: it may take so much memory and time, and
writes to its pipe alone. Takes `{"lines": […], "latin": …, "from": …, "to": …, "locked": …}` as the first
line, then the file; gives the marked PDF or JPEG, or ends with 1, or `locked` for a file behind a password.
"""

import json
import math
import resource
import sys
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from io import BytesIO
from itertools import product
from typing import Any, Final

from PIL import Image, ImageDraw, ImageFont, ImageOps
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

_BROKEN: Final = 1  # the exit status for a file that cannot be read within the bounds
_BOUNDS: Final = {
    resource.RLIMIT_AS: 1024**3,  # bytes
    resource.RLIMIT_CPU: 20,  # seconds of the processor
    resource.RLIMIT_FSIZE: 0,  # no file is written, and none left behind
    resource.RLIMIT_CORE: 0,
}
_NO_TABLE: Final = (
    b"\nstartxref\n0\n%%EOF\n"  # the reader then looks for the objects one by one, as viewers do
)
_ROWS, _COLUMNS = 6, 3  # at least, where they fit
_WIDEST: Final = 1200.0  # of one column, in points or pixels
_LEADING: Final = 1.3
_SLANT: Final = math.radians(20)
_POINTS, _PIXELS = (
    (4.0, 150.0),
    (9.0, 400.0),
)  # the smallest letters that are read, and from row to row at most
_NARROWEST, _FLATTEST, _LONGEST = 600, 60, 30_000  # pixels: smaller pictures are enlarged until the line fits
_PAGE_END: Final = 14_000  # points, beyond which viewers show no page
_DARK, _LIGHT = (64, 76, 89, 110), (255, 255, 255, 70)  # so that it is read on any ground
_LATIN: Final = 0x7F  # the last letter that each reader of PDF has a shape for
_BESIDE: Final = frozenset((
    "/AF", "/EF", "/Metadata", "/OPI", "/PieceInfo", "/Ref", "/StructParent", "/StructParents",
    "/Thumb",
))  # fmt: skip
_BESIDE_TYPES: Final = frozenset((
    "/Action", "/Annot", "/Catalog", "/EmbeddedFile", "/F", "/Filespec", "/Page", "/Pages", "/Sig",
))  # fmt: skip
_ACTIONS: Final = frozenset((
    "/GoToE", "/GoToR", "/ImportData", "/JavaScript", "/Launch", "/Movie", "/Rendition",
    "/RichMediaExecute", "/Sound", "/SubmitForm", "/Thread", "/URI",
))  # fmt: skip
_ELSEWHERE: Final = frozenset({"/F", "/FFilter", "/FDecodeParms"})  # a stream whose content is another file's
_OPENING: Final = frozenset((
    "/3D", "/FileAttachment", "/Link", "/Movie", "/Popup", "/PrinterMark", "/RichMedia", "/Screen",
    "/Sound", "/TrapNet",
))  # fmt: skip
_XOBJECT, _FORM = NameObject("/XObject"), NameObject("/Form")
_HIDDEN: Final = 2 | 32  # flags of an annotation: hidden, not for viewing


def main() -> int:
    """Marks what comes by standard input; the exit status says whether there is an answer."""
    for bound, most in _BOUNDS.items():
        resource.setrlimit(bound, (most, most))
    order = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    try:
        if order["to"] == "image/jpeg":
            marked = _marked_picture(content, order["latin"])
        else:
            content = _as_pdf(content) if order["from"].startswith("image/") else content
            reader = PdfReader(BytesIO(content if b"startxref" in content else content + _NO_TABLE))
            if reader.is_encrypted and not reader.decrypt(""):
                return int(order["locked"])
            marked = _marked(reader, order["lines"])
    except NotImplementedError:  # a cipher that needs another library
        return int(order["locked"])
    except Exception:  # noqa: BLE001  a file from outside makes its reader raise anything; none of it is a defect
        return _BROKEN
    sys.stdout.buffer.write(marked)
    return 0


def _picture(content: bytes) -> Image.Image:
    """The picture, upright; enlarged where the line would not fit. ValueError: too narrow for that."""
    with Image.open(BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as read:
        picture = ImageOps.exif_transpose(read).convert("RGB")
    factor = max(1.0, _NARROWEST / picture.width, _FLATTEST / picture.height)
    if factor == 1.0:
        return picture
    if max(picture.size) * factor > _LONGEST:
        raise ValueError
    return picture.resize((math.ceil(picture.width * factor), math.ceil(picture.height * factor)))


def _as_pdf(content: bytes) -> bytes:
    picture, page = _picture(content), BytesIO()
    picture.save(page, "PDF", resolution=max(144.0, max(picture.size) * 72 / _PAGE_END))
    return page.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """Where lines stand on a ground: columns, rows, size of the letters, and slant in radians."""

    columns: int
    rows: int
    size: float
    slant: float


def _grid(width: float, height: float, *, ems: float, lines: int, unit: tuple[float, float]) -> _Grid:
    """Lines of so many ems all over a ground, as it is shown; ValueError: they would be too small to read."""
    legible, apart = unit
    columns = next((n for n in range(_COLUMNS, 1, -1) if width / n * 0.9 / ems >= 1.5 * legible), 1)
    columns = max(columns, math.ceil(width / _WIDEST))
    size = min(width / columns * 0.9 / ems, height * 0.9 / (lines * _LEADING))
    if size < legible:
        raise ValueError
    block = lines * _LEADING * size
    slant = min(_SLANT, math.asin(min(1.0, max(0.0, height - block) / (ems * size))))
    rows = max(1, min(max(_ROWS, math.ceil(height / apart)), int(height * math.cos(slant) / (1.1 * block))))
    return _Grid(columns=columns, rows=rows, size=size, slant=slant)


def _marked_picture(content: bytes, line: str) -> bytes:
    """The picture with a line in Latin letters (the library brings a font) at a slant all over it."""
    picture = _picture(content)
    ems = ImageFont.load_default(100).getlength(line) / 100
    grid = _grid(*picture.size, ems=ems, lines=1, unit=_PIXELS)
    font = ImageFont.load_default(grid.size)
    words = Image.new("RGBA", (math.ceil(font.getlength(line)) + 4, math.ceil(grid.size * _LEADING)))
    ImageDraw.Draw(words).text((2, 0), line, font=font, fill=_DARK, stroke_width=1, stroke_fill=_LIGHT)
    slanted = words.rotate(math.degrees(grid.slant), expand=True)
    for row, column in product(range(grid.rows), range(grid.columns)):
        left = round(picture.width * (column + 0.05) / grid.columns)
        bottom = picture.height - round(picture.height * row / grid.rows)
        picture.paste(slanted, (left, bottom - slanted.height), slanted)
    marked = BytesIO()
    picture.save(marked, "JPEG", quality=90)
    return marked.getvalue()


def _marked(reader: PdfReader, lines: list[str]) -> bytes:
    """Its pages under the words: what they draw, and nothing else of the document."""
    writer = PdfWriter()
    fonts, bare = _fonts(writer), _Bare()
    for page in reader.pages:
        _mark(writer, page, lines, fonts, bare)
    if not writer.pages:
        raise ValueError
    if (layers := _layers(reader.root_object, bare)) is not None:
        writer.root_object[NameObject("/OCProperties")] = layers.clone(writer)
    marked = BytesIO()
    writer.write(marked)
    return marked.getvalue()


class _Bare:
    """Takes out of what a page draws with what is beside it: files, actions, private data, other pages."""

    def __init__(self) -> None:
        self._objects: dict[int, PdfObject] = {}  # holds them too, so that no other is known by their name

    def of(self, value: PdfObject) -> PdfObject:
        """The same, in place, and all that it names."""
        waiting: list[Any] = [value]
        while waiting:
            one = waiting.pop()
            one = one.get_object() if isinstance(one, IndirectObject) else one
            if id(one) in self._objects or not isinstance(one, DictionaryObject | ArrayObject):
                continue
            self._objects[id(one)] = one
            if isinstance(one, DictionaryObject):
                self._strip(one)
                waiting += [one.raw_get(name) for name in one]
            else:
                one[:] = [NullObject() if _is_beside(part) else part for part in one]
                waiting += list(one)
        return value

    def _strip(self, one: DictionaryObject) -> None:
        for name in list(one):
            is_elsewhere = isinstance(one, StreamObject) and name in _ELSEWHERE
            if name in _BESIDE or is_elsewhere or _is_beside(one.raw_get(name)):
                del one[name]
        properties = _of(one, "/Properties")
        if isinstance(properties, DictionaryObject):
            for name in list(properties):
                if not _is_of(properties.raw_get(name), {"/OCG", "/OCMD"}):
                    del properties[name]


def _is_of(value: PdfObject, types: AbstractSet[str], name: str = "/Type") -> bool:
    one = value.get_object()
    own = _of(one, name) if isinstance(one, DictionaryObject) else None
    return isinstance(own, str) and own in types


def _of(one: DictionaryObject, name: str, otherwise: Any = None) -> Any:
    """What a dictionary says under a name, wherever in the document it stands."""
    value = one.get(name, otherwise)  # as it is written there, which may be a reference
    value = value.get_object() if isinstance(value, IndirectObject) else value
    return otherwise if isinstance(value, NullObject) else value


def _is_beside(value: PdfObject) -> bool:
    return _is_of(value, _BESIDE_TYPES) or _is_of(value, _ACTIONS, "/S")


def _layers(root: DictionaryObject, bare: _Bare) -> DictionaryObject | None:
    """Which layers are on and off, so that none shows that the author switched off; None for none."""
    own = _of(root, "/OCProperties")
    if not isinstance(own, DictionaryObject) or "/OCGs" not in own:
        return None
    now = _of(own, "/D", DictionaryObject())
    switched = {
        NameObject(name): bare.of(now.raw_get(name))
        for name in ("/BaseState", "/ON", "/OFF", "/AS")
        if name in now
    }
    return _entries(OCGs=bare.of(own.raw_get("/OCGs")), D=DictionaryObject(switched))


def _mark(
    writer: PdfWriter, page: PageObject, lines: list[str], fonts: DictionaryObject, bare: _Bare
) -> None:
    """A page of its own: drawing and visible annotations each become a form, so that nothing in them moves,
    cuts off or covers the words.
    """
    box, turns = _shown_box(page), round(page.rotation / 90) % 4
    drawn, resources = page.get_contents(), bare.of(_of(page, "/Resources", DictionaryObject()))
    under = _form(writer, b"" if drawn is None else drawn.get_data(), box, resources.clone(writer))
    clear = _entries(ca=FloatObject(0.3), Type=NameObject("/ExtGState"))
    own = _entries(Font=fonts, ExtGState=_entries(Clear=clear))
    over = _form(writer, _words(lines, box, turns), box, own)
    forms, drawing = _entries(Under=under, Over=over), [b"q /Under Do Q"]
    for number, (placed, appearance) in enumerate(_annotations(page)):
        name = f"/Beside{number}"
        forms[NameObject(name)] = bare.of(appearance).clone(writer).indirect_reference
        drawing.append(b"q %s cm %s Do Q" % (placed, name.encode()))
    content = StreamObject()
    content.set_data(b"\n".join((*drawing, b"q /Over Do Q")))
    copy = writer.add_blank_page(width=1, height=1)
    copy[NameObject("/MediaBox")] = ArrayObject(FloatObject(one) for one in box)
    copy[NameObject("/Rotate")] = NumberObject(turns * 90)
    copy[NameObject("/Contents")] = writer._add_object(content)  # noqa: SLF001  the library's own way to add one
    copy[NameObject("/Resources")] = _entries(XObject=forms)
    if "/Group" in page:
        copy[NameObject("/Group")] = bare.of(page["/Group"]).clone(writer)


def _shown_box(page: PageObject) -> tuple[float, float, float, float]:
    """What viewers show of a page: left, bottom, right, top."""
    media, crop = _box(page.mediabox), _box(page.cropbox)
    cut = max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])
    return cut if cut[0] < cut[2] and cut[1] < cut[3] else media


def _box(values: Any) -> tuple[float, float, float, float]:
    x, y, other_x, other_y = (float(one) for one in values)
    return min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y)


def _annotations(page: PageObject) -> Iterator[tuple[bytes, StreamObject]]:
    """Visible annotations that draw and open nothing: placing matrix and appearance (ISO 32000, 12.5.5)."""
    for one in (reference.get_object() for reference in _of(page, "/Annots", ())):
        normal = _of(_of(one, "/AP", DictionaryObject()), "/N")
        if isinstance(normal, DictionaryObject) and not isinstance(normal, StreamObject):
            normal = _of(normal, _of(one, "/AS", "/Off"))
        is_hidden = int(_of(one, "/F", 0)) & _HIDDEN
        if is_hidden or _of(one, "/Subtype") in _OPENING or not isinstance(normal, StreamObject):
            continue
        normal.update(_entries(Type=_XOBJECT, Subtype=_FORM))
        if "/OC" in one:
            normal[NameObject("/OC")] = one.raw_get("/OC")
        a, b, c, d, e, f = (float(part) for part in _of(normal, "/Matrix", (1, 0, 0, 1, 0, 0)))
        left, bottom, right, top = _box(normal["/BBox"])
        corners = [(a * x + c * y + e, b * x + d * y + f) for x, y in product((left, right), (bottom, top))]
        left, bottom = (min(corner[axis] for corner in corners) for axis in (0, 1))
        right, top = (max(corner[axis] for corner in corners) for axis in (0, 1))
        rect = _box(one["/Rect"])
        if left < right and bottom < top:
            x, y = (rect[2] - rect[0]) / (right - left), (rect[3] - rect[1]) / (top - bottom)
            placed = f"{x:.5f} 0 0 {y:.5f} {rect[0] - left * x:.4f} {rect[1] - bottom * y:.4f}"
            yield placed.encode(), normal


def _form(writer: PdfWriter, drawing: bytes, box: Iterable[float], resources: PdfObject) -> IndirectObject:
    form = StreamObject()
    form.set_data(drawing)
    bounds = ArrayObject(FloatObject(one) for one in box)
    form.update(_entries(Type=_XOBJECT, Subtype=_FORM, BBox=bounds, Resources=resources))
    return writer._add_object(form.flate_encode())  # noqa: SLF001  the library's own way to add one


def _words(lines: list[str], box: tuple[float, float, float, float], turns: int) -> bytes:
    """The lines, slanted, in rows and columns over the box, upright as the page is shown after its turns."""
    left, bottom, right, top = box
    width, height = (right - left, top - bottom) if turns % 2 == 0 else (top - bottom, right - left)
    ems = max(sum(1 if ord(letter) > _LATIN else 0.6 for letter in line) for line in lines)
    grid = _grid(width, height, ems=ems, lines=len(lines), unit=_POINTS)
    cos, sin, size = math.cos(grid.slant), math.sin(grid.slant), grid.size
    corner = ((left, bottom), (right, bottom), (right, top), (left, top))[turns]
    turned = (b"1 0 0 1", b"0 1 -1 0", b"-1 0 0 -1", b"0 -1 1 0")[turns]
    drawn = [b"/Clear gs", turned + f" {corner[0]:.2f} {corner[1]:.2f} cm".encode()]
    for ink, shift in (
        (b"1 g", size / 12),
        (b"0.2 0.25 0.3 rg", 0.0),
    ):  # a light edge first, so that it is read on any ground
        drawn.append(ink)
        for row, column in product(range(grid.rows), range(grid.columns)):
            x = (column + 0.05) * width / grid.columns + shift
            y = row * height / grid.rows + 0.3 * size - shift
            drawn.append(f"BT {cos:.4f} {sin:.4f} {-sin:.4f} {cos:.4f} {x:.2f} {y:.2f} Tm".encode())
            drawn.extend(_line(line, size) for line in reversed(lines))
            drawn.append(b"ET")
    return b"\n".join(drawn)


def _line(line: str, size: float) -> bytes:
    """A line in letters that each reader has, else in the Chinese of its machine; then one line up."""
    if all(" " <= letter <= chr(_LATIN - 1) for letter in line):
        font, letters = "Latin", line.encode("ascii")
    else:
        font, letters = "Han", line.encode("utf-16-be")
    return f"/{font} {size:.2f} Tf <{letters.hex()}> Tj 0 {size * _LEADING:.2f} Td".encode()


def _fonts(writer: PdfWriter) -> DictionaryObject:
    """None is brought along: a Latin one that each reader has, and Song, for which it takes its machine's."""
    return DictionaryObject({NameObject(f"/{name}"): writer._add_object(font) for name, font in _both()})  # noqa: SLF001  as above


def _both() -> Iterator[tuple[str, DictionaryObject]]:
    font, song = NameObject("/Font"), NameObject("/STSong-Light")
    yield (
        "Latin",
        _entries(
            Type=font,
            Subtype=NameObject("/Type1"),
            BaseFont=NameObject("/Helvetica"),
            Encoding=NameObject("/WinAnsiEncoding"),
        ),
    )
    numbers = {"Flags": 6, "ItalicAngle": 0, "Ascent": 880, "Descent": -120, "CapHeight": 880, "StemV": 93}
    glyphs = _entries(
        Type=font,
        Subtype=NameObject("/CIDFontType0"),
        BaseFont=song,
        CIDSystemInfo=_entries(
            Registry=TextStringObject("Adobe"),
            Ordering=TextStringObject("GB1"),
            Supplement=NumberObject(4),
        ),
        FontDescriptor=_entries(
            Type=NameObject("/FontDescriptor"),
            FontName=song,
            FontBBox=ArrayObject(NumberObject(one) for one in (-25, -254, 1000, 880)),
            **{name: NumberObject(number) for name, number in numbers.items()},
        ),
        DW=NumberObject(1000),
        W=ArrayObject(NumberObject(one) for one in (1, 95, 500)),
    )
    yield (
        "Han",
        _entries(
            Type=font,
            Subtype=NameObject("/Type0"),
            BaseFont=song,
            Encoding=NameObject("/UniGB-UTF16-H"),
            DescendantFonts=ArrayObject([glyphs]),
        ),
    )


def _entries(**values: PdfObject) -> DictionaryObject:
    """A dictionary of these entries."""
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in values.items()})


if __name__ == "__main__":
    sys.exit(main())
