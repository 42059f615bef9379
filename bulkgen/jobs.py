"""Which job a run belongs to, and which jobs have been left behind.

A job is named by `--job`, else by source, tab, design and provider. It remembers its provider: if the default would now
be another one, because a key appeared or vanished, the run is refused rather than paid for twice.
"""

from __future__ import annotations

from pathlib import Path

from bulkgen.config import API_KEY_NAME, ProviderName, RunOptions, Settings
from bulkgen.errors import ConfigError
from bulkgen.ledger.home import Home
from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.records import Job, JobDraft
from bulkgen.names import slug
from bulkgen.preparing import Inputs, Prepared, design_reference
from bulkgen.session import Session
from bulkgen.wire.messages import MAX_KB


def choose_provider(options: RunOptions, inputs: Inputs, settings: Settings, home: Home) -> ProviderName:
    """The provider asked for, else the default, unless the job was begun on another one (ConfigError)."""
    if options.provider is not None or not home.exists:
        return options.provider or settings.default_provider
    with Ledger(home.ledger_path) as ledger:
        before = _begun_before(ledger, options, inputs)
    default = settings.default_provider
    providers = {job.provider for job in before}
    if not before or default in providers:
        return default
    was = before[0].provider
    why = f"{API_KEY_NAME} is set now" if default is ProviderName.ABYSSALE else f"{API_KEY_NAME} is not set now"
    if settings.provider is not None:
        why = f"the profile {settings.profile!r} names another"
    raise ConfigError(
        f"the job {before[0].name!r} was begun on {was}, and {why}, so that the default is {default}",
        code="provider_changed",
        hint=f"Say which one you mean: --provider {was} goes on, --provider {default} starts anew. Nothing was sent.",
    )


def check_file_limit(options: RunOptions, inputs: Inputs, provider: ProviderName) -> None:
    """A provider that passes over what it does not know would make, and bill for, files of any size (ConfigError)."""
    mapped = inputs.mapping.output.get(MAX_KB) if inputs.mapping else None
    if provider is ProviderName.STUDIO or (options.max_kb is None and mapped is None):
        return
    where = inputs.mapping.place(("output", MAX_KB)) if inputs.mapping and options.max_kb is None else "--max-kb"
    raise ConfigError(
        f"the provider {provider} cannot be told how large a file may be",
        code="no_file_limit",
        where=where,
        hint="Lower file_compression_level under output: in the mapping file instead, or use --provider studio."
        " Nothing was sent.",
    )


def draft_job(ledger: Ledger, options: RunOptions, prepared: Prepared, session: Session) -> JobDraft:
    """The job of this run, with the name it has or is to get."""
    design, provider = prepared.design, session.provider.name
    source, tab = options.source_name, prepared.sheet.outline.tab
    name = options.job
    if name is None:
        same = [
            job
            for job in ledger.jobs.all()
            if (job.source, job.tab, job.design_id, job.provider) == (source, tab, design.id, provider)
        ]
        name = same[0].name if same else _new_name(ledger, options.sheet, prepared, provider)
    return JobDraft(
        name=name,
        source=source,
        tab=tab,
        provider=provider,
        base_url=session.identity_url,
        workspace=session.workspace,
        design_id=design.id,
        design_name=design.name,
        design_revision=design.revision(),
        formats=tuple(one.id for one in design.formats),
        is_multipage=design.is_multipage,
        design_type=design.type,
        seconds=design.animation.duration if design.animation else 0.0,
    )


def check_same_work(known: Job | None, draft: JobDraft) -> None:
    """A job named by `--job` stays what it is. Raises ConfigError if design or provider is another."""
    if known is None:
        return
    for what, was, now in (
        ("provider", known.provider, draft.provider),
        ("design", known.design_id, draft.design_id),
    ):
        if was != now:
            raise ConfigError(
                f"the job {draft.name!r} belongs to the {what} {was}, not {now}",
                code=f"{what}_changed",
                hint="Give this run a job name of its own: --job NAME. Nothing was sent.",
            )


def abandoned_jobs(ledger: Ledger, home: Home, own: int) -> frozenset[int]:
    """Jobs with generations under way whose process is gone, without our own."""
    others = (job_id for job_id in ledger.jobs.with_unfinished() if job_id != own)
    return frozenset(job_id for job_id in others if not home.is_job_alive(job_id))


def _begun_before(ledger: Ledger, options: RunOptions, inputs: Inputs) -> list[Job]:
    if options.job is not None:
        found = ledger.jobs.find(options.job)
        return [found] if found else []
    reference = design_reference(options, inputs)
    source, tab = options.source_name, inputs.sheet.outline.tab
    return [
        job
        for job in ledger.jobs.all()
        if (job.source, job.tab) == (source, tab)
        and reference is not None
        and slug(reference) in (slug(job.design_name), job.design_id)
    ]


def _new_name(ledger: Ledger, sheet: Path, prepared: Prepared, provider: str) -> str:
    parts = [sheet.stem, slug(prepared.design.name)]
    if provider != ProviderName.STUDIO:
        parts.append(provider)
    base = "-".join(part for part in map(slug, parts) if part)
    name, number = base, 2
    while ledger.jobs.find(name) is not None:
        name, number = f"{base}-{number}", number + 1
    return name
