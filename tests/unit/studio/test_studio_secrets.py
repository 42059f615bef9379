"""The signing secret's life, on times that are made up."""

from __future__ import annotations

import pytest

from bulkgen.studio.signing import (
    OVERLAP_SECONDS,
    PreviousSecretActiveError,
    from_json,
    mint,
    revoke,
    rotate,
    secret_body,
    to_json,
)

A, B, C = "a" * 64, "b" * 64, "c" * 64


def test_two_secrets_are_valid_for_a_day_after_a_rotation_and_then_one() -> None:
    """A receiver that has not taken over the new one yet would refuse every delivery."""
    secret = rotate(mint(A, 100), B, 200, force=False)
    assert secret.valid_at(200) == (f"whsec_{B}", f"whsec_{A}")
    assert secret.valid_at(200 + OVERLAP_SECONDS - 1) == (f"whsec_{B}", f"whsec_{A}")
    assert secret.valid_at(200 + OVERLAP_SECONDS) == (f"whsec_{B}",)
    assert secret_body(secret, 200) == {
        "secret": f"whsec_{B}",
        "created_at_ts": 100,
        "rotated_at_ts": 200,
        "previous_secret_expires_at_ts": 200 + OVERLAP_SECONDS,
    }
    assert secret_body(secret, 200 + OVERLAP_SECONDS)["previous_secret_expires_at_ts"] is None


def test_a_second_rotation_within_the_day_must_be_forced() -> None:
    """It ends a secret that a receiver may still hold."""
    secret = rotate(mint(A, 0), B, 10, force=False)
    with pytest.raises(PreviousSecretActiveError):
        rotate(secret, C, 20, force=False)
    assert rotate(secret, C, 20, force=True).valid_at(20) == (f"whsec_{C}", f"whsec_{B}")
    assert rotate(secret, C, 10 + OVERLAP_SECONDS, force=False).secret == f"whsec_{C}"


def test_revoking_leaves_the_newest_alone() -> None:
    """After a leak the old secret must not be good for one more delivery."""
    secret = rotate(mint(A, 0), B, 10, force=False)
    assert revoke(secret, C, 20).valid_at(20) == (f"whsec_{B}",)
    assert revoke(None, C, 20) == rotate(None, C, 20, force=False) == mint(C, 20)


def test_a_secret_is_read_back_as_it_was_written_and_never_shown() -> None:
    """What a log shows, anyone who sees the log can sign with."""
    secret = rotate(mint(A, 0), B, 10, force=False)
    assert from_json(to_json(secret)) == secret
    assert A not in repr(secret)
    assert B not in repr(secret)
