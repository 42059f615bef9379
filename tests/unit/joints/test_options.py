"""What a run can be asked: combinations that cannot be meant are refused before anything is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bulkgen.addresses import WebhookPlace
from bulkgen.config import RunOptions, Settings
from bulkgen.errors import ConfigError

SHEET = Path("sheet.csv")


@pytest.mark.parametrize(
    ("url", "listen", "place"),
    [
        (None, None, None),
        ("https://hooks.example.com", None, WebhookPlace("https://hooks.example.com", "127.0.0.1", 8787)),
        ("https://example.com/in/ ", "0.0.0.0:80", WebhookPlace("https://example.com/in", "0.0.0.0", 80)),
        ("http://127.0.0.1:9000", "[::1]:9000", WebhookPlace("http://127.0.0.1:9000", "::1", 9000)),
        ("http://localhost", "localhost:1", WebhookPlace("http://localhost", "localhost", 1)),
    ],
)
def test_a_webhook_has_an_address_for_the_provider_and_a_place_to_listen(
    url: str | None, listen: str | None, place: WebhookPlace | None
) -> None:
    assert RunOptions(SHEET, webhook_url=url, webhook_listen=listen).webhook == place


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"webhook_listen": "127.0.0.1:80"}, "without --webhook-url"),
        ({"webhook_url": "http://hooks.example.com"}, "plain http to hooks.example.com"),
        ({"webhook_url": "hooks.example.com"}, "no http(s) address"),
        ({"webhook_url": "ftp://hooks.example.com"}, "no http(s) address"),
        ({"webhook_url": "https://"}, "no http(s) address"),
        ({"webhook_url": "https://[broken"}, "no http(s) address"),
        ({"webhook_url": "https://example.com:99999"}, "no http(s) address"),
        ({"webhook_url": "https://example.com/a b"}, "no http(s) address"),
        ({"webhook_url": "https://example.com/?a=b"}, "query or a fragment"),
        *(
            ({"webhook_url": "https://example.com", "webhook_listen": listen}, "not HOST:PORT")
            for listen in ("8787", ":8787", "host:", "host:0", "host:65536", "host:http", "::1:80", "host:-1", "host:²")
        ),
        ({"notify_url": "hooks.example.com/secret-token"}, "--notify is no http(s) address"),
        ({"log_file": SHEET}, "is the sheet"),
        ({"out": Path("out.csv"), "log_file": Path("out.csv")}, "is the report"),
        ({"rate": 0.0}, "--rate"),
        ({"in_flight": 0}, "--in-flight"),
        ({"limit": 0}, "--limit"),
        ({"max_credits": 0}, "--max-credits"),
        ({"max_gone": 101.0}, "--max-gone"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused_by_its_name(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as refused:
        RunOptions(SHEET, **given)
    assert words in str(refused.value)
    assert "secret-token" not in str(refused.value)


def test_what_is_secret_shows_in_no_repr() -> None:
    """A repr ends in logs and bug reports; whoever reads an address with a token in it can use it."""
    secret = "s3cr3t"
    options = RunOptions(SHEET, notify_url=f"https://example.com/{secret}", webhook_url=f"https://example.com/{secret}")
    environment = {"ABYSSALE_API_KEY": secret, "ABYSSALE_WEBHOOK_SECRET": secret, "BULKGEN_STUDIO_KEY": secret}
    settings = Settings.from_environment(environment)
    assert settings.webhook_secret == secret
    assert secret not in repr(options) + repr(options.webhook) + repr(settings)
