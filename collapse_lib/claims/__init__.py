"""Every claim of the paper, and some of ours, each with a check that could refute it.

A claim is registered beside its check:

    @claim("theorem-1/sigma", chapter="fully_synthetic", place="Theorem 1, (6)", statement=r"...")
    def sigma(*, truth=None, n=50, trials=10_000, seed=0, distort=1.0) -> Verdict: ...

A check measures and compares; it raises `evidence.OutOfScope` where its parameters leave the assumptions.
`distort` spoils the theory's value by a factor: at 1 it is the claim, at `planted` (which the claim registers) a
planted error, which the check must refute; tests/test_claims.py plants it in every claim.

`check(id, ...)` judges one claim by itself.  `check_all(...)` judges many as one family (Holm).  Parameters that a
check does not take are an error for `check`; `check_all` gives each check those that it takes.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from collapse_lib import evidence
from collapse_lib.claims.ledger import Claim, Ledger
from collapse_lib.errors import InvalidInput, unknown
from collapse_lib.evidence import Kind, Verdict

__all__ = ["Claim", "Ledger", "Verdict", "check", "check_all", "claim", "registry"]

CHAPTERS = (
    "language_model",
    "recursive_training",
    "fully_synthetic",
    "partially_synthetic",
    "model_deviation",
    "mixtures",
    "collapse_time",
    "any_schedule",
    "safe_synthetic_data",
    "embeddings",
    "ngrams",
    "transformers",
    "errata",
    "verdicts",
)


@dataclass(frozen=True)
class Registered:
    """A claim with its check, and the distortion that the check must refute."""

    claim: Claim
    check: Callable[..., Verdict]
    planted: float

    @property
    def parameters(self) -> frozenset[str]:
        """The names that the check takes."""
        return frozenset(inspect.signature(self.check).parameters)


_registry: dict[str, Registered] = {}


def claim(
    id: str,  # noqa: A002
    *,
    chapter: str,
    place: str,
    statement: str,
    origin: Literal["paper", "ours"] = "paper",
    expects: Kind = "supported",
    planted: float = 1.5,
) -> Callable[[Callable[..., Verdict]], Callable[..., Verdict]]:
    """Register the decorated check under `id`; `expects` is the verdict that the book stands by.

    `planted` is a distortion large enough to be refuted: more than the margin, or than a bound's slack.
    """

    def register(check: Callable[..., Verdict]) -> Callable[..., Verdict]:
        assert id not in _registry, f"the claim {id} is registered twice"
        _registry[id] = Registered(Claim(id, chapter, place, statement, origin, expects), check, planted)
        return check

    return register


def registry() -> dict[str, Registered]:
    """Every claim by its id, in the order of the book."""
    for chapter in CHAPTERS:
        importlib.import_module(f"collapse_lib.claims.{chapter}")
    return dict(_registry)


def check(id: str, **parameters: Any) -> Verdict:  # noqa: A002
    """The verdict on one claim, judged by itself, with the check's own defaults for what is not given."""
    claims = registry()
    if id not in claims:
        raise unknown("claim", id, claims)
    strange = set(parameters) - claims[id].parameters
    if strange:
        raise unknown(f"parameter of {id}", min(strange), claims[id].parameters)
    return _verdict(claims[id], parameters)


def check_all(chapter: str | None = None, **parameters: Any) -> Ledger:
    """The verdicts on all claims, or on one chapter's, judged together."""
    claims = {name: item for name, item in registry().items() if chapter in (None, item.claim.chapter)}
    if not claims:
        raise unknown("chapter with claims", str(chapter), CHAPTERS)
    takes = frozenset[str]().union(*(item.parameters for item in claims.values()))
    if strange := set(parameters) - takes:
        raise unknown("parameter of these claims", min(strange), takes)
    verdicts = {
        name: _verdict(item, {key: value for key, value in parameters.items() if key in item.parameters})
        for name, item in claims.items()
    }
    return Ledger(tuple(item.claim for item in claims.values()), verdicts)


def _verdict(item: Registered, parameters: dict[str, Any]) -> Verdict:
    """Run a check; parameters outside a theorem's assumptions are a verdict, not an error."""
    try:
        return item.check(**parameters)
    except evidence.OutOfScope as reason:
        return evidence.out_of_scope(str(reason))
    except InvalidInput as mistake:
        raise InvalidInput(f"the claim {item.claim.id} cannot be checked: {mistake}") from None
