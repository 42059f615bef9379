"""The workspace's signing secret: minted when it is first read, rotated with an overlap, revoked (reference 5.6). Pure.

    (secret or None, token, now) -> secret

`store` keeps it, so that deliveries stay signed after a restart; `callbacks` signs with what `valid_at` gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

# A receiver has a day to take over the new secret.
OVERLAP_SECONDS = 24 * 3600

PREFIX = "whsec_"


class PreviousSecretActiveError(Exception):
    """A rotation within the overlap of the last one: the secret that a receiver may still hold would be lost."""


@dataclass(frozen=True, slots=True)
class SigningSecret:
    secret: str
    created_at: float
    rotated_at: float | None = None
    previous: str | None = None
    previous_expires_at: float | None = None

    def __repr__(self) -> str:
        return f"SigningSecret(created_at={self.created_at}, previous_expires_at={self.previous_expires_at})"

    def has_previous(self, now: float) -> bool:
        return self.previous is not None and self.previous_expires_at is not None and now < self.previous_expires_at

    def valid_at(self, now: float) -> tuple[str, ...]:
        """The newest first."""
        return (self.secret, self.previous) if self.previous and self.has_previous(now) else (self.secret,)


def mint(token: str, now: float) -> SigningSecret:
    """`token`: 64 hexadecimal digits nobody can guess."""
    return SigningSecret(PREFIX + token, now)


def rotate(current: SigningSecret | None, token: str, now: float, *, force: bool) -> SigningSecret:
    """Raises PreviousSecretActiveError."""
    if current is None:
        return mint(token, now)
    if current.has_previous(now) and not force:
        raise PreviousSecretActiveError
    return SigningSecret(PREFIX + token, current.created_at, now, current.secret, now + OVERLAP_SECONDS)


def revoke(current: SigningSecret | None, token: str, now: float) -> SigningSecret:
    """The previous one ends now; the API takes up to a minute."""
    if current is None:
        return mint(token, now)
    return SigningSecret(current.secret, current.created_at, current.rotated_at)


def secret_body(secret: SigningSecret, now: float) -> dict[str, Any]:
    expires_at = secret.previous_expires_at if secret.has_previous(now) else None
    return {
        "secret": secret.secret,
        "created_at_ts": int(secret.created_at),
        "rotated_at_ts": None if secret.rotated_at is None else int(secret.rotated_at),
        "previous_secret_expires_at_ts": None if expires_at is None else int(expires_at),
    }


def to_json(secret: SigningSecret) -> dict[str, Any]:
    return asdict(secret)


def from_json(body: Mapping[str, Any]) -> SigningSecret:
    return SigningSecret(**body)
