"""The chain: each entry follows from the one before, and no change goes unnoticed."""

from __future__ import annotations

from typing import Any

import pytest

from introstat.register.ledger import GENESIS, StoredEntry, link, verify
from introstat.vocabulary.errors import ChainBroken

FIRST = StoredEntry(
    1, 1_480_000_000_000_000, "programme", 1, "ab12", 2016, None, "office", "2016-000001", b"n" * 12, b"text"
)

Chain = list[tuple[StoredEntry, bytes]]


@pytest.fixture
def chain() -> Chain:
    links: Chain = []
    previous = GENESIS
    for sequence in range(1, 6):
        entry = FIRST._replace(sequence=sequence, ciphertext=b"%d" % sequence)
        previous = link(previous, entry)
        links.append((entry, previous))
    return links


def test_a_chain_verifies_and_says_where_it_ends(chain: Chain) -> None:
    assert verify(chain) == (5, chain[-1][1])
    assert verify([]) == (0, GENESIS)


def test_the_rest_of_a_chain_verifies_from_where_it_was_left(chain: Chain) -> None:
    assert verify(chain[2:], sequence=2, previous=chain[1][1]) == (5, chain[-1][1])


@pytest.mark.parametrize(
    "change",
    [
        {"recorded": 1},
        {"kind": "correction"},
        {"person": 2},
        {"person": None},
        {"subject": "ab13"},
        {"year": 2017},
        {"year": None},
        {"municipality": "0301"},
        {"actor": "somebody"},
        {"delivery": None},
        {"nonce": b"m" * 12},
        {"ciphertext": b"other"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_stored_field_is_part_of_the_hash(chain: Chain, change: dict[str, Any]) -> None:
    entry, stored = chain[2]
    chain[2] = (entry._replace(**change), stored)
    with pytest.raises(ChainBroken, match="Entry 3"):
        verify(chain)


def test_text_cannot_wander_from_one_field_to_the_next() -> None:
    moved = FIRST._replace(actor="offic", delivery="e2016-000001")
    assert link(GENESIS, moved) != link(GENESIS, FIRST)
    assert link(GENESIS, FIRST._replace(nonce=b"n" * 11, ciphertext=b"ntext")) != link(GENESIS, FIRST)


def test_an_entry_that_is_gone_is_missed(chain: Chain) -> None:
    del chain[1]
    with pytest.raises(ChainBroken, match="Entry 2 of the ledger is missing"):
        verify(chain)


def test_entries_that_changed_places_are_noticed(chain: Chain) -> None:
    chain[1], chain[2] = chain[2], chain[1]
    with pytest.raises(ChainBroken):
        verify(chain)


def test_an_entry_made_anew_breaks_the_next_one(chain: Chain) -> None:
    forged = chain[1][0]._replace(ciphertext=b"forged")
    chain[1] = (forged, link(chain[0][1], forged))
    with pytest.raises(ChainBroken, match="Entry 3"):
        verify(chain)
