"""What others build on, pinned: the library's names and signatures, commands, flags, exit codes, settings.

A line here changes only with a changelog entry; what is removed breaks somebody's script. Everything stands in docs.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import inspect
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import bulkgen
from bulkgen import errors, events
from bulkgen.cli import guard
from bulkgen.config import RunOptions
from bulkgen.ledger.states import EXIT_CODE

DOCS = Path(__file__).parents[2] / "docs"
LIBRARY_PAGE = (DOCS / "library.md").read_text("utf-8")
REFERENCE = (DOCS / "reference.md").read_text("utf-8")

NAMES = ["BannerResult", "BulkgenError", "Result", "RowResult", "run", "run_sync"]

# `sheet` is the only one that may be given by position.
RUN_OPTIONS = {
    "design": None,
    "mapping": None,
    "out": None,
    "formats": (),
    "max_kb": None,
    "merge": None,
    "key": None,
    "tab": None,
    "job": None,
    "provider": None,
    "rate": None,
    "in_flight": None,
    "freshness": "fast",
    "limit": None,
    "max_credits": None,
    "max_changed": 20.0,
    "max_gone": 20.0,
    "retry_failed": False,
    "resubmit_in_doubt": False,
    "on_design_change": None,
    "duplicates": "refuse",
    "share": True,
    "versioning": False,
    "check_images": False,
    "images": None,
    "preflight": True,
    "strict": False,
    "preflight_sample": None,
    "webhook_url": None,
    "webhook_listen": None,
    "profile": None,
    "log_file": None,
    "notify_url": None,
    "yes": False,
    "home": None,
    "api_key": None,
    "base_url": None,
    "on_event": events.ignore,
}
# Of `RunOptions`, what the library answers itself.
NOT_GIVEN = {"sheet", "folder", "source"}
NOT_OF_A_RUN = {"home", "api_key", "base_url", "on_event"}

RECORDS = {
    "Result": ("job", "exit_code", "stopped", "report", "account", "rows"),
    "RowResult": ("number", "key", "status", "detail", "request", "formats"),
    "BannerResult": ("url", "file", "error", "fallback", "seconds"),
}

COMMANDS = {
    "bulkgen run": (
        "SHEET -d --design -m --mapping -o --out --merge --formats --max-kb --key --sheet --job --provider --rate"
        " --in-flight --freshness --limit --max-credits --max-changed --max-gone --retry-failed --resubmit-in-doubt"
        " --on-design-change --duplicates --no-share --versioning --check-images --images --no-preflight --strict"
        " --preflight-sample --webhook-url --webhook-listen --profile --log-file --notify --progress --summary --yes -y"
    ),
    "bulkgen check": (
        "SHEET -d --design -m --mapping -o --out --formats --max-kb --key --sheet --job --provider --rate --profile"
        " --duplicates --images --preflight-sample --webhook-url --webhook-listen --json"
    ),
    "bulkgen map": "SHEET -d --design -o --out --sheet --provider --profile --yes -y",
    "bulkgen sample": "DESIGN -o --out --all-properties --provider --profile --yes -y",
    "bulkgen status": "JOB --row --profile",
    "bulkgen report": "JOB -o --out --merge --profile",
    "bulkgen studio": (
        "--port --host --designs --workers --allow-private-assets --allow-private-webhooks --require-key --public-url"
        " --allow-host --credits --keep-files --limits --faults"
    ),
    "bulkgen studio keys create": "NAME",
    "bulkgen studio keys list": "",
    "bulkgen studio keys revoke": "NAME",
    "bulkgen designs list": "--provider --profile --json",
    "bulkgen designs show": "DESIGN --provider --profile --json",
    "bulkgen designs check": "FOLDERS --strict --json",
    "bulkgen designs schema": "-o --out --yes -y",
}

EXIT_CODES = {0, 1, 2, 3, 70, 130}

EVENTS = {
    "Checked": ("what", "done", "of_all"),
    "Planned": ("job", "counts", "rows_open", "banners_open"),
    "Pulse": (
        "submitted",
        "unfinished",
        "finalized",
        "in_doubt",
        "unsent",
        "calls_per_second",
        "pace",
        "polls_per_row",
        "credits",
        "seconds_left",
    ),
    "ReportWritten": ("path", "notes"),
    "RowsSettled": ("done", "failed"),
    "RunEnded": ("exit_code", "account", "kinds"),
    "Said": ("text",),
    "Settled": ("generation_id", "outcome", "done", "failed", "reason"),
    "Stopped": ("reason",),
    "Submitted": ("generation_id", "request_id", "formats"),
    "Throttled": ("seconds", "scope", "reason"),
}

ERRORS = {
    "ConfigError": "bad_option",
    "DesignError": "bad_design",
    "JobRunningError": "job_running",
    "LedgerError": "ledger",
    "MappingError": "bad_mapping",
    "OutputError": "bad_output",
    "ProviderError": "provider",
    "ReportError": "report",
    "SheetError": "bad_sheet",
    "StudioError": "studio",
}


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate_for_surface", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_library_has_these_names_and_no_others() -> None:
    assert sorted(bulkgen.__all__) == NAMES
    assert set(NAMES) <= set(dir(bulkgen))
    for name in NAMES:
        assert getattr(bulkgen, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'runn'"):
        bulkgen.runn  # noqa: B018


@pytest.mark.parametrize("name", ["run", "run_sync"])
def test_both_forms_of_run_take_these_options_by_name(name: str) -> None:
    first, *options = inspect.signature(getattr(bulkgen, name)).parameters.values()
    assert (first.name, first.kind) == ("sheet", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    assert {one.kind for one in options} == {inspect.Parameter.KEYWORD_ONLY}
    assert {one.name: one.default for one in options} == RUN_OPTIONS
    assert inspect.iscoroutinefunction(getattr(bulkgen, name)) == (name == "run")


def test_the_library_takes_all_that_a_run_can_be_asked() -> None:
    """An option that only the command has makes the library a lesser product."""
    asked = {field.name for field in dataclasses.fields(RunOptions)}
    assert asked - NOT_GIVEN == set(RUN_OPTIONS) - NOT_OF_A_RUN


@pytest.mark.parametrize("name", RECORDS)
def test_what_a_run_answers_has_these_fields_and_is_frozen(name: str) -> None:
    kind = getattr(bulkgen, name)
    public = [field.name for field in dataclasses.fields(kind) if not field.name.startswith("_")]
    assert tuple(public) == RECORDS[name]
    assert kind.__dataclass_params__.frozen


def test_every_command_has_these_flags(generator: ModuleType) -> None:
    found = {
        path: " ".join(
            " ".join(generator.spellings(name, about)) if isinstance(about, generator.OptionInfo) else name.upper()
            for name, _, about in generator.parameters(command)
        )
        for path, command in generator.commands()
    }
    # Their order in the help is no contract.
    assert {path: set(flags.split()) for path, flags in found.items()} == {
        path: set(flags.split()) for path, flags in COMMANDS.items()
    }


def test_events_and_errors_are_these() -> None:
    """Programs read them: as JSON lines, in `on_event`, in an `except`."""
    found = {
        name: tuple(field.name for field in dataclasses.fields(kind))
        for name, kind in vars(events).items()
        if isinstance(kind, type) and issubclass(kind, events.Event) and kind is not events.Event
    }
    assert found == EVENTS
    kinds = {
        name: kind.code
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.BulkgenError) and kind is not errors.BulkgenError
    }
    assert kinds == ERRORS


def test_exit_codes_are_these() -> None:
    raised = {
        guard.exit_code(error)
        for error in (
            errors.ConfigError("x"),
            errors.ProviderError("x"),
            errors.ReportError("x"),
            errors.LedgerError("x", code="disk_full"),
        )
    }
    assert raised == {1, 2, 3}
    assert raised | set(EXIT_CODE.values()) | {guard.INTERRUPTED, guard.BUG} == EXIT_CODES


def test_names_options_and_fields_stand_in_the_page_of_the_library() -> None:
    fields = [name for names in RECORDS.values() for name in names]
    for name in (*NAMES, *RUN_OPTIONS, *fields, "ok", "to_pandas()", "message", "code", "where", "hint"):
        assert re.search(rf"`(bulkgen\.)?{re.escape(name)}`|bulkgen\.{name}\(", LIBRARY_PAGE), name


def test_commands_flags_and_exit_codes_stand_in_the_reference() -> None:
    for path, flags in COMMANDS.items():
        _, _, below = REFERENCE.partition(f"### `{path}`\n")
        section = below.partition("\n### ")[0].partition("\n## ")[0]
        for flag in flags.split():
            assert f"`{flag}`" in section, f"{path} {flag}"
    table = REFERENCE.partition("## Exit codes\n")[2].partition("\n## ")[0]
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == EXIT_CODES


def test_importing_bulkgen_loads_nothing_that_works() -> None:
    """The command line and each worker process import the package before they know what they need of it."""
    code = (
        "import sys, bulkgen; dir(bulkgen); "
        "heavy = {'pandas', 'aiohttp', 'pydantic', 'asyncio', 'numpy', 'sqlite3'} & set(sys.modules); "
        "print(sorted(heavy)); sys.exit(bool(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_run_from_a_path_does_without_pandas() -> None:
    """It takes half a second to load, of which a run of a sheet has no use."""
    code = "import sys, bulkgen; bulkgen.run; sys.exit('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
