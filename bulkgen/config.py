"""Settings, resolved once: argument, then environment, then profile, then default. Nothing reads the environment after
this.

`RunOptions` is what a person asks of one run; `Settings` is what the machine is set up with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from bulkgen.addresses import WebhookPlace, check_address, webhook_place
from bulkgen.engine.scheduler import Freshness
from bulkgen.errors import ConfigError
from bulkgen.mapping.keys import Duplicates
from bulkgen.wire.messages import MAX_KB_BOUNDS

if TYPE_CHECKING:
    from bulkgen.mapping.file import MappingFile

API_KEY_NAME = "ABYSSALE_API_KEY"
BASE_URL_NAME = "ABYSSALE_BASE_URL"
STUDIO_KEY_NAME = "BULKGEN_STUDIO_KEY"
PRIVATE_ASSETS_NAME = "BULKGEN_ALLOW_PRIVATE_ASSETS"
WEBHOOK_SECRET_NAME = "ABYSSALE_WEBHOOK_SECRET"
PROFILE_NAME = "BULKGEN_PROFILE"
NOTIFY_NAME = "BULKGEN_NOTIFY_URL"
DEFAULT_BASE_URL = "https://api.abyssale.com"

# The gateway refuses from 10 calls a second on (reference 4.1); at 9 with some jitter it refuses a few in a hundred.
DEFAULT_RATE = 9.0
MAX_RATE = 10.0

# A low limit costs makespan: finished requests that nobody has looked at yet count as unfinished (engine figures, A).
DEFAULT_IN_FLIGHT = 20_000


# A refresh of a provider that bills stops before spending when more than this share of the rows changed or went, in
# percent: more is usually a broken feed, and the person who meant it can say so.
DEFAULT_MAX_CHANGED = 20.0


class ProviderName(StrEnum):
    STUDIO = "studio"
    ABYSSALE = "abyssale"


class DesignChange(StrEnum):
    """What to do with outputs of a design that has changed since they were made."""

    KEEP = "keep"
    REGENERATE = "regenerate"


@dataclass(frozen=True, slots=True)
class Settings:
    """The machine's side. `environment` is kept for finding the home; keys and secrets never show in a repr.
    `provider` is the default that the profile names; the environment has no say in it but by its key."""

    api_key: str | None = field(default=None, repr=False)
    base_url: str = DEFAULT_BASE_URL
    studio_key: str | None = field(default=None, repr=False)
    webhook_secret: str | None = field(default=None, repr=False)
    allow_private_assets: bool = False
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    provider: ProviderName | None = None
    profile: str = ""

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str], *, provider: ProviderName | None = None, profile: str = ""
    ) -> Settings:
        base_url = environment.get(BASE_URL_NAME, "").strip().rstrip("/") or DEFAULT_BASE_URL
        if not base_url.startswith(("https://", "http://")):
            raise ConfigError(
                f"{BASE_URL_NAME} is {base_url!r}, which is no http(s) address",
                hint=f"Unset it, or set it to {DEFAULT_BASE_URL}.",
            )
        return cls(
            api_key=environment.get(API_KEY_NAME, "").strip() or None,
            base_url=base_url,
            studio_key=environment.get(STUDIO_KEY_NAME, "").strip() or None,
            webhook_secret=environment.get(WEBHOOK_SECRET_NAME, "").strip() or None,
            allow_private_assets=environment.get(PRIVATE_ASSETS_NAME, "").strip() in ("1", "true", "yes"),
            environment=dict(environment),
            provider=provider,
            profile=profile,
        )

    @property
    def default_provider(self) -> ProviderName:
        return self.provider or (ProviderName.ABYSSALE if self.api_key else ProviderName.STUDIO)


@dataclass(frozen=True, slots=True)
class RunOptions:
    """One run, as asked. None means "as the mapping file or the default says".

    `folder` and `source` are for a sheet that was written to a file only for the run: where its picture paths start and
    its home is looked for, and what the job says it is made from. A sheet of its own answers both with its path.
    `webhook_url` and `notify_url` may hold a token of somebody's: they show in no repr.
    """

    sheet: Path
    design: str | None = None
    mapping: Path | MappingFile | None = None
    out: Path | None = None
    merge: Path | None = None
    formats: tuple[str, ...] = ()
    max_kb: int | None = None
    key: str | None = None
    tab: str | None = None
    job: str | None = None
    provider: ProviderName | None = None
    rate: float = DEFAULT_RATE
    in_flight: int = DEFAULT_IN_FLIGHT
    freshness: Freshness = Freshness.FAST
    limit: int | None = None
    max_credits: int | None = None
    retry_failed: bool = False
    resubmit_in_doubt: bool = False
    on_design_change: DesignChange | None = None
    max_changed: float = DEFAULT_MAX_CHANGED
    max_gone: float = DEFAULT_MAX_CHANGED
    duplicates: Duplicates = Duplicates.REFUSE
    share: bool = True
    versioning: bool = False
    check_images: bool = False
    images: Path | None = None
    preflight: bool = True
    strict: bool = False
    preflight_sample: int | None = None
    webhook_url: str | None = field(default=None, repr=False)
    webhook_listen: str | None = None
    profile: str | None = None
    log_file: Path | None = None
    notify_url: str | None = field(default=None, repr=False)
    yes: bool = False
    folder: Path | None = None
    source: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.rate <= MAX_RATE:
            raise ConfigError(
                f"--rate {self.rate:g} is not between 0 and {MAX_RATE:g} calls per second",
                hint=f"The API's ceiling is {MAX_RATE:g}; leave the option out for {DEFAULT_RATE:g}.",
            )
        for flag, share in (("--max-changed", self.max_changed), ("--max-gone", self.max_gone)):
            if not 0 <= share <= 100:
                raise ConfigError(f"{flag} {share:g} is not a percentage from 0 to 100")
        if self.in_flight < 1:
            raise ConfigError(f"--in-flight {self.in_flight} must be at least 1")
        if self.max_credits is not None and self.max_credits < 1:
            raise ConfigError(f"--max-credits {self.max_credits} must be at least 1")
        if self.limit is not None and self.limit < 1:
            raise ConfigError(f"--limit {self.limit} must be at least 1")
        low, high = MAX_KB_BOUNDS
        if self.max_kb is not None and not low <= self.max_kb <= high:
            raise ConfigError(
                f"--max-kb {self.max_kb} is not between {low} and {high:,}",
                hint="It counts in units of 1,000 bytes: --max-kb 150 is a limit that many ad networks set.",
            )
        self._check_preflight()
        webhook_place(self.webhook_url, self.webhook_listen)
        if self.notify_url is not None:
            check_address("--notify", self.notify_url)
        self._check_log_file()

    @property
    def place(self) -> Path:
        """The folder that the sheet belongs to."""
        return self.folder or self.sheet.absolute().parent

    @property
    def webhook(self) -> WebhookPlace | None:
        """Where deliveries come in; None without `--webhook-url`."""
        return webhook_place(self.webhook_url, self.webhook_listen)

    def _check_preflight(self) -> None:
        if self.preflight_sample is not None and self.preflight_sample < 1:
            raise ConfigError(f"--preflight-sample {self.preflight_sample} must be at least 1")
        for flag, is_asked in (("--strict", self.strict), ("--preflight-sample", self.preflight_sample is not None)):
            if is_asked and not self.preflight:
                raise ConfigError(
                    f"{flag} is about preflight, which --no-preflight leaves out", hint="Leave one of them out."
                )
        if self.images is not None and not self.images.exists():
            raise ConfigError(
                f"--images {self.images} does not exist",
                hint="Name the folder or the ZIP file that the pictures of the sheet are in.",
            )

    def _check_log_file(self) -> None:
        if self.log_file is None:
            return
        log = self.log_file.absolute()
        for what, other in (("the sheet", self.sheet), ("the report", self.out)):
            if other is not None and other.absolute() == log:
                raise ConfigError(
                    f"--log-file {self.log_file} is {what}, which it would write into",
                    hint="Give the log a name of its own, for example bulkgen.log.",
                )

    @property
    def source_name(self) -> str:
        return self.source or str(self.sheet.absolute())
