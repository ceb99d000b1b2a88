"""Writes mark, person and instant across each page of a PDF, or across a picture: a program of its own, under hard bounds.

What a file from outside makes its reader do ends with this process: it may take so much memory and time, and writes to its pipe alone. Takes
`{"lines": […], "latin": …, "from": …, "to": …, "locked": …}` as the first line, then the file; gives the marked PDF or JPEG, or ends with 1, or
`locked` for a file behind a password.
"""

import json
import math
import resource
import sys
from collections.abc import Iterator
from io import BytesIO
from itertools import product
from typing import Final

from PIL import Image, ImageDraw, ImageFont, ImageOps
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
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
_ROWS, _COLUMNS = 6, 3
_SLANT: Final = math.radians(20)
_DARK, _LIGHT = (64, 76, 89, 110), (255, 255, 255, 70)  # so that it is read on any ground
_LATIN: Final = 0x7F  # the last letter that each reader of PDF has a shape for


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
    with Image.open(BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as picture:
        return ImageOps.exif_transpose(picture).convert("RGB")


def _as_pdf(content: bytes) -> bytes:
    page = BytesIO()
    _picture(content).save(page, "PDF", resolution=144)
    return page.getvalue()


def _marked_picture(content: bytes, line: str) -> bytes:
    """The picture with a line in Latin letters, for which the library brings a font, at a slant all over it."""
    picture = _picture(content)
    size = max(10, round(picture.width / _COLUMNS * 1.5 / len(line)))
    font = ImageFont.load_default(size)
    words = Image.new("RGBA", (round(font.getlength(line)) + 4, size * 2))
    ImageDraw.Draw(words).text((2, 0), line, font=font, fill=_DARK, stroke_width=1, stroke_fill=_LIGHT)
    slanted = words.rotate(math.degrees(_SLANT), expand=True)
    for top in range(0, picture.height, max(slanted.height, picture.height // _ROWS)):
        for left in range(0, picture.width, slanted.width + size):
            picture.paste(slanted, (left, top), slanted)
    marked = BytesIO()
    picture.save(marked, "JPEG", quality=90)
    return marked.getvalue()


def _marked(reader: PdfReader, lines: list[str]) -> bytes:
    """Its pages under the words; what runs, opens or is attached in the document beside its pages stays behind."""
    writer = PdfWriter()
    fonts = _fonts(writer)
    for page in reader.pages:
        _mark(
            writer,
            writer.add_page(page, excluded_keys=("/AA", "/B", "/StructParents", "/Metadata")),
            lines,
            fonts,
        )
    if not writer.pages:
        raise ValueError
    marked = BytesIO()
    writer.write(marked)
    return marked.getvalue()


def _mark(writer: PdfWriter, page: PageObject, lines: list[str], fonts: DictionaryObject) -> None:
    """The page's own drawing becomes a form of its own, so that nothing in it moves, cuts off or colours what is written over it."""
    box = page.mediabox
    drawn = page.get_contents()
    under = _form(
        writer, b"" if drawn is None else drawn.get_data(), box, page.get("/Resources", DictionaryObject())
    )
    words = _words(lines, [float(one) for one in box], math.radians(page.rotation))
    clear = DictionaryObject(
        {NameObject("/ca"): FloatObject(0.3), NameObject("/Type"): NameObject("/ExtGState")}
    )
    own = DictionaryObject(
        {
            NameObject("/Font"): fonts,
            NameObject("/ExtGState"): DictionaryObject({NameObject("/Clear"): clear}),
        }
    )
    over = _form(writer, words, box, own)
    content = StreamObject()
    content.set_data(b"q /Under Do Q q /Over Do Q")
    page[NameObject("/Contents")] = writer._add_object(content)  # noqa: SLF001  the library's own way to add one
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/XObject"): DictionaryObject({NameObject("/Under"): under, NameObject("/Over"): over})}
    )


def _form(writer: PdfWriter, drawing: bytes, box: PdfObject, resources: PdfObject) -> IndirectObject:
    form = StreamObject()
    form.set_data(drawing)
    form.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): box,
            NameObject("/Resources"): resources,
        }
    )
    return writer._add_object(form.flate_encode())  # noqa: SLF001  the library's own way to add one


