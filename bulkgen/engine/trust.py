"""Whom to trust: the certificates that the usual variables name, else the system's own.

    SSL_CERT_FILE, SSL_CERT_DIR | REQUESTS_CA_BUNDLE | CURL_CA_BUNDLE -> ssl.SSLContext

OpenSSL reads the first two by itself, and passes over a file that is not there; the others are what a company that
looks into its own traffic has usually set for Python and curl.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path

from bulkgen.errors import ConfigError

OPENSSL_NAMES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
BUNDLE_NAMES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def trusted(url: str) -> ssl.SSLContext | bool:
    """For calls to that address, as aiohttp takes it; only https asks for trust. Raises ConfigError for certificates
    that are named and cannot be used: left unsaid, they would look like an attack at the first call."""
    if not url.startswith("https:"):
        return True
    places = _named(OPENSSL_NAMES)
    if places:
        # Whatever of the two is not named keeps its default.
        context = ssl.create_default_context()
    else:
        places = _named(BUNDLE_NAMES)[:1]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if places else ssl.create_default_context()
    for name, place in places:
        _load(context, name, place)
    return context


def _named(names: tuple[str, ...]) -> list[tuple[str, Path]]:
    return [(name, Path(value)) for name in names if (value := os.environ.get(name, "").strip())]


def _load(context: ssl.SSLContext, name: str, place: Path) -> None:
    try:
        if place.is_dir():
            context.load_verify_locations(capath=place)
        else:
            context.load_verify_locations(cafile=place)
    except OSError as error:  # an SSLError is one
        is_empty = isinstance(error, ssl.SSLError)
        raise ConfigError(
            f"{name} names certificates that cannot be "
            + ("used: there is none in it" if is_empty else f"read: {error.strerror}"),
            code="bad_certificates",
            where=str(place),
            hint="Set it to a file of certificates in PEM form, or unset it for the system's own.",
        ) from error
