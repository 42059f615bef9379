"""Profiles: the settings of one customer or workspace under a name.

    --profile | BULKGEN_PROFILE | default_profile -> Profile -> Settings, and options that were not given

Two files hold them: the user's own, and one beside the ledger, which wins field by field. Before both come arguments
and the environment; but who names a profile on the command line means that customer's key, whatever the shell has.
Left out: the shape of the files (`profile_file`).

A folder found beside a sheet may have come with it from somebody else. The file in it may choose a profile and its
pace, but a key goes only to addresses that the user's own file or the environment names too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar
from urllib.parse import urlsplit

from bulkgen.addresses import LOOPBACK_HOSTS
from bulkgen.config import (
    API_KEY_NAME,
    BASE_URL_NAME,
    DEFAULT_BASE_URL,
    DEFAULT_IN_FLIGHT,
    DEFAULT_RATE,
    NOTIFY_NAME,
    PROFILE_NAME,
    WEBHOOK_SECRET_NAME,
    ProviderName,
    Settings,
)
from bulkgen.errors import ConfigError
from bulkgen.keyrings import read_secret
from bulkgen.ledger.home import ENVIRONMENT_NAME, Home
from bulkgen.names import did_you_mean
from bulkgen.profile_file import FILE_NAME, ProfileFile, ProfileTable, Secret, WebhookTable, read_profiles

CONFIG_HOME_NAME = "XDG_CONFIG_HOME"

Environment = Mapping[str, str]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Filled:
    """Options of a run after the profile: what was given, else what it says, else the default."""

    rate: float
    in_flight: int
    webhook_url: str | None = field(repr=False)
    webhook_listen: str | None
    notify_url: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Profile:
    """The profile of a run, put together from its files; without a name there is none. `why` says what chose it where
    the person did not, for a line on the terminal."""

    name: str = ""
    table: ProfileTable = field(default_factory=ProfileTable)
    why: str = ""

    def fill(
        self,
        environment: Environment,
        *,
        rate: float | None = None,
        in_flight: int | None = None,
        webhook_url: str | None = None,
        webhook_listen: str | None = None,
        notify_url: str | None = None,
        with_secrets: bool = True,
    ) -> Filled:
        """Raises ConfigError where a secret is not where the profile says; without `with_secrets` none is looked up."""
        table, webhook = self.table, self._webhook
        secret = table.notify if with_secrets else None
        return Filled(
            rate=_first(rate, table.rate, DEFAULT_RATE),
            in_flight=_first(in_flight, table.in_flight, DEFAULT_IN_FLIGHT),
            webhook_url=webhook_url if webhook_url is not None else webhook.url,
            webhook_listen=webhook_listen if webhook_listen is not None else webhook.listen,
            notify_url=notify_url or _set(environment, NOTIFY_NAME) or self._secret(secret, "notify", environment),
        )

    def placed(self, environment: Environment) -> dict[str, str]:
        """The environment with the profile's home below it: enough to find the ledger, without a look at a secret."""
        home = {} if _set(environment, ENVIRONMENT_NAME) or self._home is None else {ENVIRONMENT_NAME: self._home}
        return {**environment, **home}

    def settings(
        self,
        environment: Environment,
        *,
        provider: ProviderName | None = None,
        webhooks: bool = False,
        given: Environment = MappingProxyType({}),
    ) -> Settings:
        """The machine's side. `given` are variables that an argument stands for. Secrets are looked for only where they
        are of use: no key for the studio, no signing secret without webhooks. Raises ConfigError."""
        table = self.table
        said: dict[str, str | None] = {BASE_URL_NAME: table.base_url}
        if (provider or table.provider) is not ProviderName.STUDIO and self._counts(API_KEY_NAME, environment, given):
            said[API_KEY_NAME] = self._secret(table.key, "key", environment)
        if webhooks and self._counts(WEBHOOK_SECRET_NAME, environment, given):
            said[WEBHOOK_SECRET_NAME] = self._secret(self._webhook.secret, "webhook.secret", environment)
        ours = {name: value for name, value in said.items() if value and self._counts(name, environment, given)}
        return Settings.from_environment(
            self.placed(environment) | ours | dict(given), provider=table.provider, profile=self.name
        )

    def _counts(self, name: str, environment: Environment, given: Environment) -> bool:
        """Whether what the profile says is what counts."""
        return name not in given and (self.is_asked or not _set(environment, name))

    @property
    def is_asked(self) -> bool:
        """Named by an argument, which is nearer than any variable."""
        return bool(self.name) and not self.why

    def notes(self, environment: Environment) -> tuple[str, ...]:
        """What a person would want to know before this profile pays."""
        notes = [f"Profile: {self.name}, {self.why}"] if self.why else []
        given = (API_KEY_NAME, self.table.key, "key"), (BASE_URL_NAME, self.table.base_url, "address")
        notes += [
            f"Note: {variable} is set, and "
            + (f"left aside for the {what} of" if self.is_asked else f"comes before the {what} of")
            + f" the profile {self.name}."
            for variable, value, what in given
            if value and _set(environment, variable)
        ]
        return tuple(notes)

    @property
    def _webhook(self) -> WebhookTable:
        return self.table.webhook or WebhookTable()

    @property
    def _home(self) -> str | None:
        return str(Path(self.table.home).expanduser()) if self.table.home else None

    def _secret(self, secret: Secret | None, name: str, environment: Environment) -> str | None:
        if secret is None:
            return None
        what = f"the {name} of the profile {self.name!r}"
        if secret.keyring is not None:
            return read_secret(secret.keyring, what)
        variable = secret.env or ""
        found = _set(environment, variable)
        if found is None:
            raise ConfigError(
                f"{what} is to be in the variable {variable}, which is not set",
                code="no_key",
                hint=f"export {variable}=... in the shell, or in the settings of the job that starts this.",
            )
        return found


