"""Profiles: what comes before what, where secrets may be, and how a file is refused."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.config import DEFAULT_BASE_URL, DEFAULT_IN_FLIGHT, DEFAULT_RATE, ProviderName
from bulkgen.errors import ConfigError
from bulkgen.ledger.home import FOLDER_NAME
from bulkgen.profile_file import FILE_NAME, ProfileTable, WebhookTable, read_profiles
from bulkgen.profiles import Profile, find_profile, merged, users_file

SENTINEL = "sEnTiNeL0123456789"


class Place:
    """A person's configuration folder, and a folder with a sheet and a home beside it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sheets = root / "sheets"
        self.home = self.sheets / FOLDER_NAME
        self.home.mkdir(parents=True)
        self.environment: dict[str, str] = {"XDG_CONFIG_HOME": str(root / "config")}
        self.users = users_file(self.environment)
        self.users.parent.mkdir(parents=True)

    def mine(self, text: str) -> None:
        self.users.write_text(text, "utf-8")

    def beside(self, text: str, home: Path | None = None) -> None:
        ((home or self.home) / FILE_NAME).write_text(text, "utf-8")

    def find(self, asked: str | None = None, **more: str) -> Profile:
        self.environment |= more
        return find_profile(asked, self.environment, self.sheets)

    def refusal(self, asked: str | None = None) -> ConfigError:
        with pytest.raises(ConfigError) as refused:
            self.find(asked)
        return refused.value


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


ACME = """
[profiles.acme]
provider = "abyssale"
base_url = "https://acme.example.com/"
key = { env = "ACME_KEY" }
rate = 4
in_flight = 50
notify = { env = "ACME_NOTIFY" }
[profiles.acme.webhook]
url = "https://hooks.example.com/acme"
listen = "127.0.0.1:9000"
secret = { env = "ACME_SECRET" }
"""
SECRETS = {"ACME_KEY": "acme-key", "ACME_SECRET": "acme-secret", "ACME_NOTIFY": "https://chat.example.com/acme"}


def test_without_a_profile_all_is_as_the_environment_and_the_defaults_say(place: Place) -> None:
    profile = place.find(ABYSSALE_API_KEY="key")
    filled, settings = profile.fill(place.environment), profile.settings(place.environment)
    assert (profile.name, filled.rate, filled.in_flight) == ("", DEFAULT_RATE, DEFAULT_IN_FLIGHT)
    assert (filled.webhook_url, filled.webhook_listen, filled.notify_url) == (None, None, None)
    assert (settings.api_key, settings.base_url, settings.profile) == ("key", DEFAULT_BASE_URL, "")
    assert settings.default_provider is ProviderName.ABYSSALE


def test_a_profile_says_what_nothing_before_it_says(place: Place) -> None:
    place.mine(ACME)
    profile = place.find("acme", **SECRETS)
    filled = profile.fill(place.environment)
    assert (filled.rate, filled.in_flight) == (4, 50)
    assert (filled.webhook_url, filled.webhook_listen) == ("https://hooks.example.com/acme", "127.0.0.1:9000")
    assert filled.notify_url == "https://chat.example.com/acme"
    settings = profile.settings(place.environment, webhooks=True)
    assert (settings.api_key, settings.base_url) == ("acme-key", "https://acme.example.com")
    assert (settings.webhook_secret, settings.profile) == ("acme-secret", "acme")
    assert settings.default_provider is ProviderName.ABYSSALE
    assert profile.notes(place.environment) == ()


def test_a_profile_that_is_asked_for_pays_whatever_the_shell_has(place: Place) -> None:
    """A key left in the shell must not pay for a customer who was named on the command line."""
    place.mine(ACME)
    left = {
        "ABYSSALE_API_KEY": "env-key",
        "ABYSSALE_BASE_URL": "https://env.example.com",
        "ABYSSALE_WEBHOOK_SECRET": "s",
    }
    profile = place.find("acme", **left, **SECRETS)
    settings = profile.settings(place.environment, webhooks=True)
    assert (settings.api_key, settings.base_url) == ("acme-key", "https://acme.example.com")
    assert settings.webhook_secret == "acme-secret"
    assert "ABYSSALE_API_KEY is set, and left aside" in " ".join(profile.notes(place.environment))
    given = profile.settings(place.environment, given={"ABYSSALE_API_KEY": "given"})
    assert (given.api_key, given.base_url) == ("given", "https://acme.example.com")


