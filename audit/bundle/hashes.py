"""The hashes by which a log may be made: SHA-256, and SM3 (GB/T 32905), of which not every Python knows."""

import hashlib

from audit.bundle.container import Wrong

LINES = (4, 5)  # of a checkpoint: log, leaves, root, time, and the hash unless it is SHA-256
SM3_FIRST = "7380166f4914b2b9172442d7da8a0600a96f30bc163138aae38dee4db0fb0e4e"
WORD, EARLY = 0xFFFFFFFF, 16  # the rounds that have functions of their own


def hashed(by: str, data: bytes) -> bytes:
    """The digest of some bytes by `sha256` or `sm3`."""
    try:
        return hashlib.new(by, data).digest()
    except ValueError:  # a Python without SM3
        return sm3(data)


def checkpoint_lines(body: str, place: str = "proof/checkpoint.body") -> tuple[str, str, str, str]:
    """Of which log a checkpoint is, how many leaves, the root, and by which hash.

    Raises Wrong for another hash.
    """
    lines = body.removesuffix("\n").split("\n")
    by = lines[4:] or ["hash sha256"]
    if len(lines) not in LINES or (lines[4:] and by != ["hash sm3"]):
        raise Wrong(
            place,
            "不是存证点，或用了本程序不认识的哈希",
            "no checkpoint, or under a hash that this program does not know",
        )
    return lines[0], lines[1], lines[2], by[0].removeprefix("hash ")


def turned(word: int, by: int) -> int:
    """A word of 32 bits, turned to the left."""
    by %= 32
    return (word << by | word >> (32 - by)) & WORD


def sm3(data: bytes) -> bytes:
    """SM3 as GB/T 32905 has it, word by word: slow, for a Python without it."""
    padded = data + b"\x80" + bytes((55 - len(data)) % 64) + (8 * len(data)).to_bytes(8, "big")
    state = words(bytes.fromhex(SM3_FIRST))
    for start in range(0, len(padded), 64):
        after = compressed(state, padded[start : start + 64])
        state = [one ^ other for one, other in zip(state, after, strict=True)]
    return b"".join(word.to_bytes(4, "big") for word in state)


def words(data: bytes) -> list[int]:
    """Bytes as words of 32 bits."""
    return [int.from_bytes(data[at : at + 4], "big") for at in range(0, len(data), 4)]


def compressed(state: list[int], block: bytes) -> list[int]:
    """The compression of SM3 over one block (5.3.3), by its message expansion (5.3.2)."""
    w = words(block)
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ turned(w[j - 3], 15)
        w.append(x ^ turned(x, 15) ^ turned(x, 23) ^ turned(w[j - 13], 7) ^ w[j - 6])
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        is_early = j < EARLY
        ss1 = turned((turned(a, 12) + e + turned(0x79CC4519 if is_early else 0x7A879D8A, j)) & WORD, 7)
        ff = a ^ b ^ c if is_early else a & b | a & c | b & c
        gg = e ^ f ^ g if is_early else e & f | ~e & g
        tt1 = (ff + d + (ss1 ^ turned(a, 12)) + (w[j] ^ w[j + 4])) & WORD
        tt2 = (gg + h + ss1 + w[j]) & WORD
        d, c, b, a = c, turned(b, 9), a, tt1
        h, g, f, e = g, turned(f, 19), e, tt2 ^ turned(tt2, 9) ^ turned(tt2, 17)
    return [a, b, c, d, e, f, g, h]
