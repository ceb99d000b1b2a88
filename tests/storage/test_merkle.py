"""The trees of RFC 9162: known roots, and every proof of every small tree,
which nothing else is taken for.
"""

import hashlib

import pytest

from storage import merkle
from storage.merkle import Growing, LogHash

# The leaves and roots of RFC 6962's reference implementation, which RFC 9162 keeps.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
MOST = 20
SHA256 = LogHash.SHA256
EMPTY = SHA256.of(b"")


def hashes(count: int) -> list[bytes]:
    return [SHA256.leaf(bytes([number])) for number in range(count)]


def over(leaves: list[bytes]) -> merkle.Subtree:
    return lambda level, index: merkle.folded(leaves[index << level : (index + 1) << level], SHA256)


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_standards_own_example(size: int):
    leaves = [SHA256.leaf(data) for data in LEAVES]
    assert merkle.root(over(leaves), size, SHA256).hex() == ROOTS[size - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert merkle.root(over([]), 0, SHA256) == EMPTY == hashlib.sha256().digest() == Growing(SHA256).root()


def test_a_tree_that_grows_leaf_by_leaf_has_the_same_roots():
    leaves, growing = hashes(MOST), Growing(SHA256)
    for size, leaf in enumerate(leaves, start=1):
        growing.add(leaf)
        assert growing.root() == merkle.root(over(leaves), size, SHA256)


def test_every_leaf_is_proven_in_every_tree_and_in_no_other_place():
    leaves = hashes(MOST)
    for size in range(1, MOST + 1):
        top = merkle.root(over(leaves), size, SHA256)
        for index in range(size):
            proof = merkle.inclusion(over(leaves), index, size, SHA256)
            places = [
                (place, of)
                for of in range(1, MOST + 1)
                for place in range(of)
                if merkle.is_included(leaves[index], place, of, proof, top, by=SHA256)
            ]
            assert (index, size) in places
            # Proofs of one shape lead to one root: the size of a tree is what its checkpoint signs.
            assert {place for place, of in places if of == size} == {index}


def test_a_proof_of_another_leaf_or_with_a_hash_changed_taken_out_or_put_in_is_refused():
    leaves = hashes(MOST)
    top = merkle.root(over(leaves), MOST, SHA256)
    proof = merkle.inclusion(over(leaves), 6, MOST, SHA256)
    assert merkle.is_included(leaves[6], 6, MOST, proof, top, by=SHA256)
    assert not merkle.is_included(leaves[7], 6, MOST, proof, top, by=SHA256)
    for place in range(len(proof)):
        changed = [*proof[:place], bytes(32), *proof[place + 1 :]]
        assert not merkle.is_included(leaves[6], 6, MOST, changed, top, by=SHA256)
        assert not merkle.is_included(
            leaves[6], 6, MOST, [*proof[:place], *proof[place + 1 :]], top, by=SHA256
        )
        assert not merkle.is_included(
            leaves[6], 6, MOST, [*proof[:place], bytes(32), *proof[place:]], top, by=SHA256
        )


def test_every_smaller_tree_begins_every_larger_one():
    leaves = hashes(MOST)
    for second in range(1, MOST + 1):
        for first in range(1, second + 1):
            proof = merkle.consistency(over(leaves), first, second, SHA256)
            roots = merkle.root(over(leaves), first, SHA256), merkle.root(over(leaves), second, SHA256)
            assert merkle.is_consistent(first, second, proof, *roots, by=SHA256)
            assert not merkle.is_consistent(first, second, proof, bytes(32), roots[1], by=SHA256)
            assert not merkle.is_consistent(first, second, proof, roots[0], bytes(32), by=SHA256)
            assert not merkle.is_consistent(first, second, [*proof, bytes(32)], *roots, by=SHA256)
            if proof:
                assert not merkle.is_consistent(first, second, proof[:-1], *roots, by=SHA256)


def test_a_tree_whose_past_was_changed_has_no_proof():
    before, after = hashes(12), hashes(MOST)
    after[5] = SHA256.leaf(b"changed")
    for first in range(6, 13):
        proof = merkle.consistency(over(after), first, MOST, SHA256)
        roots = merkle.root(over(before), first, SHA256), merkle.root(over(after), MOST, SHA256)
        assert not merkle.is_consistent(first, MOST, proof, *roots, by=SHA256)


@pytest.mark.parametrize(("first", "second"), [(0, 5), (6, 5), (-1, 2)])
def test_what_cannot_be_proven_is_refused(first: int, second: int):
    with pytest.raises(ValueError, match="no tree"):
        merkle.consistency(over(hashes(8)), first, second, SHA256)
    assert not merkle.is_consistent(first, second, [], EMPTY, EMPTY, by=SHA256)


@pytest.mark.parametrize(("index", "size"), [(5, 5), (-1, 5)])
def test_a_leaf_that_is_not_there_has_no_proof(index: int, size: int):
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion(over(hashes(8)), index, size, SHA256)
    assert not merkle.is_included(EMPTY, index, size, [], EMPTY, by=SHA256)
