"""Every claim of the paper, and some of ours, each with a check that could refute it.

A claim is registered beside its check:

    @claim("theorem-1/sigma", chapter="fully_synthetic", place="Theorem 1, (6)", statement=r"...",
           quantifiers="...", not_run="...")
    def sigma(s: Scene) -> Judge:
        samples, expected = ...
        return lambda spoil: evidence.equality(samples, spoil * expected, margin=...)

A check takes the setting of its chapter, a scene of `experiments`; the parameters that it reads can be set.  It
measures, and returns a `Judge`: what holds the measurement against the theory's value times a factor.  At 1 that is
the claim.  At `planted`, which the claim registers, it is a planted error, which must be refuted
(tests/claims/test_claims.py).  Between the two lies the claim's *sensitivity*, the factor nearest to 1 at which the
same samples are refuted; `sensitivity` finds it by bisection, for every claim in the same way.  A check raises
`evidence.OutOfScope` where its parameters leave the assumptions.

The contract of a claim is what it says before it is run: `quantifiers`, for which truths, sizes and generations it
is meant and in which sense (in the mean, in law, for every outcome), and `not_run`, what of that is not looked at.

`check(id, ...)` judges one claim by itself.  `check_all(...)` judges many as one family (Holm).  Parameters that no
check reads are an error.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from collapse_lib import evidence
from collapse_lib.claims.ledger import Claim, Ledger, Origin
from collapse_lib.errors import InvalidInput, unknown
from collapse_lib.evidence import Kind, Verdict
from collapse_lib.parameters import Parameter, Scene, read_by
from collapse_lib.registry import Registry

__all__ = ["Claim", "Judge", "Ledger", "Verdict", "check", "check_all", "claim", "find", "registry"]

Judge = Callable[[float], Verdict]
"""The verdict on what was measured, with the theory's value multiplied by a factor."""

Check = TypeVar("Check", bound=Callable[..., Judge])
"""What measures in a scene."""

DISTORT = Parameter("distort", "float", 1.0, "a factor on the theory's value, which plants an error", 1e-9, 1e15)

HALVINGS = 12
"""Of the way from 1 to the planted factor: the sensitivity is told to a 4,000th of it."""


@dataclass(frozen=True)
class Registered:
    """A claim with its check, the factor that the check must refute, and whether it is a factor on the theory."""

    claim: Claim
    check: Callable[[Any], Judge]
    scene: type[Scene]
    planted: float
    sensible: bool

    @functools.cached_property
    def parameters(self) -> dict[str, Parameter]:
        """What can be set: what the check reads of its scene, and `distort`, the factor that spoils the theory."""
        read = read_by(self.check, self.scene)
        declared = {name: p for name, p in self.scene.parameters().items() if name in read}
        return {**declared, DISTORT.name: DISTORT}

    def judge(self, scene: Scene, *, spoil: float = 1.0, told: bool = False) -> Verdict:
        """Run the check; parameters outside a theorem's assumptions are a verdict, not an error.

        `told` adds the claim's sensitivity, where there is no planted error and nothing is refuted already.
        """
        try:
            judge = self.check(scene)
            verdict = judge(spoil)
            if not told or not self.sensible or spoil != 1 or verdict.kind == "refuted":
                return verdict
            return dataclasses.replace(verdict, sensitivity=sensitivity(judge, self.planted))
        except evidence.OutOfScope as reason:
            return evidence.out_of_scope(str(reason))
        except InvalidInput as mistake:
            raise InvalidInput(f"the claim {self.claim.id} cannot be checked: {mistake}") from None


_claims = Registry[Registered]("claim", __name__)


def claim(
    id: str,  # noqa: A002
    *,
    chapter: str,
    place: str,
    statement: str,
    quantifiers: str = "",
    not_run: str = "",
    origin: Origin = "paper",
    after: str = "",
    expects: Kind = "supported",
    planted: float = 1.5,
    sensible: bool = True,
) -> Callable[[Check], Check]:
    """Register the decorated check under `id`; `expects` is the verdict that the book stands by.

    `planted` is a factor on the theory's value that must be refuted: more than the margin, or than a bound's slack.
    Where it multiplies something else (the level of a test, a distance from 0), `sensible` is False, and the
    claim has no sensitivity.  `after` names who is cited for a classical statement.
    """

    def register(check: Check) -> Check:
        made = Claim(id, chapter, place, statement, origin, expects, after, quantifiers, not_run)
        scene = next(iter(get_type_hints(check).values()))
        _claims.add(id, Registered(made, check, scene, planted, sensible))
        return check

    return register


def registry() -> dict[str, Registered]:
    """Every claim by its id, those of a chapter together."""
    return _claims.all()


def find(id: str) -> Registered:  # noqa: A002
    """The claim of that id, or `InvalidInput` that names the nearest."""
    return _claims.find(id)


def check(id: str, **parameters: Any) -> Verdict:  # noqa: A002
    """The verdict on one claim, judged by itself, with the chapter's own values for what is not given.

    `distort`, a factor on the theory's value, plants an error; 1, the default, is the claim itself.
    """
    item = find(id)
    if strange := set(parameters) - set(item.parameters):
        raise unknown(f"parameter of {id}", min(strange), item.parameters)
    spoil = float(parameters.pop("distort", 1.0))
    try:
        scene = item.scene(**parameters)
    except InvalidInput as mistake:
        raise InvalidInput(f"the claim {id} cannot be checked: {mistake}") from None
    return item.judge(scene, spoil=spoil, told=True)


def check_all(chapter: str | None = None, **parameters: Any) -> Ledger:
    """The verdicts on all claims, or on one chapter's, judged together; the claims of a chapter share its scene."""
    claims = {name: item for name, item in registry().items() if chapter in (None, item.claim.chapter)}
    if not claims:
        raise unknown("chapter with claims", str(chapter), {item.claim.chapter for item in registry().values()})
    takes = frozenset[str]().union(*(item.parameters for item in claims.values()))
    if strange := set(parameters) - takes:
        raise unknown("parameter of these claims", min(strange), takes)
    spoil = float(parameters.pop("distort", 1.0))
    scenes = {scene: scene(**scene.known(parameters)) for scene in {item.scene for item in claims.values()}}
    verdicts = {name: item.judge(scenes[item.scene], spoil=spoil, told=True) for name, item in claims.items()}
    return Ledger(tuple(item.claim for item in claims.values()), verdicts)


def sensitivity(judge: Judge, planted: float) -> float | None:
    """The factor nearest to 1, on the way to `planted`, that is refuted; None if not even `planted` is.

    The same samples are judged, at the level of a claim by itself.

    >>> from collapse_lib.evidence import exact
    >>> round(sensitivity(lambda spoil: exact(2.0, 2.0 * spoil, tolerance=0.1), 1.5), 2)
    1.05
    """
    if judge(planted).kind != "refuted":
        return None
    near, far = 0.0, 1.0  # shares of the way
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        near, far = (near, middle) if judge(_on_the_way(planted, middle)).kind == "refuted" else (middle, far)
    return _on_the_way(planted, far)


def _on_the_way(planted: float, share: float) -> float:
    """The factor at a share of the way from 1 to `planted`: on a log scale, unless that has another sign."""
    return float(planted**share if planted > 0 else 1 + share * (planted - 1))
