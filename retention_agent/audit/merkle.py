"""Merkle tree hashing, proofs and their verification: RFC 6962 section 2.1, RFC 9162 section 2.1.

* A leaf is hashed as SHA-256(0x00 || leaf), an inner node as SHA-256(0x01 || left || right), so
  neither can be passed off as the other.
* A *node* is a complete subtree: `(level, position)` covers the leaves from `position * 2**level`
  up to but not including `(position + 1) * 2**level`. A node never changes once it is complete,
  so stored nodes are only ever added. Every root and every proof is made from such nodes.

Standard library only, because the offline verifier carries this module.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce

Node = tuple[int, int]
Range = tuple[int, int]


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of one leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of the node over two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over a list of leaf hashes; the empty tree's is SHA-256 of nothing."""
    edge = Edge()
    for one in leaf_hashes:
        edge.add(one)
    return edge.root()


class Edge:
    """The right edge of a growing tree: the roots of its complete subtrees, largest first."""

    __slots__ = ("hashes", "size")

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        self.size = size
        self.hashes = list(hashes)

    def add(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """Append one leaf hash; returns the nodes that are now complete."""
        level, position, made = 0, self.size, leaf
        completed = [((level, position), made)]
        while position & 1:
            made = node_hash(self.hashes.pop(), made)
            level, position = level + 1, position >> 1
            completed.append(((level, position), made))
        self.hashes.append(made)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        return fold(self.hashes)


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over complete subtrees given largest first."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    return reduce(lambda right, left: node_hash(left, right), reversed(hashes))


def nodes_of(leaf_hashes: Iterable[bytes]) -> dict[Node, bytes]:
    """Every node of the tree over a list of leaf hashes."""
    edge = Edge()
    return {node: made for one in leaf_hashes for node, made in edge.add(one)}


def subtrees(start: int, end: int) -> Iterator[Node]:
    """The nodes that make up one range of leaves, largest first.

    The range is one that RFC 6962 splits a tree into: `start` is a multiple of the smallest power
    of two that is not below its length.
    """
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def hashes_of(nodes: Mapping[Node, bytes], ranges: Iterable[Range]) -> list[bytes]:
    """The root of each range, made from nodes: what a proof consists of."""
    return [fold([nodes[node] for node in subtrees(*one)]) for one in ranges]


def inclusion_ranges(number: int, size: int) -> list[Range]:
    """The ranges whose roots prove leaf `number` in a tree of `size` (PATH, RFC 6962 2.1.1).

    Raises:
        ValueError: the tree has no such leaf.
    """
    if not 0 <= number < size:
        raise ValueError(f"leaf {number} is not in a tree of {size} leaves")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if number < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return path[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The ranges whose roots prove that a tree only grew (PROOF, RFC 6962 2.1.2).

    Raises:
        ValueError: the older tree is larger than the newer.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} leaves cannot have grown into one of {new}")
    if old == 0:
        return []
    start, end, path = 0, new, []
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    if start:
        path.append((start, end))
    return path[::-1]


def verify_inclusion(
    leaf: bytes, number: int, size: int, proof: Sequence[bytes], expected: bytes
) -> bool:
    """Does the proof lead from this leaf hash to the expected root? (RFC 9162 2.1.3.2)."""
    if not 0 <= number < size:
        return False
    first, last, made = number, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if first & 1 or first == last:
            made = node_hash(step, made)
            first, last = _up_to_right_child(first, last)
        else:
            made = node_hash(made, step)
        first, last = first >> 1, last >> 1
    return last == 0 and made == expected


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Does the proof show the newer tree to begin with the older? (RFC 9162 2.1.4.2)."""
    if old in {0, new}:
        return old <= new and not proof and old_root == (new_root if old == new else fold([]))
    if not 0 < old < new:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    return bool(path) and _replay(old, new, path) == (old_root, new_root)


def _replay(old: int, new: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The two roots that a consistency proof leads to, or None if it has the wrong length."""
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    older = newer = path[0]
    for step in path[1:]:
        if last == 0:
            return None
        if first & 1 or first == last:
            older, newer = node_hash(step, older), node_hash(step, newer)
            first, last = _up_to_right_child(first, last)
        else:
            newer = node_hash(newer, step)
        first, last = first >> 1, last >> 1
    return (older, newer) if last == 0 else None


def _up_to_right_child(first: int, last: int) -> tuple[int, int]:
    while first and not first & 1:
        first, last = first >> 1, last >> 1
    return first, last


def _split(length: int) -> int:
    """The largest power of two below `length`."""
    return 1 << (length - 1).bit_length() - 1
