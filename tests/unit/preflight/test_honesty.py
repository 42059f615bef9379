"""Forecast against outcome: what is counted where, and that nothing is counted twice or lost."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bulkgen.fetch
import bulkgen.render
import bulkgen.studio
from bulkgen.mapping.problems import CODES as MAPPING_CODES
from bulkgen.preflight.failure_kinds import FORETOLD, NOT_KNOWN, Kind, kind_of
from bulkgen.preflight.honesty import (
    FINE,
    End,
    Forecast,
    Forecasts,
    Honesty,
    Outcome,
    Tally,
    compare,
    forecast_of,
    outcome_of,
)
from bulkgen.preflight.picture_problems import PICTURE_CODES
from bulkgen.preflight.problems import CODES
from bulkgen.render.failures import element_error, of_layer, picture_error, text_does_not_fit
from bulkgen.sheet.model import Origin
from bulkgen.sheet.problems import Problem, Severity
from bulkgen.studio.worker import took_too_long

# Errors that keep a row at home whatever the provider would say: nothing is ever sent that could prove them.
NEVER_TRIED = frozenset(
    (
        *("broken_text", "cell_too_long", "result_too_long", "too_much_work", "bad_expression", "unknown_column"),
        *("not_a_price", "price_without_currency", "price_in_another_currency", "ambiguous_number", "not_a_number"),
        *("not_a_date", "empty_value", "no_format", "unknown_format", "picture_not_found", "picture_outside"),
        *("picture_unreadable", "picture_ambiguous", "picture_in_text", "pictures_too_big", "bad_encoding"),
        *("empty_key", "repeated_key", "picture_too_coarse"),
    )
)

REASONS = {
    text_does_not_fit("title", "unknown font in a web page").reason: Kind.TEXT,
    element_error("title", "no font at hand has the character '☃' (U+2603)").reason: Kind.GLYPH,
    element_error("title", "unknown font 'Comic'").reason: Kind.FONT,
    element_error("code", "the text is too long for a QR code (big)").reason: Kind.CODE,
    element_error("photo", "remove_background is not available on this provider").reason: Kind.NOT_MADE,
    of_layer(picture_error(None, "the picture is damaged"), "photo").reason: Kind.DECODING,
    of_layer(picture_error(None, "this is a web page, not a picture"), "photo").reason: Kind.DECODING,
    of_layer(
        picture_error(None, "oversized SVG: 9,000,000 bytes, at most 2,000,000 are drawn"), "a"
    ).reason: Kind.DECODING,
    of_layer(picture_error(None, "the video is cut short: it has 1.0 of 4.0 seconds"), "clip").reason: Kind.DECODING,
    of_layer(picture_error(None, "this is a picture, not a video (accepted: mp4)"), "clip").reason: Kind.DECODING,
    of_layer(picture_error(None, "trim_start is 9, and the video ends before that"), "clip").reason: Kind.VALUE,
    f"page_2: {text_does_not_fit('title', 'a trim_end is 3, and must be after').reason}": Kind.TEXT,
    "mp4 and gif need the video extra: pip install 'bulkgen[video]' (no av)": Kind.NOT_MADE,
    "the GIF still has 900 kB with 8 colours, at most 150 are asked for; a smaller format": Kind.NOT_MADE,
    "photo: https://cdn.example.com/mandatory.SVG answered 404": Kind.PICTURE,
    "photo: https://cdn.example.com/a.jpg could not be reached: there is no host cdn.example.com": Kind.PICTURE,
    "photo: https://cdn.example.com/a.jpg is a web page, not a picture": Kind.PICTURE,
    "photo: https://cdn.example.com/a.jpg is empty": Kind.DECODING,
    "photo: https://cdn.example.com/a.jpg is larger than 20 MB": Kind.PICTURE,
    "logo: this layer is mandatory and was not given": Kind.MANDATORY,
    took_too_long(60): Kind.PROVIDER,
    "it could not be drawn: ZeroDivisionError in the renderer": Kind.PROVIDER,
    "the provider returned neither a banner nor an error for this format": Kind.PROVIDER,
}


# Wrappers, of which the words come from elsewhere, and what only a mistake of ours can bring about.
NOT_WORDS = frozenset(("7: 7", "Element 7 error: 7", "the picture is 7", "format 7 is not one of 7"))
MAKERS = frozenset(("element_error", "picture_error", "RenderError", "FetchError", "Failed", "Picture"))


def sentences(package: Path) -> Iterator[str]:
    """What the code of a package can say of a failure, with a 7 for whatever is filled in."""
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MAKERS and path.stem != "__main__":
                said = [written(argument) for argument in (*node.args, *(word.value for word in node.keywords))]
                is_element = getattr(node.func, "id", "") == "element_error"
                yield from (element_error("7", one).reason if is_element else one for one in said if " " in one)


def written(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def problem(code: str, formats: str = "", severity: Severity = Severity.ERROR) -> Problem:
    facts = (("formats", formats),) if formats else ()
    return Problem(code, Origin("", 2, "title"), "m", severity=severity, facts=facts)


def fails(*kinds: Kind) -> Forecast:
    return Forecast(frozenset(kinds))


@pytest.mark.parametrize(("reason", "kind"), REASONS.items())
def test_the_providers_words_are_of_the_kind_that_they_mean(reason: str, kind: Kind) -> None:
    """A reason of the wrong kind makes a miss and a false alarm of what was right."""
    assert kind_of(reason) is kind


def test_every_failure_that_the_studio_can_tell_has_a_kind() -> None:
    """New words for a failure would be counted as missed by preflight, however well it had foretold them."""
    packages = [Path(package.__path__[0]) for package in (bulkgen.render, bulkgen.studio, bulkgen.fetch)]
    told = {sentence for package in packages for sentence in sentences(package)}
    assert len(told) > 30
    assert {sentence for sentence in told if kind_of(sentence) is None} <= NOT_WORDS


def test_words_that_nobody_knows_have_no_kind() -> None:
    assert kind_of("something went wrong") is None
    assert Outcome(End.FAILED, "something went wrong").kind is Kind.OTHER
    assert Outcome(End.REFUSED, "elements.title.payload: too odd").kind is Kind.VALUE
    assert Outcome(End.DONE).kind is None


def test_every_error_foretells_a_kind_or_is_known_to_foretell_none() -> None:
    """A new code that nobody puts into the table would never be held against what happened."""
    codes = {**MAPPING_CODES, **CODES, **PICTURE_CODES}
    errors = {code for code, entry in codes.items() if entry.severity is Severity.ERROR}
    assert errors - set(FORETOLD) == NEVER_TRIED
    assert set(FORETOLD) | set(NOT_KNOWN) <= set(codes)


def test_a_problem_that_names_formats_foretells_of_those_only() -> None:
    found = [problem("text_does_not_fit", "story, square"), problem("picture_dead")]
    assert forecast_of(found, "square") == fails(Kind.TEXT, Kind.PICTURE)
    assert forecast_of(found, "banner") == fails(Kind.PICTURE)


def test_warnings_foretell_only_where_they_measured() -> None:
    assert forecast_of([problem("text_may_not_fit", severity=Severity.WARNING)], "a") == fails(Kind.TEXT)
    assert forecast_of([problem("font_not_at_hand", severity=Severity.WARNING)], "a").unknown == {Kind.TEXT}
    # Elsewhere an error; for a provider whose bounds are not known only a warning.
    assert forecast_of([problem("svg_not_drawn", severity=Severity.WARNING)], "a").unknown == {Kind.DECODING}
    assert forecast_of([problem("all_capitals", severity=Severity.WARNING)], "a") == FINE


def test_each_kind_is_held_against_what_happened() -> None:
    text = Outcome(End.FAILED, text_does_not_fit("title", "long").reason)
    picture = Outcome(End.FAILED, "photo: https://a.example/b.jpg answered 404")
    done = Outcome(End.DONE)
    honesty = compare(
        [
            (FINE, done),
            (fails(Kind.TEXT), text),
            (FINE, text),
            (fails(Kind.TEXT), done),
            (fails(Kind.TEXT), picture),
            (Forecast(unknown=frozenset((Kind.TEXT,))), text),
            (fails(Kind.TEXT, Kind.PICTURE), Outcome(End.HELD)),
        ]
    )
    assert honesty == Honesty(
        outputs=7,
        fine=1,
        held=1,
        kinds={
            Kind.TEXT: Tally(right=1, missed=1, false_alarm=1, unknown=1, hidden=1, held=1),
            Kind.PICTURE: Tally(missed=1, held=1),
        },
    )


def test_what_is_open_is_not_judged() -> None:
    assert [outcome_of(state) for state in ("wanted", "in doubt", "expired")] == [None, None, None]
    assert outcome_of("failed", "why") == Outcome(End.FAILED, "why")


_FORECASTS = st.builds(
    Forecast, st.frozensets(st.sampled_from(Kind), max_size=3), st.frozensets(st.sampled_from(Kind), max_size=2)
)
_OUTCOMES = st.one_of(
    st.sampled_from((Outcome(End.DONE), Outcome(End.HELD), Outcome(End.REFUSED, "x"), Outcome(End.FAILED, "y"))),
    st.sampled_from([Outcome(End.FAILED, reason) for reason in REASONS]),
)
_PAIRS = st.lists(st.tuples(_FORECASTS, _OUTCOMES), max_size=30)


@given(_PAIRS)
def test_every_failure_is_counted_once_and_every_forecast_once(pairs: list[tuple[Forecast, Outcome]]) -> None:
    """Figures that do not add up are figures that nobody believes."""
    honesty = compare(pairs)
    total = sum(honesty.kinds.values(), Tally())
    failed = sum(outcome.kind is not None for _, outcome in pairs)
    assert total.right + total.missed + total.unknown == failed
    for kind in Kind:
        tally = honesty.kinds.get(kind, Tally())
        foretold = sum(kind in forecast.fails for forecast, _ in pairs)
        assert tally.right + tally.false_alarm + tally.hidden + tally.held == foretold
        assert tally.right + tally.missed + tally.unknown == sum(outcome.kind is kind for _, outcome in pairs)
    assert honesty.outputs == len(pairs)
    done = sum(outcome.end is End.DONE for _, outcome in pairs)
    assert honesty.fine == done - sum(o.end is End.DONE and bool(f.fails) for f, o in pairs)


@given(_PAIRS, _PAIRS)
def test_two_runs_together_are_the_sum_of_both(
    one: list[tuple[Forecast, Outcome]], two: list[tuple[Forecast, Outcome]]
) -> None:
    assert compare(one) + compare(two) == compare([*one, *two])


@given(_PAIRS)
def test_it_comes_back_from_the_ledger_as_it_was(pairs: list[tuple[Forecast, Outcome]]) -> None:
    honesty = compare(pairs)
    assert Honesty.from_json(json.loads(json.dumps(honesty.to_json()))) == honesty
    assert bool(honesty.lines()) == bool(pairs)


def test_a_ledger_without_it_gives_nothing_to_show() -> None:
    assert Honesty.from_json({}) == Honesty()
    assert Honesty().lines() == ()
    old = {"outputs": 1, "kinds": {"a_kind_of_old": {"missed": 1}}}
    assert Honesty.from_json(old).kinds == {Kind.OTHER: Tally(missed=1)}


def test_the_lines_say_it_in_words() -> None:
    honesty = Honesty(
        1_204, 1_190, 3, {Kind.TEXT: Tally(right=4, missed=1, false_alarm=2, held=3), Kind.PROVIDER: Tally(missed=1)}
    )
    assert honesty.lines() == (
        ("preflight", "1,194 of 1,201 as forecast, 4 right, 1 missed, 2 false alarms, 3 not sent"),
        ("  text does not fit", "4 right, 1 missed, 2 false alarms, 3 not sent"),
        ("  the provider's own trouble", "1, which nobody could foresee"),
    )


def test_a_run_is_compared_by_row_and_format_and_what_was_not_sent_is_said() -> None:
    forecasts = Forecasts()
    forecasts.note(0, [], ["square", "story"])
    forecasts.note(1, [problem("text_does_not_fit", "story")], ["square", "story"])
    forecasts.note(2, [problem("picture_dead")], ["square"])
    assert (forecasts.of(0, "story"), forecasts.of(9, "story"), forecasts.of(2, "story")) == (FINE, None, None)
    text = text_does_not_fit("title", "long").reason
    results = [
        (0, "square", "done", ""),
        (0, "story", "failed", text),
        (1, "square", "done", ""),
        (1, "story", "failed", text),
        (7, "square", "failed", "not looked at"),
        (0, "square", "in doubt", ""),
    ]
    honesty = forecasts.compare(results)
    assert honesty == Honesty(5, 2, 1, {Kind.TEXT: Tally(right=1, missed=1), Kind.PICTURE: Tally(held=1)})
    assert "2 not just fine" in repr(forecasts)


def test_the_last_word_on_a_row_counts() -> None:
    """A picture that answers at the second try is no picture that was foretold to be dead."""
    forecasts = Forecasts()
    forecasts.note(0, [problem("picture_dead")], ["a"])
    forecasts.note(0, [], ["a"])
    assert forecasts.of(0, "a") == FINE
