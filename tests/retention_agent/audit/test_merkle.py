import hashlib
import random

import pytest

from retention_agent.audit import merkle

# The eight leaves and roots of the Certificate Transparency reference implementation's tests.
REFERENCE_LEAVES = [
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
REFERENCE_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MOST = 64
LEAVES = [b"leaf %d" % number for number in range(MOST)]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]
NODES = merkle.nodes_of(HASHES)


# RFC 6962 section 2.1 once more, written straight from its recursive definitions.


def rfc_split(length):
    power = 1
    while power * 2 < length:
        power *= 2
    return power


def rfc_root(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    middle = rfc_split(len(leaves))
    parts = rfc_root(leaves[:middle]) + rfc_root(leaves[middle:])
    return hashlib.sha256(b"\x01" + parts).digest()


def rfc_path(number, leaves):
    if len(leaves) == 1:
        return []
    middle = rfc_split(len(leaves))
    if number < middle:
        return [*rfc_path(number, leaves[:middle]), rfc_root(leaves[middle:])]
    return [*rfc_path(number - middle, leaves[middle:]), rfc_root(leaves[:middle])]


def rfc_subproof(old, leaves, whole):
    if old == len(leaves):
        return [] if whole else [rfc_root(leaves)]
    middle = rfc_split(len(leaves))
    if old <= middle:
        return [*rfc_subproof(old, leaves[:middle], whole), rfc_root(leaves[middle:])]
    return [*rfc_subproof(old - middle, leaves[middle:], False), rfc_root(leaves[:middle])]


ROOTS = [rfc_root(LEAVES[:size]) for size in range(MOST + 1)]


def inclusion(number, size):
    return merkle.hashes_of(NODES, merkle.inclusion_ranges(number, size))


def consistency(old, new):
    return merkle.hashes_of(NODES, merkle.consistency_ranges(old, new))


def test_the_reference_leaves_give_the_published_roots():
    hashes = [merkle.leaf_hash(leaf) for leaf in REFERENCE_LEAVES]
    found = [merkle.root(hashes[:size]).hex() for size in range(1, 9)]
    assert found == REFERENCE_ROOTS


def test_the_empty_tree_has_the_hash_of_nothing_as_its_root():
    assert merkle.root([]) == hashlib.sha256(b"").digest()


def test_every_root_is_the_one_the_rfc_defines():
    assert [merkle.root(HASHES[:size]) for size in range(MOST + 1)] == ROOTS


def test_every_inclusion_proof_is_the_one_the_rfc_defines_and_verifies():
    for size in range(1, MOST + 1):
        for number in range(size):
            proof = inclusion(number, size)
            assert proof == rfc_path(number, LEAVES[:size])
            assert merkle.verify_inclusion(HASHES[number], number, size, proof, ROOTS[size])


def test_every_consistency_proof_is_the_one_the_rfc_defines_and_verifies():
    for new in range(1, MOST + 1):
        for old in range(1, new + 1):
            proof = consistency(old, new)
            assert proof == rfc_subproof(old, LEAVES[:new], True)
            assert merkle.verify_consistency(old, new, ROOTS[old], ROOTS[new], proof)


def test_an_inclusion_proof_verifies_for_no_other_leaf_number_size_or_root():
    for size in range(1, 33):
        for number in range(size):
            proof = inclusion(number, size)
            for other in range(size):
                same = other == number
                leaf, at = HASHES[other], ROOTS[size]
                assert merkle.verify_inclusion(leaf, number, size, proof, at) == same
                # two leaves may have equal hashes never, so another number always fails
                assert merkle.verify_inclusion(HASHES[number], other, size, proof, at) == same
            assert not merkle.verify_inclusion(HASHES[number], number, size, proof, ROOTS[size + 1])


def test_a_proof_that_is_cut_extended_or_altered_is_refused():
    for size in range(2, 33):
        for number in range(size):
            proof, at, leaf = inclusion(number, size), ROOTS[size], HASHES[number]
            for wrong in damaged(proof):
                assert not merkle.verify_inclusion(leaf, number, size, wrong, at)


def test_a_consistency_proof_that_is_cut_extended_or_altered_is_refused():
    for new in range(2, 33):
        for old in range(1, new):
            for wrong in damaged(consistency(old, new)):
                assert not merkle.verify_consistency(old, new, ROOTS[old], ROOTS[new], wrong)


def damaged(proof):
    yield [*proof, proof[0]]
    yield proof[1:]
    yield proof[:-1]
    for place in range(len(proof)):
        yield [*proof[:place], bytes(32), *proof[place + 1 :]]


def test_a_consistency_proof_fits_no_other_root_and_no_other_size():
    for new in range(2, 33):
        for old in range(1, new):
            proof = consistency(old, new)
            assert not merkle.verify_consistency(old, new, ROOTS[old + 1], ROOTS[new], proof)
            assert not merkle.verify_consistency(old, new, ROOTS[old], ROOTS[new + 1], proof)
            assert not merkle.verify_consistency(new, old, ROOTS[new], ROOTS[old], proof)


def test_the_empty_tree_and_a_tree_with_itself_need_no_proof():
    assert merkle.consistency_ranges(0, 9) == []
    assert merkle.verify_consistency(0, 9, ROOTS[0], ROOTS[9], [])
    assert merkle.verify_consistency(9, 9, ROOTS[9], ROOTS[9], [])
    assert not merkle.verify_consistency(0, 9, ROOTS[1], ROOTS[9], [])
    assert not merkle.verify_consistency(9, 9, ROOTS[9], ROOTS[8], [])
    assert not merkle.verify_consistency(0, 9, ROOTS[0], ROOTS[9], [ROOTS[1]])
    assert not merkle.verify_consistency(-1, 9, ROOTS[0], ROOTS[9], [])


def test_a_leaf_outside_the_tree_has_no_proof():
    with pytest.raises(ValueError, match="leaf 3 is not in a tree of 3 leaves"):
        merkle.inclusion_ranges(3, 3)
    with pytest.raises(ValueError, match="cannot have grown"):
        merkle.consistency_ranges(4, 3)
    assert not merkle.verify_inclusion(HASHES[0], 3, 3, [], ROOTS[3])
    assert not merkle.verify_inclusion(HASHES[0], -1, 3, [], ROOTS[3])


def test_a_leaf_cannot_be_passed_off_as_an_inner_node():
    inner = HASHES[0] + HASHES[1]
    assert merkle.leaf_hash(inner) != merkle.node_hash(HASHES[0], HASHES[1])


def test_appending_stores_each_node_once_and_about_two_for_each_leaf():
    edge = merkle.Edge()
    seen = [node for leaf in HASHES for node, _ in edge.add(leaf)]
    assert len(seen) == len(set(seen)) == 2 * MOST - 1


def test_random_proofs_in_large_trees_verify():
    chance = random.Random(20260501)
    size = 5_000
    hashes = [merkle.leaf_hash(b"%d" % number) for number in range(size)]
    nodes = merkle.nodes_of(hashes)
    for _ in range(500):
        new = chance.randint(1, size)
        old, number = chance.randint(1, new), chance.randrange(new)
        at = merkle.fold([nodes[node] for node in merkle.subtrees(0, new)])
        before = merkle.fold([nodes[node] for node in merkle.subtrees(0, old)])
        path = merkle.hashes_of(nodes, merkle.inclusion_ranges(number, new))
        grown = merkle.hashes_of(nodes, merkle.consistency_ranges(old, new))
        assert merkle.verify_inclusion(hashes[number], number, new, path, at)
        assert merkle.verify_consistency(old, new, before, at, grown)
