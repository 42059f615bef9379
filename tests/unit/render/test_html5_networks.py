"""The table of ad networks, the address of a click, and what is told of a banner over a limit."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bulkgen.render.failures import RenderError
from bulkgen.render.html5.click import head_script, read_click_tag, script_string
from bulkgen.render.html5.networks import Weight, network_of, networks, over_limits

DOCS = Path(__file__).parents[3] / "docs" / "how-to.md"


@pytest.mark.parametrize("name", sorted(networks()))
def test_each_figure_says_where_it_was_read_and_when(name: str) -> None:
    """A limit that nobody can look up again is a rumour."""
    network = networks()[name]
    for figure in network.figures.values():
        assert figure.source == "none" or figure.source.startswith("https://"), figure
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", figure.seen), figure
    assert network.click in ("clickTag", "exit", "adform")


def test_every_network_of_the_api_is_there() -> None:
    named = {"default", "google-ads", "google-marketing", "adform", "amazon-ads", "adroll", "iab", "custom"}
    assert named == set(networks())


@pytest.mark.parametrize("name", [None, "", "default", "Google-Ads ", "custom"])
def test_a_network_is_found_by_its_name(name: str | None) -> None:
    network, told = network_of(name)
    assert told is None
    assert network.name == (name or "default").strip().lower()


def test_an_unknown_network_is_told_with_those_that_are_known() -> None:
    network, told = network_of("gogle-ads")
    assert network.name == "default"
    assert told is not None
    assert "'gogle-ads'" in told
    assert "google-ads" in told


@pytest.mark.parametrize(
    ("name", "weight", "words"),
    [
        ("google-ads", Weight(150_000, 5, 10.0, 2), None),
        ("google-ads", Weight(150_001, 5, 10.0, 0), "the ZIP file has 151 kB, at most 150 are taken"),
        ("google-ads", Weight(1, 41, 10.0, 0), "has 41 files, at most 40"),
        ("google-ads", Weight(1, 5, 10.1, 2), "moves for 3 times 10.1 s, at most 30 s"),
        ("google-ads", Weight(1, 5, 31.0, 0), "moves for 31 s, at most 30 s"),
        ("google-ads", Weight(1, 5, 1.0, -1), "plays for ever (repeat -1), and must stop after 30 s"),
        ("amazon-ads", Weight(1, 5, 2.0, 3), "plays 4 times, at most 3"),
        ("adroll", Weight(1, 5, 2.0, 1), "plays 2 times, at most 1"),
        ("adform", Weight(300_001, 5, 2.0, 1), "unpacked it has 301 kB, at most 300"),
        ("iab", Weight(150_001, 5, 2.0, 0), "at most 150"),
        ("default", Weight(9_000_000, 500, 600.0, -1), None),
    ],
)
def test_what_is_over_a_limit_is_told(name: str, weight: Weight, words: str | None) -> None:
    found = over_limits(networks()[name], (300, 250), weight)
    if words is None:
        assert found == []
    else:
        assert len(found) == 1
        assert words in found[0]


def test_the_iab_has_a_limit_for_each_size() -> None:
    iab = networks()["iab"]
    assert [iab.most_bytes(*size) for size in ((320, 50), (970, 250), (123, 456))] == [50_000, 250_000, 300_000]


@pytest.mark.parametrize(
    ("said", "is_https"),
    [
        ("https://example.com/a?b=1&c=%20#d", True),
        ("HTTP://example.com", False),
        ("[UNENCODED_CLICK_REDIRECT]https://example.com/", True),
        ("%%CLICK_URL_UNESC%%https://example.com/", True),
        ("${CLICK_URL}", None),
        ("{MY_CLICK_TAG}", None),
        ("%%CLICK_URL%%https%3A%2F%2Fexample.com", None),
    ],
)
def test_an_address_a_macro_or_both_are_passed_on_as_they_are(said: str, is_https: bool | None) -> None:
    tag = read_click_tag(f" {said} ")
    assert (tag.text, tag.is_https) == (said, is_https)


@pytest.mark.parametrize(
    "said",
    [
        "javascript:alert(1)",
        "JavaScript:alert('https://example.com')",
        "java\tscript:alert(1)",
        "[M]javascript:alert(1)//https://example.com",
        "data:text/html,<script>1</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "example.com",
        "/there",
        "mailto:a@example.com",
        "https://exa mple.com",
    ],
)
def test_what_would_open_no_page_is_refused(said: str) -> None:
    """A click that runs something is an attack; one that opens nothing is money lost."""
    with pytest.raises(RenderError, match=r"html5\.click_tag is"):
        read_click_tag(said)


@pytest.mark.parametrize("form", ["clickTag", "exit", "adform"])
def test_an_address_stays_a_string_of_the_script(form: str) -> None:
    text = 'https://example.com/</script><script>alert(1)</script><!--?a="b"\\\'&c=d\u2028'
    literal = script_string(text)
    assert json.loads(literal) == text
    assert "<" not in literal
    assert head_script(form, read_click_tag("https://example.com/</script>")).count("</script>") == (
        2 if form == "adform" else 1
    )


def test_the_address_is_where_networks_look_for_it() -> None:
    assert 'var clickTag = "https://example.com/?a=1&b=2";' in head_script(
        "clickTag", read_click_tag("https://example.com/?a=1&b=2")
    )


def test_the_docs_have_the_table_as_it_is() -> None:
    """A figure that was changed in one place only misleads whoever reads the other."""
    text = DOCS.read_text("utf-8")
    for name, network in networks().items():
        kb = network.figures.get("kb")
        cells = [
            f"`{name}`",
            str(kb.value) if kb else "",
            str(network.most_files or ""),
            str(network.most_seconds or ""),
            str(network.most_plays or ""),
        ]
        row = next((line for line in text.splitlines() if line.startswith(f"| `{name}` ")), None)
        assert row is not None, name
        found = [cell.strip() for cell in row.strip("|").split("|")]
        assert found[:1] + [re.sub(r"\D.*", "", cell) for cell in found[2:6]] == cells, row
