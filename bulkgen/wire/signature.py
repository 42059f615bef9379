"""Webhook signatures: HMAC-SHA256 over time and raw body (reference 5.6).

Both functions are pure; the receiver passes the current time.
"""

from __future__ import annotations

import hashlib
import hmac

HEADER = "X-Abyssale-Signature"
DELIVERY_HEADER = "X-Abyssale-Delivery-Id"

# Both sides of now, from the reference: a late retry carries a fresh time, so this only stops replays.
TOLERANCE_SECONDS = 300


def sign(body: bytes, secret: str, at: int) -> str:
    """Lower-case hex of the signature of `body` at Unix second `at`."""
    message = b"v1:webhook:" + str(at).encode() + b"." + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def header(body: bytes, secrets: tuple[str, ...], at: int) -> str:
    """The header's value; two secrets overlap for a day after a rotation."""
    return ",".join([f"t={at}", *(f"v1={sign(body, secret, at)}" for secret in secrets)])


def verify(body: bytes, value: str, secret: str, now: float) -> bool:
    """Whether any `v1` in the header matches and `t` is within the tolerance. Never raises."""
    times, signatures = [], []
    for part in value.split(","):
        key, _, text = part.strip().partition("=")
        if key == "t":
            times.append(text)
        elif key == "v1":
            signatures.append(text)
    if len(times) != 1 or not (times[0].isascii() and times[0].isdigit()) or len(times[0]) > 12:
        return False
    at = int(times[0])
    if abs(now - at) > TOLERANCE_SECONDS:
        return False
    expected = sign(body, secret, at).encode()
    return any(hmac.compare_digest(expected, candidate.encode("utf-8", "replace")) for candidate in signatures)