def test_the_environment_comes_before_a_profile_that_nobody_named_and_that_is_said(place: Place) -> None:
    """A key left in the shell pays from another workspace than the default profile's: the person is to see it."""
    place.mine('default_profile = "acme"' + ACME)
    above = {
        "ABYSSALE_API_KEY": "env-key",
        "ABYSSALE_BASE_URL": "https://env.example.com",
        "ABYSSALE_WEBHOOK_SECRET": "env-secret",
        "BULKGEN_NOTIFY_URL": "https://chat.example.com/env",
    }
    # The profile's own secrets are not set, and need not be.
    profile = place.find(**above)
    settings = profile.settings(place.environment, webhooks=True)
    assert (settings.api_key, settings.base_url) == ("env-key", "https://env.example.com")
    assert settings.webhook_secret == "env-secret"
    assert profile.fill(place.environment).notify_url == "https://chat.example.com/env"
    notes = " ".join(profile.notes(place.environment))
    assert "ABYSSALE_API_KEY is set" in notes
    assert "ABYSSALE_BASE_URL is set" in notes
    # An empty variable is one that is not set.
    empty = dict.fromkeys(above, " ") | SECRETS
    assert profile.settings(empty, webhooks=True).api_key == "acme-key"
    assert profile.settings(empty, webhooks=True).base_url == "https://acme.example.com"


def test_an_argument_comes_before_all(place: Place) -> None:
    place.mine(ACME)
    profile = place.find("acme", BULKGEN_NOTIFY_URL="https://chat.example.com/env", **SECRETS)
    filled = profile.fill(
        place.environment,
        rate=2,
        in_flight=7,
        webhook_url="https://given.example.com",
        webhook_listen="127.0.0.1:1",
        notify_url="https://chat.example.com/given",
    )
    assert (filled.rate, filled.in_flight, filled.webhook_listen) == (2, 7, "127.0.0.1:1")
    assert (filled.webhook_url, filled.notify_url) == ("https://given.example.com", "https://chat.example.com/given")


def test_the_name_is_the_argument_else_the_variable_else_the_default_of_the_nearer_file(place: Place) -> None:
    names = ("argument", "variable", "beside", "mine")
    tables = "".join(f"\n[profiles.{name}]\nrate = {n}" for n, name in enumerate(names, 1))
    place.mine('default_profile = "mine"' + tables)
    assert place.find().name == "mine"
    assert "the default of" in place.find().why
    place.beside('default_profile = "beside"')
    assert place.find().name == "beside"
    assert str(place.home) in place.find().notes({})[0]
    assert place.find(BULKGEN_PROFILE="variable").name == "variable"
    assert "BULKGEN_PROFILE" in place.find().why
    assert place.find("argument").name == "argument"
    assert place.find("argument").why == ""


def test_the_file_beside_the_ledger_wins_field_by_field(place: Place) -> None:
    place.mine(ACME)
    place.beside('[profiles.acme]\nrate = 2\nkey = { env = "OTHER_KEY" }\nwebhook.listen = "127.0.0.1:9999"')
    profile = place.find("acme", OTHER_KEY="other", **SECRETS)
    assert profile.fill(place.environment).rate == 2
    assert profile.fill(place.environment).in_flight == 50
    assert profile.fill(place.environment).webhook_listen == "127.0.0.1:9999"
    assert profile.fill(place.environment).webhook_url == "https://hooks.example.com/acme"
    assert profile.settings(place.environment).api_key == "other"


_rates = st.none() | st.floats(0.5, 10)
_counts = st.none() | st.integers(1, 99)
_webhooks = st.none() | st.builds(
    lambda said: WebhookTable(**{name: value for name, value in said.items() if value}),
    st.fixed_dictionaries(
        {
            "url": st.sampled_from((None, "https://a.example", "https://b.example")),
            "listen": st.sampled_from((None, "a:1")),
        }
    ),
)
_tables = st.builds(
    lambda said: ProfileTable(**{name: value for name, value in said.items() if value is not None}),
    st.fixed_dictionaries({"rate": _rates, "in_flight": _counts, "webhook": _webhooks}),
)


