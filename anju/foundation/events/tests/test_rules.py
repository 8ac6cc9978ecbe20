"""The tree and the forms that are hashed."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from anju.foundation.events.rules import (
    Merkle,
    inclusion_proof,
    leaf_hash,
    merkle_root,
    next_seal,
    node_hash,
    plain,
    root_from_proof,
    salted,
)

LEAVES = st.lists(st.binary(min_size=1, max_size=32), min_size=1, max_size=70)
COMPANY = UUID(int=7)
AT = datetime(2026, 11, 20, tzinfo=UTC)


def by_the_book(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, as it is written there."""
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(by_the_book(leaves[:k]), by_the_book(leaves[k:]))


def test_the_empty_tree_and_the_first_leaf_are_those_of_the_standard():
    assert Merkle().root().hex() == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    assert merkle_root([b""]).hex() == (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )


@given(LEAVES)
def test_leaves_added_one_by_one_give_the_root_by_the_book(leaves):
    assert merkle_root(leaves) == by_the_book(leaves)


@given(LEAVES, st.data())
def test_a_proof_leads_to_the_root_and_no_other_leaf_does(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof, root = inclusion_proof(leaves, index), merkle_root(leaves)
    assert root_from_proof(leaves[index], index, len(leaves), proof) == root
    assert root_from_proof(leaves[index] + b"x", index, len(leaves), proof) != root
    assert root_from_proof(leaves[index], index, len(leaves), [*proof, bytes(32)]) != root
    assert root_from_proof(leaves[index], len(leaves), len(leaves), proof) is None
    if proof:
        assert root_from_proof(leaves[index], index, len(leaves), proof[:-1]) != root


def test_each_part_of_a_seal_is_in_its_digest():
    one = next_seal(COMPANY, None, leaves=[b"a", b"b"], at=AT)
    two = next_seal(COMPANY, one, leaves=[b"c"], at=AT)
    assert (one.n, one.first, one.last) == (1, 1, 2)
    assert (two.n, two.first, two.last, two.previous) == (2, 3, 3, one.digest)
    changed = [
        type(two)(**{**vars(two), part: value})
        for part, value in {
            "company": UUID(int=8), "n": 9, "first": 2, "last": 4, "root": bytes(32),
            "previous": bytes(32), "at": AT.replace(microsecond=1),
        }.items()
    ]  # fmt: skip
    assert len({two.digest, *(seal.digest for seal in changed)}) == 8


def test_what_is_said_is_hashed_as_the_database_gives_it_back():
    said = {
        "day": date(2026, 1, 2), "id": UUID(int=1), "amount": Decimal("1.50"), "list": (1, 2.0),
        "large": 1e22, "zero": -0.0, "small": 1e-7, "中": None,
    }  # fmt: skip
    assert plain(said) == {
        "day": "2026-01-02", "id": str(UUID(int=1)), "amount": "1.5", "list": [1, 2],
        "large": 10**22, "zero": 0, "small": 1e-7, "中": None,
    }  # fmt: skip
    assert isinstance(plain(said)["large"], int)


def test_a_value_is_salted_and_an_empty_one_left_out():
    one, two = salted({"name": "王芳", "phone": "", "again": "王芳"})
    assert (one.name, two.name) == ("name", "again")
    assert one.commitment != two.commitment
