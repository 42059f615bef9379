"""The one entry of preflight: a mapped row -> all its problems. Pure.

    MappedRow + design + fonts + Context -> [Problem, …]

Left out: what is in a picture, which has to be fetched. Without fonts (the drawing libraries are not installed) texts
are not measured, and everything else is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from bulkgen.mapping.model import MappedRow
from bulkgen.plan.fingerprint import canonical_json
from bulkgen.plan.planner import PlannedRow
from bulkgen.preflight.accidents import accident_problems, fact, hidden_layers, own_price, price_fields, price_of
from bulkgen.preflight.origins import Origins
from bulkgen.preflight.outputs import IsDone, Output, outputs_to_send
from bulkgen.preflight.state import Preflight
from bulkgen.preflight.structure import Once, Provider, shared_parts, structure_problems
from bulkgen.render.fonts import FontLibrary
from bulkgen.sheet.model import Origin, Row
from bulkgen.sheet.problems import Problem, Severity
from bulkgen.wire.design import Design

if TYPE_CHECKING:
    from bulkgen.preflight.texts import TextMeasure


@dataclass(slots=True)
class Context:
    """What is the same for all rows of a check. `is_done` leaves out what is there already, by fingerprint."""

    origins: Origins
    provider: Provider = field(default_factory=Provider)
    state: Preflight = field(default_factory=Preflight)
    is_done: IsDone | None = None
    _measure: TextMeasure | None = None

    def measure(self, design: Design, fonts: FontLibrary) -> TextMeasure:
        """Kept for the next row, with what it has measured."""
        from bulkgen.preflight.texts import TextMeasure

        if self._measure is None or not self._measure.is_of(design, fonts):
            self._measure = TextMeasure(design, fonts, is_exact=self.provider.is_ours)
        return self._measure


def check_row(
    mapped: MappedRow, design: Design, fonts: FontLibrary | None, context: Context, planned: PlannedRow | None = None
) -> list[Problem]:
    """The mapping's problems first. A row of which nothing would be sent is not looked at.

    `planned` gives the fingerprints that `context.is_done` is asked about. A problem that concerns some outputs only
    names them among its facts; `failing_formats` reads them.
    """
    found = list(mapped.problems)
    outputs = outputs_to_send(mapped, design, planned, context.is_done)
    if not outputs:
        return found
    row, origins, state = mapped.row, context.origins, context.state
    once = partial(state.once, row=row)
    own = [
        *structure_problems(row, outputs, design, origins, context.provider, once),
        *accident_problems(row, outputs, design, origins, mapped.problems, once),
    ]
    if fonts is not None and design.type != "static":
        own += _of_films_and_prints(row, outputs, design, context, once)
    found += _told_once(own, outputs)
    if fonts is not None:
        found += _texts(mapped, outputs, design, fonts, context, found)
    _note_prices(mapped, outputs, design, context)
    if alike := state.alike(row, mapped.key, _content(mapped)):
        found.append(alike)
    return found


def _of_films_and_prints(
    row: Row, outputs: Sequence[Output], design: Design, context: Context, once: Once
) -> Iterator[Problem]:
    # Loaded here: they ask the drawing libraries, which may not be there.
    from bulkgen.preflight.bleeds import bleed_problems
    from bulkgen.preflight.file_options import option_problems

    yield from option_problems(row, outputs, design, context.origins, once, is_ours=context.provider.is_ours)
    if design.type.startswith("printer"):
        yield from bleed_problems(row, outputs, design, context.origins, once)


def failing_formats(problems: Iterable[Problem], outputs: Sequence[Output]) -> frozenset[str]:
    """The formats of these outputs that would fail. An error that names none concerns all."""
    every = frozenset(output.format for output in outputs)
    failing: set[str] = set()
    for one in problems:
        if one.severity is Severity.ERROR:
            named = fact("formats", one)
            failing |= set(named.split(", ")) if named else every
    return every & failing


def _told_once(problems: Sequence[Problem], outputs: Sequence[Output]) -> Iterator[Problem]:
    """Formats with payloads of their own share most cells: what is wrong with a cell is one problem of all of them."""
    every = list(dict.fromkeys(output.format for output in outputs))
    alike: dict[tuple[str, Origin, str, str], list[Problem]] = {}
    for one in problems:
        alike.setdefault((one.code, one.origin, fact("layer", one), fact("property", one)), []).append(one)
    for first, *others in alike.values():
        named = {name for one in (first, *others) for name in fact("formats", one).split(", ")}
        formats = [name for name in every if name in named]
        where = f" (in {', '.join(formats)})" if formats != every else ""
        facts = tuple((name, ", ".join(formats) if name == "formats" else value) for name, value in first.facts)
        yield replace(first, message=f"{first.message}{where}", facts=facts)


def _texts(
    mapped: MappedRow,
    outputs: Sequence[Output],
    design: Design,
    fonts: FontLibrary,
    context: Context,
    found: Sequence[Problem],
) -> Iterator[Problem]:
    from bulkgen.preflight.fitting import text_problems

    told = {fact("layer", one) for one in found if one.code == "unknown_font"}
    measure = context.measure(design, fonts)
    for one in text_problems(
        mapped.row, outputs, measure, context.origins, context.state, is_ours=context.provider.is_ours
    ):
        if one.code != "unknown_font" or fact("layer", one) not in told:
            yield one


def _note_prices(mapped: MappedRow, outputs: Sequence[Output], design: Design, context: Context) -> None:
    noted: set[str] = set()
    for elements, places, _ in shared_parts(outputs):
        for _, layer, text in price_fields(design, elements, hidden_layers(design, elements), places):
            price = price_of(text)
            if price is not None and layer not in noted:
                noted.add(layer)
                origin = context.origins.origin(mapped.row, places[0], layer, "payload")
                own = next((one for one in design.elements if one.name == layer and places[0] in one.layout), None)
                design_price = own_price(str(own.value("payload", places[0]) or "")) if own else ""
                context.state.price(layer, text, origin, has_currency=bool(price.currencies), own=design_price)


def _content(mapped: MappedRow) -> int:
    """64 bits of all that a row asks for; that two different rows share them is a matter of one in billions."""
    body = canonical_json([[want.formats, want.payload.to_json(), want.output.to_json()] for want in mapped.wants])
    return int.from_bytes(hashlib.blake2b(body.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
