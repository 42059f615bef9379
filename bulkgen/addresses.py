"""Addresses that a person gives us to be called at, or to call: checked before a run begins. Pure.

    text -> WebhookPlace, or a ConfigError that names the option

What is secret in an address (a token in its path) never stands in a message: messages name the option, not its value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from bulkgen.errors import ConfigError

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})

# Loopback: what reaches us from outside comes through a tunnel or a reverse proxy, which also speaks TLS.
DEFAULT_LISTEN = "127.0.0.1:8787"


@dataclass(frozen=True, slots=True)
class WebhookPlace:
    """Where the provider reaches us, and where we listen for what is passed on. `url` has no slash at its end."""

    url: str = field(repr=False)
    host: str
    port: int


def webhook_place(url: str | None, listen: str | None) -> WebhookPlace | None:
    """None: no webhooks. Raises ConfigError."""
    if url is None:
        if listen is not None:
            raise ConfigError(
                f"--webhook-listen {listen} is of no use without --webhook-url",
                hint="Add --webhook-url URL: the public address under which the provider reaches this machine.",
            )
        return None
    parts = check_address("--webhook-url", url)
    if parts.query or parts.fragment:
        raise ConfigError(
            "--webhook-url has a query or a fragment",
            hint="Give the address alone: bulkgen adds its own path and token to it.",
        )
    if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
        raise ConfigError(
            f"--webhook-url is plain http to {parts.hostname}: whoever is on the way could read and forge deliveries",
            hint="Use an https address. Plain http is for this machine alone (127.0.0.1).",
        )
    host, port = listen_place(listen or DEFAULT_LISTEN)
    return WebhookPlace(url.strip().rstrip("/"), host, port)


def listen_place(listen: str) -> tuple[str, int]:
    """`127.0.0.1:8787`, `[::1]:8787` -> host and port. Raises ConfigError."""
    host, colon, port = listen.strip().rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    host = host[1:-1] if bracketed else host
    is_number = port.isascii() and port.isdigit()
    if not colon or not host or (":" in host and not bracketed) or not is_number or not 0 < int(port[:6]) < 65536:
        raise ConfigError(
            f"--webhook-listen {listen!r} is not HOST:PORT",
            hint=f"For example {DEFAULT_LISTEN}, or 0.0.0.0:8787 for all addresses of this machine.",
        )
    return host, int(port)


def check_address(option: str, url: str) -> SplitResult:
    """An http(s) address with a host, in its parts. Raises ConfigError without the address in it."""
    try:
        parts = urlsplit(url.strip())
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good or any(char.isspace() for char in url.strip()):
        raise ConfigError(f"{option} is no http(s) address", hint="It begins with https:// and a host name.")
    return parts