def find_profile(asked: str | None, environment: Environment, near: Path) -> Profile:
    """The profile for a run near that folder. Raises ConfigError for a name that no file has, and for a bad file."""
    users_path = users_file(environment)
    users = read_profiles(users_path)
    is_named = _set(environment, ENVIRONMENT_NAME) is not None
    home = Home.find(near, environment)
    path = home.root / FILE_NAME
    homes = read_profiles(path)
    name, why = _chosen(asked, environment, ((homes.default_profile, path), (users.default_profile, users_path)))
    if not name:
        return Profile()
    mine = users.profiles.get(name, ProfileTable())
    if mine.home and not is_named:
        # The profile's own ledger lies elsewhere, and so does the file beside it.
        path = Path(mine.home).expanduser() / FILE_NAME
        homes, is_named = read_profiles(path), True
    if name not in users.profiles and name not in homes.profiles:
        known = sorted({*users.profiles, *homes.profiles})
        raise ConfigError(
            f"there is no profile {name!r}" + (f" ({why})" if why else ""),
            code="unknown_profile",
            hint=f"{did_you_mean(name, known)} Profiles are in {users_path} and {path}.",
        )
    theirs = homes.profiles.get(name, ProfileTable())
    _check_beside_ledger(theirs, path, name)
    if not is_named:
        _check_addresses(theirs, users, environment, path, name, users_path)
    return Profile(name, merged(mine, theirs), why)


def merged(mine: ProfileTable, theirs: ProfileTable) -> ProfileTable:
    """`theirs` over `mine`, field by field; what both say of webhooks likewise."""
    update = {name: getattr(theirs, name) for name in theirs.model_fields_set}
    if mine.webhook and theirs.webhook:
        said = {name: getattr(theirs.webhook, name) for name in theirs.webhook.model_fields_set}
        update["webhook"] = mine.webhook.model_copy(update=said)
    return mine.model_copy(update=update)


def users_file(environment: Environment) -> Path:
    """The user's own file, whether or not it exists."""
    folder = Path(environment.get(CONFIG_HOME_NAME, "").strip())
    if not folder.is_absolute():
        folder = Path(_set(environment, "HOME") or Path.home()) / ".config"
    return folder / "bulkgen" / FILE_NAME


def _chosen(
    asked: str | None, environment: Environment, defaults: Iterable[tuple[str | None, Path]]
) -> tuple[str, str]:
    """(name, why): the argument, the variable, then each file's default."""
    if asked:
        return asked, ""
    if variable := _set(environment, PROFILE_NAME):
        return variable, f"as {PROFILE_NAME} says"
    return next(((name, f"the default of {path}") for name, path in defaults if name), ("", ""))


def _check_beside_ledger(table: ProfileTable, path: Path, name: str) -> None:
    if table.home:
        raise ConfigError(
            "the file beside the ledger cannot say where the ledger is",
            code="bad_profile_file",
            where=f"{path}, [profiles.{name}] home",
            hint=f"Write home into your own file, or set {ENVIRONMENT_NAME}.",
        )


def _check_addresses(
    table: ProfileTable, users: ProfileFile, environment: Environment, path: Path, name: str, users_path: Path
) -> None:
    vouched = {DEFAULT_BASE_URL, (_set(environment, BASE_URL_NAME) or "").rstrip("/")}
    for known in users.profiles.values():
        vouched |= {known.base_url or "", (known.webhook and known.webhook.url) or ""}
    for field_name, url in (("base_url", table.base_url), ("webhook.url", table.webhook and table.webhook.url)):
        if url and url not in vouched and urlsplit(url).hostname not in LOOPBACK_HOSTS:
            raise ConfigError(
                f"this file names the address {url}, and yours does not: it may have come with the sheet",
                code="foreign_address",
                where=f"{path}, [profiles.{name}] {field_name}",
                hint=f"If it is right, write it into {users_path} too, or name its folder by {ENVIRONMENT_NAME}.",
            )


def _set(environment: Environment, name: str) -> str | None:
    return environment.get(name, "").strip() or None


def _first(given: T | None, said: T | None, default: T) -> T:
    return next(value for value in (given, said, default) if value is not None)
