"""Writes what is made from the code: the pages `reference.md` and `problems.md`, and the JSON Schema of designs.

python docs/generate.py          write them
python docs/generate.py --check  exit 1 if they are stale (a test does)
"""

from __future__ import annotations

import argparse
import enum
import inspect
import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.models import ArgumentInfo, OptionInfo

from bulkgen.cli.main import app
from bulkgen.config import (
    API_KEY_NAME,
    BASE_URL_NAME,
    NOTIFY_NAME,
    PRIVATE_ASSETS_NAME,
    PROFILE_NAME,
    STUDIO_KEY_NAME,
    WEBHOOK_SECRET_NAME,
)
from bulkgen.ledger.home import ENVIRONMENT_NAME
from bulkgen.ledger.states import EXIT_CODE, TRANSITIONS
from bulkgen.mapping.problems import CODES
from bulkgen.preflight.picture_problems import PICTURE_CODES
from bulkgen.preflight.problems import CODES as PREFLIGHT_CODES
from bulkgen.render.design_schema import schema_text
from bulkgen.wire.overrides import MAIN_PROPERTY, PROPERTIES

FOLDER = Path(__file__).parent

SETTINGS = (
    (API_KEY_NAME, "The key of the hosted API. With it `abyssale` is the default provider, without it `studio`."),
    (BASE_URL_NAME, "Where the hosted API is; another server that speaks it, for example a studio."),
    (ENVIRONMENT_NAME, "The folder for all state, instead of `.bulkgen` near the sheet."),
    (
        STUDIO_KEY_NAME,
        "A key that the studio asks for; beyond loopback it needs this one or some of `bulkgen studio keys`.",
    ),
    (PROFILE_NAME, "The profile to use, as `--profile` says it."),
    (NOTIFY_NAME, "The address of `--notify`, kept out of the list of processes."),
    (WEBHOOK_SECRET_NAME, "The workspace's signing secret: deliveries are then taken only with its signature."),
    (PRIVATE_ASSETS_NAME, "`1` lets the studio fetch pictures from private addresses too."),
    ("BULKGEN_TRACEBACK", "`1` shows the traceback below an error message."),
)

OUTCOMES = {
    "done": ("every format has its banner", "nothing", "nothing"),
    "reused": ("every banner was there before, or another row of this sheet has it too", "nothing", "nothing"),
    "partial": ("some formats failed; the provider said why", "nothing", "the failed formats"),
    "failed": ("every format failed; the provider said why", "nothing", "all of them"),
    "invalid": ("the mapping found an error in it; not sent", "checked again", "checked again"),
    "refused": ("the provider refused the payload; nothing was made", "nothing", "sent again"),
    "in doubt": ("sent, no answer: it may have been billed", "nothing", "nothing (`--resubmit-in-doubt`)"),
    "expired": ("the result is gone; the provider keeps them seven days", "nothing", "sent again"),
    "skipped": ("`where` is not met, or another row has its key", "nothing", "nothing"),
    "waiting": ("stopped before its turn: limit, key, credits, Ctrl-C", "goes on", "goes on"),
}


def reference() -> str:
    return "\n".join([*_commands(), *_codes(), *_settings(), *_outcomes(), *_states(), *_properties()])


def problems() -> str:
    lines = [
        "# Problems",
        "",
        "What `check` says of a cell, and what a row marked `invalid` says in the report. An *error* keeps its row",
        "from being sent, a *warning* does not.",
        "",
        "| Code | Severity | What it means | What to do |",
        "|---|---|---|---|",
    ]
    every = CODES | PREFLIGHT_CODES | PICTURE_CODES
    lines += [f"| `{one.code}` | {one.severity.value} | {one.meaning} | {one.remedy} |" for one in every.values()]
    return "\n".join([*lines, ""])


def _commands() -> Iterator[str]:
    yield from ("# Reference", "", "Made from the code; do not edit.", "", "## Commands", "")
    for path, command in commands():
        yield from _command(path, command)


def commands() -> Iterator[tuple[str, Any]]:
    """(`bulkgen designs list`, the registered command) for every command, and for a group that is one by itself."""
    yield from _commands_of(app, "bulkgen")