@given(_tables, _tables)
def test_of_two_tables_the_nearer_says_what_it_says_and_the_other_the_rest(
    mine: ProfileTable, theirs: ProfileTable
) -> None:
    both = merged(mine, theirs)
    for name in ("rate", "in_flight"):
        assert getattr(both, name) == (getattr(theirs, name) or getattr(mine, name))
    tables = [table.webhook or WebhookTable() for table in (mine, theirs, both)]
    for name in ("url", "listen"):
        was, over, now = (getattr(table, name) for table in tables)
        assert now == (over or was)


def test_a_profile_has_a_ledger_of_its_own_with_a_file_beside_it(place: Place) -> None:
    own = place.root / "acme-home"
    own.mkdir()
    place.mine(f'[profiles.acme]\nhome = "{own}"\nrate = 3')
    place.beside("[profiles.acme]\nrate = 1")
    # Named by its owner's own file, so it may name addresses.
    place.beside('[profiles.acme]\nrate = 5\nbase_url = "https://acme.example.com"', own)
    profile = place.find("acme")
    settings = profile.settings(place.environment)
    assert (profile.fill(place.environment).rate, settings.base_url) == (5, "https://acme.example.com")
    assert settings.environment["BULKGEN_HOME"] == str(own)
    assert profile.placed(place.environment)["BULKGEN_HOME"] == str(own)
    elsewhere = {**place.environment, "BULKGEN_HOME": str(place.home)}
    assert profile.placed(elsewhere) == elsewhere, "the environment comes first"
    assert find_profile("acme", elsewhere, place.sheets).fill(elsewhere).rate == 1


def test_the_studio_needs_no_key_and_no_secret_without_webhooks(place: Place) -> None:
    """Looking into the keyring may ask the person for a password: not for what is of no use."""
    place.mine(ACME)
    profile = place.find("acme")
    assert profile.settings(place.environment, provider=ProviderName.STUDIO).api_key is None
    with pytest.raises(ConfigError, match="ACME_KEY, which is not set") as refused:
        profile.settings(place.environment)
    assert refused.value.code == "no_key"
    place.environment["ACME_KEY"] = "key"
    assert profile.settings(place.environment).webhook_secret is None
    with pytest.raises(ConfigError, match="ACME_SECRET, which is not set"):
        profile.settings(place.environment, webhooks=True)
    with pytest.raises(ConfigError, match="ACME_NOTIFY, which is not set"):
        profile.fill(place.environment)


def test_a_profile_may_make_the_studio_the_default_beside_a_key(place: Place) -> None:
    place.mine('[profiles.dry]\nprovider = "studio"')
    settings = place.find("dry", ABYSSALE_API_KEY="key").settings(place.environment)
    assert settings.default_provider is ProviderName.STUDIO


