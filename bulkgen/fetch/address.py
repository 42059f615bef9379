"""An address as it may be told. Pure."""

from __future__ import annotations

from yarl import URL

_SHOWN_CHARACTERS = 200


def shown(address: str) -> str:
    """An address as it may be told and logged: what stands after `?` may be a secret, and so may a user name."""
    try:
        text = str(URL(address).with_user(None).with_query(None).with_fragment(None))
    except ValueError:
        text = address.partition("?")[0]
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"
