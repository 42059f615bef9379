"""`config.toml`: its shape, and how it is read.

    config.toml -> ProfileFile

A key never stands in it: a profile says where its secrets are, in a variable or in the keyring, and a file with a
secret in it is refused without showing it. Left out: which profile a run has, and what comes before it (`profiles`).
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from bulkgen.addresses import check_address, listen_place, webhook_place
from bulkgen.config import MAX_RATE, ProviderName
from bulkgen.errors import ConfigError
from bulkgen.names import did_you_mean

FILE_NAME = "config.toml"

# A file of profiles that is larger was named by mistake.
_MAX_BYTES = 1_000_000

# In capitals, as variables are written: what is no such name is likely the key itself, which must not be shown.
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,99}")

_SECRETS = frozenset({"key", "secret", "notify"})
# Names under which a key is written by people who have not read this.
_SECRET_LIKE = re.compile(r"key|secret|token|passw|credential", re.IGNORECASE)

# What a field must be, as its refusal says it.
_WANTED = {
    "default_profile": "the name of a profile",
    "profiles": "tables of their own: [profiles.NAME]",
    "provider": " or ".join(ProviderName),
    "base_url": "an http(s) address",
    "rate": f"a number above 0, at most {MAX_RATE:g}: calls per second",
    "in_flight": "a whole number from 1",
    "home": "a folder, as a whole path or one that begins with ~",
    "webhook": "a table: url, listen, secret",
    "url": "an address",
    "listen": "HOST:PORT",
    "env": "the name of an environment variable, in capitals",
    "keyring": "the user name of an entry in the keyring",
}


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class Secret(_Table):
    """Where a secret is: the variable of that name, or the keyring's entry of that user (its service is `bulkgen`)."""

    env: str | None = None
    keyring: str | None = Field(default=None, min_length=1)

    @field_validator("env")
    @classmethod
    def _is_variable(cls, name: str | None) -> str | None:
        if name is not None and not _VARIABLE.fullmatch(name):
            raise ValueError("is not the name of a variable")
        return name

    @model_validator(mode="after")
    def _one_place(self) -> Secret:
        if (self.env is None) == (self.keyring is None):
            raise ValueError("must name one place: env or keyring")
        return self


class WebhookTable(_Table):
    url: str | None = None
    listen: str | None = None
    secret: Secret | None = None

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str | None) -> str | None:
        return _checked(lambda value: webhook_place(value, None), url)

    @field_validator("listen")
    @classmethod
    def _is_place(cls, listen: str | None) -> str | None:
        return _checked(listen_place, listen)


class ProfileTable(_Table):
    """One profile as written; None where it does not say."""

    provider: ProviderName | None = Field(default=None, strict=False)
    base_url: str | None = None
    key: Secret | None = None
    rate: float | None = Field(default=None, gt=0, le=MAX_RATE)
    in_flight: int | None = Field(default=None, ge=1)
    home: str | None = None
    webhook: WebhookTable | None = None
    notify: Secret | None = None

    @field_validator("base_url")
    @classmethod
    def _is_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        if "@" in url or "?" in url:
            raise ValueError("is more than an address")
        _checked(lambda value: check_address("base_url", value), url)
        return url.strip().rstrip("/")

    @field_validator("home")
    @classmethod
    def _is_whole(cls, home: str | None) -> str | None:
        if home is not None and not home.startswith(("/", "~")):
            raise ValueError("is not a whole path")
        return home


class ProfileFile(_Table):
    default_profile: str | None = None
    profiles: dict[str, ProfileTable] = Field(default_factory=dict)


def read_profiles(path: Path) -> ProfileFile:
    """The profiles of a file; none where there is no file. Raises ConfigError with file, table, field and remedy."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(_MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return ProfileFile()
    except OSError as error:
        raise _refused(path, (), f"the file of profiles cannot be read: {error.strerror or error}") from error
    if len(raw) > _MAX_BYTES:
        raise _refused(path, (), f"the file of profiles is over {_MAX_BYTES:,} bytes")
    try:
        body = tomllib.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise _refused(path, (), "the file of profiles is not UTF-8 text", "Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        # Its text ends in the line and the column, and may quote one character of the file.
        raise _refused(path, (), f"the file of profiles is not TOML: {error}") from None
    try:
        return ProfileFile.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _explained(path, tuple(str(step) for step in first["loc"]), first) from None


def _checked(check: Any, value: str | None) -> str | None:
    if value is not None:
        try:
            check(value)
        except ConfigError:
            raise ValueError("cannot be used") from None
    return value


def _explained(path: Path, steps: tuple[str, ...], error: Any) -> ConfigError:
    """One finding of pydantic's -> the refusal; never with the value, which may be a secret in the wrong place."""
    table, name = steps[:-1], steps[-1]
    given = error["input"]
    is_known = error["type"] != "extra_forbidden"
    if isinstance(given, str) and (name in _SECRETS if is_known else _is_secret_like(table, name)):
        example = f'{name if name in _SECRETS else "key"} = {{ env = "ACME_KEY" }}'
        return _refused(
            path,
            table,
            f"{name} holds a secret, which does not belong into this file",
            f'Say where it is: {example}, or {{ keyring = "acme" }} and `keyring set bulkgen acme`.',
            code="secret_in_file",
        )
    if not is_known:
        if len(steps) == 1 and isinstance(given, dict):
            hint = f"A profile is written [profiles.{name}]."
        else:
            hint = did_you_mean(name, _model_of(table).model_fields)
        return _refused(path, table, f"there is no field {name!r}", hint)
    if len(steps) == 2 and steps[0] == "profiles":
        return _refused(path, ("profiles",), f"{name} must be a table", f"Write [profiles.{name}].")
    if name in _SECRETS:
        what = 'must name one place: { env = "NAME" } or { keyring = "USER" }'
        return _refused(path, table, f"{name} {what}")
    hint = did_you_mean(str(given), list(ProviderName)) if name == "provider" else ""
    if name == "url" and "webhook" in table:
        hint = "https, or http for this machine alone; without a query."
    return _refused(path, table, f"{name} must be {_WANTED[name]}", hint)


def _is_secret_like(table: tuple[str, ...], name: str) -> bool:
    """Inside a table that says where a secret is, a misspelt `keyring` is no secret."""
    return _model_of(table) is not Secret and _SECRET_LIKE.search(name) is not None


def _model_of(table: tuple[str, ...]) -> type[_Table]:
    """`("profiles", "acme", "webhook")` -> WebhookTable."""
    if not table:
        return ProfileFile
    if table[-1] in _SECRETS and len(table) > 2:
        return Secret
    return WebhookTable if len(table) > 2 else ProfileTable


def _refused(
    path: Path, table: tuple[str, ...], what: str, hint: str = "", *, code: str = "bad_profile_file"
) -> ConfigError:
    where = f"{path}, [{'.'.join(table)}]" if table else str(path)
    return ConfigError(what, code=code, where=where, hint=hint)
