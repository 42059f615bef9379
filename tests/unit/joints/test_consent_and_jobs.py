"""What is asked before money is spent, and which job a run belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from bulkgen.config import DesignChange, ProviderName, RunOptions, Settings
from bulkgen.consent import Consent
from bulkgen.errors import ConfigError
from bulkgen.events import Event, ignore
from bulkgen.jobs import check_same_work
from bulkgen.ledger.records import Job, JobDraft, PlanCount
from bulkgen.names import did_you_mean, nearest, slug
from bulkgen.wire.animation import Animation
from bulkgen.wire.design import Design, Format

DESIGN = Design("d", "Card", "static", (Format("square", "u", 10, 10),), ())
DRAFT = JobDraft(
    name="j",
    source="s",
    tab="",
    provider="abyssale",
    base_url="u",
    workspace="w",
    design_id="d",
    design_name="Card",
    design_revision="old revision",
    formats=("square",),
    is_multipage=False,
)
JOB = Job(id=1, **asdict(DRAFT))


def _consent(
    provider: str = "abyssale",
    *,
    ask: Callable[[str], bool] | None = None,
    heard: list[Event] | None = None,
    **more: Any,
) -> Consent:
    listener = heard.append if heard is not None else ignore
    return Consent(provider, ask, RunOptions(Path("x.csv"), **more), listener)


def test_a_changed_design_is_made_again_on_the_studio_which_costs_nothing() -> None:
    assert _consent("studio").revision(JOB, DESIGN) == DESIGN.revision()


@pytest.mark.parametrize(
    ("ask", "choice", "keeps", "warns"),
    [
        (None, None, True, True),
        (lambda question: True, None, False, False),
        (lambda question: False, None, True, False),
        (None, DesignChange.KEEP, True, False),
        (None, DesignChange.REGENERATE, False, False),
    ],
)
def test_a_changed_design_is_paid_for_again_only_when_somebody_says_so(
    ask: Callable[[str], bool] | None, choice: DesignChange | None, keeps: bool, warns: bool
) -> None:
    """A hundred thousand banners paid for twice because somebody moved a logo is what people fear most."""
    consent = _consent(ask=ask, on_design_change=choice)
    assert (consent.revision(JOB, DESIGN) == "old revision") is keeps
    assert consent.kept_old_design is warns


def test_an_unchanged_design_is_no_question() -> None:
    known = replace(JOB, design_revision=DESIGN.revision())
    assert _consent(ask=lambda question: pytest.fail(question)).revision(known, DESIGN) == DESIGN.revision()


def test_a_new_ledger_on_a_provider_that_bills_is_asked_about() -> None:
    """A lost ledger would make every banner be paid for again, silently."""
    count = PlanCount(new=3, generations=3)
    with pytest.raises(ConfigError, match="--yes"):
        _consent().spend(count, DESIGN, is_new_ledger=True)
    with pytest.raises(ConfigError, match="nothing was sent"):
        _consent(ask=lambda question: False).spend(count, DESIGN, is_new_ledger=True)
    heard: list[Event] = []
    _consent(ask=lambda question: True, heard=heard).spend(count, DESIGN, is_new_ledger=True)
    assert heard
    _consent().spend(count, DESIGN, is_new_ledger=False)
    _consent("studio").spend(count, DESIGN, is_new_ledger=True)


def test_a_film_is_asked_about_at_its_price() -> None:
    """A hundred banners are a hundred credits, unless each has fifteen seconds."""
    film = replace(DESIGN, type="animated", animation=Animation(15))
    questions: list[str] = []
    consent = _consent(ask=lambda question: not questions.append(question), max_credits=90)
    consent.bound(film)
    consent.spend(PlanCount(new=3, generations=3), film, is_new_ledger=True)
    assert "3 banners, 45 credits" in questions[0]
    with pytest.raises(ConfigError, match="does not say how long"):
        consent.bound(replace(film, animation=None))


def test_what_may_have_been_billed_is_not_sent_again_unasked() -> None:
    with pytest.raises(ConfigError, match="billed"):
        _consent(resubmit_in_doubt=True).resubmit()
    _consent(resubmit_in_doubt=True, ask=lambda question: True).resubmit()
    _consent("studio", resubmit_in_doubt=True).resubmit()
    _consent().resubmit()


def test_a_job_stays_what_it_is() -> None:
    check_same_work(None, DRAFT)
    check_same_work(JOB, DRAFT)
    with pytest.raises(ConfigError, match="provider"):
        check_same_work(replace(JOB, provider="studio"), DRAFT)
    with pytest.raises(ConfigError, match="design"):
        check_same_work(replace(JOB, design_id="other"), DRAFT)


@pytest.mark.parametrize(
    ("environment", "provider"),
    [({}, ProviderName.STUDIO), ({"ABYSSALE_API_KEY": " k "}, ProviderName.ABYSSALE)],
)
def test_the_key_decides_the_default_provider_and_never_shows(
    environment: dict[str, str], provider: ProviderName
) -> None:
    settings = Settings.from_environment(environment | {"ABYSSALE_BASE_URL": "http://127.0.0.1:1/"})
    assert settings.default_provider is provider
    assert settings.base_url == "http://127.0.0.1:1"
    secret = Settings.from_environment({"ABYSSALE_API_KEY": "very-secret", "BULKGEN_STUDIO_KEY": "also-secret"})
    assert "secret" not in repr(secret)


@pytest.mark.parametrize("options", [{"rate": 0}, {"rate": 11}, {"in_flight": 0}, {"limit": 0}])
def test_an_option_out_of_bounds_says_its_bounds(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="--"):
        RunOptions(Path("x.csv"), **options)


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="ABYSSALE_BASE_URL"):
        Settings.from_environment({"ABYSSALE_BASE_URL": "api.example.com"})


def test_names_are_one_spelling_and_the_near_miss_is_named() -> None:
    assert slug("Product Card") == slug("product_card") == "product-card"
    assert slug("Été 2026") == "ete-2026"
    assert nearest("tilte", ["title", "price"]) == "title"
    assert nearest("xyz", ["title"]) is None
    assert "Did you mean 'title'" in did_you_mean("tilte", ["title", "price"])
    assert "and 3 more" in did_you_mean("x", [f"name{n}" for n in range(15)])
