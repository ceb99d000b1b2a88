"""The file of a bundle: one way alone to write it, so that every byte of it counts."""

import re
import struct
import zlib
from pathlib import Path

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)*").fullmatch
LOCAL, CENTRAL, END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")
MALFORMED = (AttributeError, IndexError, KeyError, OverflowError, RecursionError, TypeError, ValueError)
DATE, UNIX, MODE = 33, 3 << 8 | 20, 0o100644 << 16  # 1 January 1980; a plain file


class Wrong(Exception):  # noqa: N818  named for what was found
    """What is wrong with a bundle, and where."""

    def __init__(self, place: str, chinese: str, english: str) -> None:
        super().__init__(f"{place}: {english}")
        self.place, self.chinese, self.english = place, chinese, english


def local_header(name: bytes, crc: int, size: int) -> bytes:
    """What stands before a file's content."""
    return LOCAL.pack(b"PK\3\4", 20, 0, 0, 0, DATE, crc, size, size, len(name), 0) + name


def directory(entries: list[tuple[bytes, int, int, int]]) -> bytes:
    """What stands after all contents, of each file's name, checksum, size and place."""
    rows = [
        CENTRAL.pack(
            *(b"PK\1\2", UNIX, 20, 0, 0, 0, DATE, crc, size, size, len(name), 0, 0, 0, 0, MODE, place)
        )
        + name
        for name, crc, size, place in entries
    ]
    start = entries[-1][3] + len(local_header(*entries[-1][:3])) + entries[-1][2] if entries else 0
    end = END.pack(b"PK\5\6", 0, 0, len(rows), len(rows), sum(map(len, rows)), start, 0)
    return b"".join(rows) + end


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files of a bundle by their names; raises Wrong with the place of the first byte
    that is not as it must be.
    """
    files: dict[str, bytes] = {}
    entries, place, last = [], 0, b""
    while data[place : place + 4] == b"PK\3\4":
        if len(data) < place + LOCAL.size:
            raise Wrong(f"byte {len(data)}", "文件被截断", "the file is cut off")
        *_, crc, size, _, length, _ = LOCAL.unpack_from(data, place)
        name = data[place + LOCAL.size : place + LOCAL.size + length]
        header = local_header(name, crc, size)
        same(data[place : place + len(header)], header, place)
        if not NAME(name.decode("latin-1")) or name <= last:
            raise Wrong(
                f"byte {place}",
                "文件名不合规、重复或次序不对",
                "a name that is unsafe, doubled or out of order",
            )
        start = place + len(header)
        content = data[start : start + size]
        if len(content) < size:
            raise Wrong(
                f"byte {len(data)}", f"文件在 {name.decode()} 中被截断", f"cut off within {name.decode()}"
            )
        if zlib.crc32(content) != crc:
            raise Wrong(
                f"bytes {start} to {start + size - 1}, {name.decode()}", "内容被改动", "content was changed"
            )
        files[name.decode()] = content
        entries.append((name, crc, size, place))
        place, last = start + size, name
    same(data[place:], directory(entries), place)
    return files


def same(part: bytes, expected: bytes, place: int) -> None:
    """Raises Wrong at the first byte that differs."""
    if part != expected:
        pairs = zip(part, expected, strict=False)
        at = next(
            (at for at, (one, other) in enumerate(pairs) if one != other), min(len(part), len(expected))
        )
        raise Wrong(f"byte {place + at}", "不是证据包应有的写法", "not as a bundle is written")


def packed(files: dict[str, bytes]) -> bytes:
    """The bytes of a bundle with these files: the same files give the same bytes.

    Raises ValueError for what has no place in one.
    """
    parts, entries, place = [], [], 0
    for text in sorted(files):
        name, content = text.encode("ascii"), files[text]
        if not NAME(text):
            raise ValueError(f"no name of a file in a bundle: {text!r}")
        crc = zlib.crc32(content)
        parts += [local_header(name, crc, len(content)), content]
        entries.append((name, crc, len(content), place))
        place += len(parts[-2]) + len(content)
    return b"".join(parts) + directory(entries)


def read_arguments(arguments: list[str]) -> tuple[bytes, str, str | None] | None:
    """The file, what is kept elsewhere, and the code if any; None where they are not so or cannot be read."""
    options = dict(zip(arguments[1::2], arguments[2::2], strict=False))
    if len(arguments) % 2 == 0 or set(options) - {"--checkpoints", "--code"}:
        return None
    outside = options.get("--checkpoints")
    if outside == "":
        return None
    try:
        known = Path(outside).read_text(encoding="utf-8") if outside else ""
        return Path(arguments[0]).read_bytes(), known, options.get("--code")
    except (OSError, UnicodeDecodeError):
        return None
