"""Empty and repeated keys, under every policy."""

from __future__ import annotations

import pytest

from bulkgen.mapping.keys import Duplicates, resolve_keys
from bulkgen.sheet.model import Origin


def decide(keys: list[str], policy: str) -> list[str]:
    decisions = resolve_keys([(Origin("S", row + 2, "sku"), key) for row, key in enumerate(keys)], policy)
    return [
        (decision.problem.code if decision.problem else "") or decision.skipped or decision.key
        for decision in decisions
    ]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("refuse", ["repeated_key", "b", "repeated_key", "empty_key", "repeated_key"]),
        ("first", ["a", "b", "same key as row 2", "empty_key", "same key as row 2"]),
        ("last", ["same key as row 6", "b", "same key as row 6", "empty_key", "a"]),
        ("each", ["a", "b", "a (2)", "empty_key", "a (3)"]),
    ],
)
def test_a_policy_decides_repeated_keys(policy: str, expected: list[str]) -> None:
    """Two rows under one identity overwrite each other's results."""
    assert decide(["a", "b", "a", "", "a"], policy) == expected


def test_rows_with_one_key_name_each_other() -> None:
    decisions = resolve_keys([(Origin("S", row, "sku"), "a") for row in (2, 5, 9)], Duplicates.REFUSE)
    assert [str(decision.problem.message) for decision in decisions if decision.problem] == [
        "the key 'a' also stands in rows 5, 9",
        "the key 'a' also stands in rows 2, 9",
        "the key 'a' also stands in rows 2, 5",
    ]


def test_a_long_list_of_rows_is_cut() -> None:
    decisions = resolve_keys([(Origin("S", row, "sku"), "a") for row in range(2, 1002)])
    assert decisions[-1].problem is not None
    assert decisions[-1].problem.message == "the key 'a' also stands in rows 2, 3, 4, 5, 6 and 994 more"


def test_a_numbered_key_does_not_collide_with_a_real_one() -> None:
    assert decide(["a", "a (2)", "a"], "each") == ["a", "a (2)", "a (3)"]


def test_keys_differ_by_every_character() -> None:
    assert decide(["a", "A", "0a"], "refuse") == ["a", "A", "0a"]