def _words(lines: list[str], box: list[float], turned: float) -> bytes:
    """The lines, slanted, in rows and columns over the whole box, upright as the page is shown."""
    left, bottom, right, top = (
        min(box[0], box[2]),
        min(box[1], box[3]),
        max(box[0], box[2]),
        max(box[1], box[3]),
    )
    is_on_its_side = round(math.sin(turned)) != 0
    columns, rows = (_ROWS, _COLUMNS) if is_on_its_side else (_COLUMNS, _ROWS)
    width, height = (right - left) / columns, (top - bottom) / rows
    longest = max(sum(1 if ord(letter) > _LATIN else 0.5 for letter in line) for line in lines)
    size = max(1.0, (height if is_on_its_side else width) * 0.9 / longest)
    cos, sin = math.cos(_SLANT + turned), math.sin(_SLANT + turned)
    drawn = [b"/Clear gs"]
    for ink, shift in (
        (b"1 g", size / 12),
        (b"0.2 0.25 0.3 rg", 0.0),
    ):  # a light edge first, so that it is read on any ground
        drawn.append(ink)
        for row, column in product(range(rows), range(columns)):
            x, y = left + (column + 0.1) * width + shift, bottom + (row + 0.2) * height - shift
            drawn.append(f"BT {cos:.4f} {sin:.4f} {-sin:.4f} {cos:.4f} {x:.2f} {y:.2f} Tm".encode())
            drawn.extend(_line(line, size) for line in reversed(lines))
            drawn.append(b"ET")
    return b"\n".join(drawn)


def _line(line: str, size: float) -> bytes:
    """A line in the letters that each reader has, where they do; else in the Chinese of the reader's machine; then one line up."""
    if all(" " <= letter <= chr(_LATIN - 1) for letter in line):
        font, letters = "Latin", line.encode("ascii")
    else:
        font, letters = "Han", line.encode("utf-16-be")
    return f"/{font} {size:.2f} Tf <{letters.hex()}> Tj 0 {size * 1.3:.2f} Td".encode()


def _fonts(writer: PdfWriter) -> DictionaryObject:
    """No font is brought along: a Latin one that each reader has, and the Song of the standard, for which it takes the machine's own."""
    return DictionaryObject({NameObject(f"/{name}"): writer._add_object(font) for name, font in _both()})  # noqa: SLF001  as above


def _both() -> Iterator[tuple[str, DictionaryObject]]:
    font, latin, song = NameObject("/Font"), NameObject("/Helvetica"), NameObject("/STSong-Light")
    kind, of, base = NameObject("/Type"), NameObject("/Subtype"), NameObject("/BaseFont")
    encoding = NameObject("/Encoding")
    yield (
        "Latin",
        DictionaryObject(
            {kind: font, of: NameObject("/Type1"), base: latin, encoding: NameObject("/WinAnsiEncoding")}
        ),
    )
    letters = DictionaryObject(
        {
            NameObject("/Registry"): TextStringObject("Adobe"),
            NameObject("/Ordering"): TextStringObject("GB1"),
            NameObject("/Supplement"): NumberObject(4),
        }
    )
    shape = DictionaryObject(
        {
            kind: NameObject("/FontDescriptor"),
            NameObject("/FontName"): song,
            NameObject("/Flags"): NumberObject(6),
            NameObject("/FontBBox"): ArrayObject([NumberObject(one) for one in (-25, -254, 1000, 880)]),
            NameObject("/ItalicAngle"): NumberObject(0),
            NameObject("/Ascent"): NumberObject(880),
            NameObject("/Descent"): NumberObject(-120),
            NameObject("/CapHeight"): NumberObject(880),
            NameObject("/StemV"): NumberObject(93),
        }
    )
    half = ArrayObject([NumberObject(one) for one in (1, 95, 500)])
    glyphs = DictionaryObject(
        {
            kind: font,
            of: NameObject("/CIDFontType0"),
            base: song,
            NameObject("/CIDSystemInfo"): letters,
            NameObject("/FontDescriptor"): shape,
            NameObject("/DW"): NumberObject(1000),
            NameObject("/W"): half,
        }
    )
    yield (
        "Han",
        DictionaryObject(
            {
                kind: font,
                of: NameObject("/Type0"),
                base: song,
                encoding: NameObject("/UniGB-UTF16-H"),
                NameObject("/DescendantFonts"): ArrayObject([glyphs]),
            }
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