def _commands_of(group: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield from ((f"{path} {one.name}", one) for one in group.registered_commands)
    for inner in group.registered_groups:
        callback = inner.typer_instance.registered_callback
        if callback is not None and callback.invoke_without_command:
            yield f"{path} {inner.name}", callback
        yield from _commands_of(inner.typer_instance, f"{path} {inner.name}")


def parameters(command: Any) -> list[tuple[str, Any, Any]]:
    """(name, annotated type, typer's description) of every parameter, from the function's own signature."""
    hints = typing.get_type_hints(command.callback.__wrapped__, include_extras=True)
    found = []
    for name, hint in hints.items():
        if typing.get_origin(hint) is typing.Annotated:
            kind, described = typing.get_args(hint)[:2]
            found.append((name, kind, described))
    return found


def _command(path: str, command: Any) -> Iterator[str]:
    known = parameters(command)
    arguments = [(name, kind, about) for name, kind, about in known if isinstance(about, ArgumentInfo)]
    options = [(name, kind, about) for name, kind, about in known if isinstance(about, OptionInfo)]
    usage = " ".join([path, *(_usage(name, kind) for name, kind, _ in arguments)])
    yield from (f"### `{path}`", "", "```", usage + (" [OPTIONS]" if options else ""), "```", "")
    yield from (inspect.cleandoc(command.callback.__doc__ or ""), "")
    if command.epilog:
        yield from (f"    {command.epilog.removeprefix('Example: ')}", "")
    yield from ("| Option | What it does |", "|---|---|")
    yield from (f"| `{name.upper()}` | {about.help} |" for name, _, about in arguments)
    for name, kind, about in options:
        yield f"| {', '.join(f'`{one}`' for one in spellings(name, about))}{_value(kind)} | {about.help} |"
    yield ""


def spellings(name: str, about: OptionInfo) -> list[str]:
    """`-o`, `--out`: as declared, else the name with hyphens. In an annotation typer takes the first for a default."""
    declared = [one for one in (about.default, *(about.param_decls or ())) if isinstance(one, str)]
    return declared or [f"--{name.replace('_', '-')}"]


def _value(kind: Any) -> str:
    """What an option takes: its choices, else its type; nothing for a switch."""
    plain = next((one for one in typing.get_args(kind) if one is not type(None)), kind)
    if plain is bool:
        return ""
    if isinstance(plain, type) and issubclass(plain, enum.Enum):
        return " `" + "\\|".join(one.value for one in plain) + "`"
    return f" `{plain.__name__.upper()}`"


def _usage(name: str, kind: Any) -> str:
    return f"[{name.upper()}]" if type(None) in typing.get_args(kind) else name.upper()


def _codes() -> Iterator[str]:
    yield from ("## Exit codes", "", "| Code | Meaning |", "|---|---|")
    yield "| 0 | every row done |"
    yield "| 1 | finished; some rows have no banner, or the report could not be written |"
    yield "| 2 | bad input or options; nothing was sent |"
    yield "| 3 | stopped by the provider or by a limit; the same command goes on |"
    yield "| 130 | interrupted; the same command goes on |"
    yield "| 70 | a bug in bulkgen; the ledger is true, the same command goes on |"
    yield ""


def _settings() -> Iterator[str]:
    yield from ("## Environment", "", "| Name | What it sets |", "|---|---|")
    yield from (f"| `{name}` | {text} |" for name, text in SETTINGS)
    yield ""


def _outcomes() -> Iterator[str]:
    yield from ("## Outcomes of a row", "", "The column `bulkgen status` of a report.", "")
    yield from ("| Outcome | Meaning | Exit | The same command again | `--retry-failed` |", "|---|---|---|---|---|")
    for outcome, code in EXIT_CODE.items():
        meaning, rerun, retry = OUTCOMES[outcome.value]
        yield f"| `{outcome.value}` | {meaning} | {code} | {rerun} | {retry} |"
    yield ""


def _states() -> Iterator[str]:
    yield from ("## A generation's life", "", "```mermaid", "stateDiagram-v2", "    [*] --> planned")
    for (state, event), after in TRANSITIONS.items():
        yield f"    {_node(state.value)} --> {_node(after.value)}: {event.value}"
    yield from ("```", "")


def _node(name: str) -> str:
    return name.replace(" ", "_")


def _properties() -> Iterator[str]:
    yield from ("## Properties of layers", "")
    yield "A column or a mapping sets them as `layer.property`; a bare value sets the property marked with a star."
    yield ""
    for layer, table in PROPERTIES.items():
        if not table:
            continue
        name = "root" if layer == "container" else layer
        yield from (f"### {name}", "", "| Property | Value |", "|---|---|")
        for prop in table.values():
            star = " *" if MAIN_PROPERTY.get(layer) == prop.name else ""
            note = f" ({prop.note})" if prop.note else ""
            yield f"| `{prop.name}`{star} | {prop.describe()}{note} |"
        yield ""


PAGES = {"reference.md": reference, "problems.md": problems, "../templates/design.schema.json": schema_text}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if a page is stale")
    check = parser.parse_args().check
    stale = []
    for name, make in PAGES.items():
        path, text = FOLDER / name, make().rstrip("\n") + "\n"
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
            if not check:
                path.write_text(text, "utf-8")
    sys.stdout.write(f"{'stale' if check else 'written'}: {', '.join(stale) or 'none'}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
