"""RFC 9162 Merkle trees over SHA-256 or SM3: roots, inclusion and consistency proofs,
and how each is verified.
"""

import hashlib
from collections.abc import Callable, Sequence
from enum import StrEnum


class LogHash(StrEnum):
    """The hash by which all leaves and nodes of a log are made: SHA-256, or SM3 (GB/T 32905)."""

    SHA256 = "sha256"
    SM3 = "sm3"

    def of(self, data: bytes) -> bytes:
        """The digest of some bytes, 32 bytes under either."""
        return hashlib.new(self.value, data).digest()

    def leaf(self, data: bytes) -> bytes:
        """The hash of a leaf (RFC 9162, 2.1.1)."""
        return self.of(b"\x00" + data)

    def node(self, left: bytes, right: bytes) -> bytes:
        """The hash of an inner node."""
        return self.of(b"\x01" + left + right)

    @property
    def is_available(self) -> bool:
        """Whether this machine's Python has it: some builds of OpenSSL come without SM3."""
        return self.value in hashlib.algorithms_available


Subtree = Callable[[int, int], bytes]
"""Gives the hash of a whole subtree: `subtree(level, index)` covers the leaves from `index << level` on,
`1 << level` of them.
"""


def folded(hashes: Sequence[bytes], by: LogHash) -> bytes:
    """The root over the hashes of a power of two of neighbouring subtrees."""
    while len(hashes) > 1:
        hashes = [by.node(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


def root(subtree: Subtree, size: int, by: LogHash) -> bytes:
    """The root of the tree of the first `size` leaves."""
    return _root(subtree, 0, size, by) if size else by.of(b"")


def inclusion(subtree: Subtree, index: int, size: int, by: LogHash) -> tuple[bytes, ...]:
    """The proof that leaf `index` is one of the first `size` (2.1.3.1). Raises ValueError where it is not."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} among {size}")
    return _path(subtree, index, (0, size), by)


def consistency(subtree: Subtree, first: int, second: int, by: LogHash) -> tuple[bytes, ...]:
    """The proof that the tree of `first` leaves begins that of `second` (2.1.4.1).

    Raises ValueError where it cannot.
    """
    if not 0 < first <= second:
        raise ValueError(f"no tree of {first} leaves begins one of {second}")
    return () if first == second else _subproof(subtree, first, (0, second), by, is_whole=True)


def _root(subtree: Subtree, start: int, end: int, by: LogHash) -> bytes:
    size = end - start
    if size & (size - 1) == 0:
        return subtree(size.bit_length() - 1, start // size)
    middle = start + _half(size)
    return by.node(_root(subtree, start, middle, by), _root(subtree, middle, end, by))


def _half(size: int) -> int:
    """The greatest power of two that is less than a size."""
    return 1 << ((size - 1).bit_length() - 1)


def _path(subtree: Subtree, index: int, span: tuple[int, int], by: LogHash) -> tuple[bytes, ...]:
    start, end = span
    if end - start == 1:
        return ()
    middle = start + _half(end - start)
    if index < middle:
        return (*_path(subtree, index, (start, middle), by), _root(subtree, middle, end, by))
    return (*_path(subtree, index, (middle, end), by), _root(subtree, start, middle, by))


def _subproof(
    subtree: Subtree, first: int, span: tuple[int, int], by: LogHash, *, is_whole: bool
) -> tuple[bytes, ...]:
    start, end = span
    if first == end:
        return () if is_whole else (_root(subtree, start, end, by),)
    middle = start + _half(end - start)
    if first <= middle:
        rest = _subproof(subtree, first, (start, middle), by, is_whole=is_whole)
        return (*rest, _root(subtree, middle, end, by))
    rest = _subproof(subtree, first, (middle, end), by, is_whole=False)
    return (*rest, _root(subtree, start, middle, by))


def is_included(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes, *, by: LogHash
) -> bool:
    """Whether a proof leads from the hash of leaf `index` to the root of `size` leaves (2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, hashed = index, size - 1, leaf
    for other in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            hashed = by.node(other, hashed)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            hashed = by.node(hashed, other)
        node, last = node >> 1, last >> 1
    return last == 0 and hashed == root_hash


def is_consistent(
    first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes, *, by: LogHash
) -> bool:
    """Whether a proof shows that the tree of `first` leaves begins the tree of `second` (2.1.4.2)."""
    if not 0 < first < second:
        return 0 < first == second and not proof and first_root == second_root
    hashes = list(proof) if first & (first - 1) else [first_root, *proof]
    return bool(hashes) and _both(first, second, hashes, by) == (first_root, second_root)


def _both(first: int, second: int, hashes: Sequence[bytes], by: LogHash) -> tuple[bytes, bytes] | None:
    """The roots of both trees to which a proof of consistency leads;
    None where it is too long or too short.
    """
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    older = newer = hashes[0]
    for other in hashes[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            older, newer = by.node(other, older), by.node(other, newer)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            newer = by.node(newer, other)
        node, last = node >> 1, last >> 1
    return (older, newer) if last == 0 else None


class Growing:
    """The root of a tree that is walked leaf by leaf, in the memory of its height."""

    def __init__(self, by: LogHash) -> None:
        self.size = 0
        self._by = by
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Take the hash of the next leaf."""
        level, hashed = 0, leaf
        while self._peaks and self._peaks[-1][0] == level:
            hashed = self._by.node(self._peaks.pop()[1], hashed)
            level += 1
        self._peaks.append((level, hashed))
        self.size += 1

    def root(self) -> bytes:
        """The root over the leaves so far."""
        if not self._peaks:
            return self._by.of(b"")
        hashed = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            hashed = self._by.node(left, hashed)
        return hashed
