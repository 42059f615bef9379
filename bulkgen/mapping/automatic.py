"""A mapping made by looking: columns that say what they are, then feed columns by what feeds call them and hold. Pure.

    Design + headers (+ some rows) -> Guess

A tie is a question and not a guess: it is told and left out. What a shop paid for a thing is never mapped. All of it
is told line by line, so that a person can see why a layer got what it got, and overrule it in a mapping file. `run`
without a mapping file and `bulkgen map` both work with what comes out of here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bulkgen.mapping.aliases import alias, is_never_printed
from bulkgen.mapping.columns import ColumnTarget, is_result_column, read_header, unknown_property
from bulkgen.mapping.draft import Draft
from bulkgen.mapping.field_guess import take_colors, take_dates, take_fields, take_pictures_by_cells
from bulkgen.mapping.guess import Certainty, Guess, GuessLine
from bulkgen.mapping.names import Columns, suggest
from bulkgen.mapping.price_guess import PRICE_FIELDS, settle_prices, take_prices
from bulkgen.wire.design import Design
from bulkgen.wire.overrides import PROPERTIES


def guess_mapping(design: Design, columns: Sequence[str], sample: Sequence[Mapping[str, str]] = ()) -> Guess:
    """`sample` are some rows of the sheet; without them weak names and values decide nothing."""
    draft = Draft(design, Columns(tuple(columns)), sample)
    _take_names(draft, waiting=_prices_that_belong_together(draft))
    take_prices(draft)
    _take_names(draft)
    take_fields(draft)
    take_colors(draft)
    take_dates(draft)
    take_pictures_by_cells(draft)
    settle_prices(draft)
    for header in draft.columns.headers:
        if header not in draft.lines and is_never_printed(header):
            draft.tell(header, "", "what the shop paid is never printed", Certainty.NEVER)
    _drop_what_lacks_its_other_half(draft)
    return draft.result()


def _take_names(draft: Draft, waiting: frozenset[str] = frozenset()) -> None:
    """`waiting`: the price columns that are left to `take_prices`; what it does not use comes here after all."""
    for header in draft.columns.headers:
        if header in waiting or header in draft.lines:
            continue
        if is_result_column(header, draft.design):
            draft.tell(header, "", "a result of an earlier run", Certainty.NEVER)
            continue
        target = read_header(header, draft.design)
        if target is None:
            _tell_unknown_property(draft, header)
        elif str(target) in draft.taken:
            first = draft.taken[str(target)]
            draft.tell(header, "", f"column {first!r} is {target} already", Certainty.QUESTION)
        else:
            _put(draft, target, header)
            line = GuessLine(header, str(target), "the header names it", Certainty.CERTAIN)
            draft.taken[line.target], draft.why[line.target] = header, line
            draft.tell(header, line.target, line.reason, line.certainty)


def _prices_that_belong_together(draft: Draft) -> frozenset[str]:
    """The price columns, if one of them has no layer of its name: `price` then does not mean what it says."""
    family = [header for header in draft.columns.headers if (known := alias(header)) and known.field in PRICE_FIELDS]
    targets = {header: read_header(header, draft.design) for header in family}
    if len(family) < 2 or all(targets.values()):
        return frozenset()
    return frozenset(header for header, target in targets.items() if target is None or target.property == "payload")


def _tell_unknown_property(draft: Draft, header: str) -> None:
    found = unknown_property(header, draft.design)
    if found is None:
        return
    layer, word = found
    element = draft.design.element(layer)
    known = list(PROPERTIES[element.type]) if element else ["background_color"]
    hint = suggest(word, known, "properties")
    draft.tell(header, "", f"layer {layer!r} has no property {word!r}; {hint}", Certainty.QUESTION)


def _put(draft: Draft, target: ColumnTarget, header: str) -> None:
    source = draft.source(header)
    if target.kind == "formats":
        draft.formats = source
    elif target.kind == "variable":
        draft.variables[target.property] = source
    else:
        layers = draft.pages.setdefault(target.page, {}) if target.page else draft.elements
        layers.setdefault(target.layer, {})[target.property] = source


def _drop_what_lacks_its_other_half(draft: Draft) -> None:
    """`auto_resize` without `min_font_size` is refused by the API (reference 7.4)."""
    for page, layers in (("", draft.elements), *draft.pages.items()):
        for name in [name for name, spec in layers.items() if "auto_resize" in spec and "min_font_size" not in spec]:
            del layers[name]["auto_resize"]
            if not layers[name]:
                del layers[name]
            target = ".".join(part for part in (page, name, "auto_resize") if part)
            line = draft.why.pop(target)
            del draft.lines[line.column]
            reason = f"{name}.auto_resize needs a column for {name}.min_font_size"
            draft.tell(line.column, "", reason, Certainty.QUESTION)