FOREIGN = {
    "base_url": 'base_url = "https://evil.example.com"',
    "webhook.url": 'webhook.url = "https://evil.example.com"',
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_that_came_with_a_sheet_sends_no_key_to_an_address_of_its_own(place: Place, name: str) -> None:
    """Else unpacking an archive and running its sheet hands the workspace's key to whoever packed it."""
    place.beside(f'default_profile = "acme"\n[profiles.acme]\n{FOREIGN[name]}')
    refused = place.refusal()
    assert (refused.code, refused.where.rpartition(" ")[2]) == ("foreign_address", name)
    place.mine(f"[profiles.any]\n{FOREIGN[name]}")
    assert place.find().name == "acme", "an address that the person's own file names too is theirs"
    place.users.unlink()
    if name == "base_url":
        assert place.find(ABYSSALE_BASE_URL="https://evil.example.com/").name == "acme"
        del place.environment["ABYSSALE_BASE_URL"]
    assert place.find(BULKGEN_HOME=str(place.home)).name == "acme", "so is a home that they named"


def test_addresses_of_this_machine_and_of_the_api_may_be_named_by_any_file(place: Place) -> None:
    place.beside(f'[profiles.a]\nbase_url = "http://127.0.0.1:8711"\n[profiles.b]\nbase_url = "{DEFAULT_BASE_URL}"')
    assert place.find("a").settings(place.environment).base_url == "http://127.0.0.1:8711"
    assert place.find("b").settings(place.environment).base_url == DEFAULT_BASE_URL


def test_the_file_beside_the_ledger_cannot_move_the_ledger(place: Place) -> None:
    place.beside('[profiles.acme]\nhome = "/elsewhere"')
    assert "cannot say where the ledger is" in str(place.refusal("acme"))


def test_an_unknown_profile_is_named_with_the_near_miss_and_the_files(place: Place) -> None:
    place.mine("[profiles.acme]\n[profiles.globex]")
    refused = place.refusal("acne")
    assert refused.code == "unknown_profile"
    assert "Did you mean 'acme'" in refused.hint
    assert str(place.users) in refused.hint
    place.mine('default_profile = "gone"')
    assert "the default of" in str(place.refusal())


@pytest.mark.parametrize(
    "line",
    [
        f'key = "{SENTINEL}"',
        f'api_key = "{SENTINEL}"',
        f'ABYSSALE_API_KEY = "{SENTINEL}"',
        f'token = "{SENTINEL}"',
        f'password = "{SENTINEL}"',
        f'notify = "https://hooks.example.com/{SENTINEL}"',
        f'webhook.secret = "{SENTINEL}"',
        f'key = {{ env = "{SENTINEL}" }}',
        f'key = {{ value = "{SENTINEL}" }}',
        f'key = {{ key = "{SENTINEL}" }}',
        f'base_url = "https://user:{SENTINEL}@example.com"',
        f'base_url = "{SENTINEL}"',
        f'webhook = "{SENTINEL}"',
        f"{SENTINEL} = 1",
        f'key = "{SENTINEL}',
    ],
)
def test_a_secret_in_the_file_is_refused_and_never_shown(place: Place, line: str) -> None:
    """Files of settings are committed, copied and shown on screens; the message must not do what it warns of."""
    place.mine(f"[profiles.acme]\n{line}\n")
    refused = place.refusal("acme")
    assert refused.__cause__ is None
    if not line.startswith(SENTINEL):  # a field's name is shown: it is what was misspelt
        assert SENTINEL not in str(refused)
    if refused.code == "secret_in_file":
        assert "env =" in refused.hint
        assert "keyring" in refused.hint


REFUSALS: Mapping[str, tuple[str, str, str]] = {
    "not toml": ("default_profile = \n", "config.toml", "line 1"),
    "an unknown field": ("[profiles.acme]\nrte = 5", "config.toml, [profiles.acme]", "Did you mean 'rate'"),
    "an unknown field of webhooks": (
        '[profiles.acme.webhook]\nlisen = "a:1"',
        "[profiles.acme.webhook]",
        "Did you mean 'listen'",
    ),
    "an unknown field of a secret": (
        '[profiles.acme.key]\nkeyrng = "acme"',
        "[profiles.acme.key]",
        "Did you mean 'keyring'",
    ),
    "a profile on its own": ("[acme]\nrate = 5", "config.toml", "[profiles.acme]"),
    "an unknown provider": (
        '[profiles.acme]\nprovider = "abysale"',
        "config.toml, [profiles.acme]",
        "Did you mean 'abyssale'",
    ),
    "a rate in words": ('[profiles.acme]\nrate = "5"', "[profiles.acme]", "rate must be a number"),
    "a rate beyond the ceiling": ("[profiles.acme]\nrate = 50", "[profiles.acme]", "at most 10"),
    "a yes for a number": ("[profiles.acme]\nin_flight = true", "[profiles.acme]", "whole number"),
    "a home of no place": ('[profiles.acme]\nhome = "acme"', "[profiles.acme]", "whole path"),
    "two places for a key": (
        '[profiles.acme]\nkey = { env = "A", keyring = "a" }',
        "[profiles.acme]",
        "one place",
    ),
    "no place for a key": ("[profiles.acme]\nkey = {}", "[profiles.acme]", "one place"),
    "a profile that is no table": ("[profiles]\nacme = 1", "[profiles]", "must be a table"),
    "profiles that are no table": ("profiles = 1", "config.toml", "[profiles.NAME]"),
    "webhooks in the clear": (
        '[profiles.acme.webhook]\nurl = "http://hooks.example.com"',
        "[profiles.acme.webhook]",
        "https",
    ),
    "a place to listen without a port": (
        '[profiles.acme.webhook]\nlisten = "127.0.0.1"',
        "[profiles.acme.webhook]",
        "HOST:PORT",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_bad_file_is_refused_by_its_path_table_and_field(place: Place, case: str) -> None:
    text, where, words = REFUSALS[case]
    place.mine(text)
    refused = place.refusal("acme")
    assert str(place.users) in refused.where
    assert refused.where.endswith(where.removeprefix("config.toml, ")), refused.where
    assert words in str(refused)


def test_a_file_that_is_no_text_or_cannot_be_read_is_refused(place: Place) -> None:
    place.users.write_bytes(b"\xff\xfe")
    assert "UTF-8" in str(place.refusal())
    place.users.write_bytes(b"#" * 1_000_001)
    assert "over 1,000,000 bytes" in str(place.refusal())
    place.users.unlink()
    place.users.mkdir()
    assert "cannot be read" in str(place.refusal())
    assert read_profiles(place.root / "nowhere").profiles == {}


def test_the_users_file_is_where_the_system_keeps_such_files(tmp_path: Path) -> None:
    assert users_file({"HOME": str(tmp_path)}) == tmp_path / ".config" / "bulkgen" / "config.toml"
    assert users_file({"XDG_CONFIG_HOME": "/etc/xdg"}) == Path("/etc/xdg/bulkgen/config.toml")
    relative = {"XDG_CONFIG_HOME": "relative", "HOME": str(tmp_path)}
    assert users_file(relative) == tmp_path / ".config" / "bulkgen" / "config.toml"


KEYRING = """
[profiles.acme]
key = { keyring = "acme" }
"""


@pytest.fixture
def stored() -> Iterator[dict[tuple[str, str], str]]:
    """The real package with a backend that keeps its secrets in this dict."""
    keyring = pytest.importorskip("keyring")
    from keyring.backend import KeyringBackend

    kept: dict[tuple[str, str], str] = {}

    class Backend(KeyringBackend):
        priority = 1

        def get_password(self, service: str, username: str) -> str | None:
            if username == "locked":
                raise keyring.errors.KeyringLocked("the text of a backend")
            return kept.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            raise AssertionError("nothing is written")

    before = keyring.get_keyring()
    keyring.set_keyring(Backend())
    yield kept
    keyring.set_keyring(before)


def test_a_key_is_read_from_the_keyring(place: Place, stored: dict[tuple[str, str], str]) -> None:
    stored["bulkgen", "acme"] = "from-the-keyring\n"
    place.mine(KEYRING)
    assert place.find("acme").settings(place.environment).api_key == "from-the-keyring"


def test_a_keyring_without_the_key_says_how_to_put_it_there(place: Place, stored: dict[tuple[str, str], str]) -> None:
    place.mine(KEYRING)
    with pytest.raises(ConfigError) as refused:
        place.find("acme").settings(place.environment)
    assert "keyring set bulkgen acme" in refused.value.hint
    place.mine(KEYRING.replace('"acme"', '"locked"'))
    with pytest.raises(ConfigError, match="cannot be read: KeyringLocked") as refused:
        place.find("acme").settings(place.environment)
    assert "the text of a backend" not in str(refused.value)


def test_without_the_package_the_extra_is_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    place.mine(KEYRING)
    profile = place.find("acme")
    with pytest.raises(ConfigError) as refused:
        profile.settings(place.environment)
    assert refused.value.code == "no_keyring"
    assert "bulkgen[keyring]" in refused.value.hint
    given = {"ABYSSALE_API_KEY": "k"}
    assert profile.settings(place.environment, given=given).api_key == "k", "not asked where not needed"
