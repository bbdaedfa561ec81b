"""The book's claims: each has the verdict that the book stands by, and each would be refuted by a planted error.

Every seed is fixed.  Another seed would turn some verdict of a family into a false one with chance 1 % at most; a
claim that is true can also be inconclusive, and at these sizes none is.
"""

import dataclasses
import json
import re

import numpy as np
import pybtex.database
import pytest
from conftest import ROOT
from pybtex.richtext import Text

from collapse_lib import InvalidInput, claims, evidence
from collapse_lib.claims import seeds
from collapse_lib.claims.ledger import MIME, SIGNS, Claim, Ledger
from collapse_lib.evidence import Verdict

REGISTRY = claims.registry()
every_claim = pytest.mark.parametrize("name", REGISTRY)


def smaller(name):
    """Parameters that make a check quick: at most 8,000 runs, or the first of a text where nothing is random."""
    takes = REGISTRY[name].parameters
    if "trials" in takes:
        return {"trials": min(takes["trials"].default, 8_000)}
    return {"characters": 10_000} if "characters" in takes else {}


def takes(item, parameters):
    """Whether a claim's check reads all of these, and they are in range."""
    known = item.parameters
    return set(parameters) <= set(known) and all(known[name].low <= np.min(x) for name, x in parameters.items())


# The claims -------------------------------------------------------------------------------------------------------


def test_there_are_claims():
    assert len(REGISTRY) >= 10


@every_claim
def test_a_claim_has_the_verdict_that_the_book_stands_by(name):
    assert claims.check(name, **smaller(name)).kind == REGISTRY[name].claim.expects


@every_claim
def test_a_planted_error_is_refuted(name):
    assert claims.check(name, distort=REGISTRY[name].planted, **smaller(name)).kind == "refuted"


@every_claim
def test_an_id_is_a_name_and_a_part(name):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*", name)
    assert REGISTRY[name].claim.id == name


def test_ids_stay_different_as_anchors():
    assert len({name.replace("/", "-") for name in REGISTRY}) == len(REGISTRY)


@every_claim
def test_the_chapter_of_a_claim_is_in_the_book_and_shows_it(name):
    chapter = REGISTRY[name].claim.chapter
    assert f'check_all("{chapter}"' in re.sub(r"\(\s+", "(", (ROOT / "book" / f"{chapter}.md").read_text("utf-8"))


@every_claim
def test_the_mathematics_of_a_statement_is_closed(name):
    statement = REGISTRY[name].claim.statement
    assert re.findall(r"\\[()]", statement) == [r"\(", r"\)"] * statement.count(r"\(")
    assert statement.count("{") == statement.count("}")


@every_claim
def test_a_claim_says_in_a_sentence_what_is_claimed_and_where(name):
    claim = REGISTRY[name].claim
    assert claim.statement.endswith(".")
    assert claim.place
    assert claim.origin in ("paper", "classical", "ours")
    assert bool(claim.after) == (claim.origin == "classical")
    assert claim.expects in SIGNS


def cited(after):
    """(names, year) of each work in "Möhle (2004); Ewens (1963), after Buss and Clote (2004)"."""
    return re.findall(r"([^;()]+?) \((\d{4})\)", after.replace(", after ", "; "))


@pytest.mark.parametrize("name", [name for name, item in REGISTRY.items() if item.claim.after])
def test_who_is_cited_for_a_classical_claim_is_in_the_bibliography(name):
    entries = pybtex.database.parse_file(str(ROOT / "book" / "references.bib")).entries.values()
    known = [
        (str(Text.from_latex(entry.persons["author"][0].last_names[-1])), entry.fields["year"]) for entry in entries
    ]
    works = cited(REGISTRY[name].claim.after)
    assert works
    for names, year in works:
        first = names.strip().split(" and ")[0].split(",")[0].removesuffix(" et al.").split()[-1]
        assert (first, year) in known, (names, year)


@every_claim
def test_a_claim_has_a_contract(name):
    """For what it is meant, and what of that is not looked at, each in a clause that ends."""
    claim = REGISTRY[name].claim
    for clause in (claim.quantifiers, claim.not_run):
        assert clause.endswith("."), clause
        assert re.findall(r"\\[()]", clause) == [r"\(", r"\)"] * clause.count(r"\(")


@every_claim
def test_a_claim_tells_how_small_an_error_it_would_see_where_it_has_a_factor(name):
    """The sensitivity lies between 1 and the planted factor, and the same samples are refuted there."""
    item = REGISTRY[name]
    found = claims.check(name, **smaller(name))
    if not item.sensible or found.kind == "out of scope":
        assert found.sensitivity is None
        return
    low, high = sorted((1.0, item.planted))
    assert low < found.sensitivity <= high or low <= found.sensitivity < high
    assert claims.check(name, distort=found.sensitivity, **smaller(name)).kind == "refuted"


@pytest.mark.parametrize(
    "words",
    [
        ("Theorem 1", "(6)"),
        ("Theorem 1", "(7)", "lower"),
        ("Theorem 1", "(7)", "upper"),
        ("Theorem 1", "(8)", "lower"),
        ("Theorem 1", "(8)", "upper"),
        ("Proposition 1",),
        ("(2)",),
        ("(5)",),
        ("Definition 1",),
        ("Figure 1",),
        ("Figure 2",),
    ],
    ids=" ".join,
)
def test_the_papers_statement_is_among_the_claims(words):
    of_the_paper = [item.claim.place for item in REGISTRY.values() if item.claim.origin == "paper"]
    assert any(all(word in place for word in words) for place in of_the_paper)


# Sensitivity ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("planted", [1.5, 40, 1e9])
def test_the_sensitivity_of_an_equality_is_the_edge_of_its_margin(planted):
    found = claims.sensitivity(lambda spoil: evidence.exact(1.0, spoil, tolerance=0.25), planted)
    assert found == pytest.approx(1.25, rel=np.log(planted) / 2**12)
    assert found > 1.25


def test_a_factor_below_1_is_found_from_above():
    found = claims.sensitivity(lambda spoil: evidence.exact(1.0, spoil, tolerance=0.25), 0.1)
    assert found == pytest.approx(0.75, rel=1e-3)
    assert found < 0.75


def test_a_factor_of_the_other_sign_is_found_on_the_way_through_zero():
    found = claims.sensitivity(lambda spoil: evidence.exact_bound(-1.0, spoil), -5.0)
    assert found == pytest.approx(-1.0, abs=6 / 2**12)


def test_what_the_planted_factor_does_not_refute_has_no_sensitivity():
    assert claims.sensitivity(lambda spoil: evidence.exact(1.0, spoil, tolerance=0.25), 1.2) is None


def test_the_sensitivity_needs_a_dozen_judgements_and_no_new_samples():
    judged = []
    claims.sensitivity(lambda spoil: judged.append(spoil) or evidence.exact(1.0, spoil, tolerance=0.1), 2.0)
    assert len(judged) == 13


# Other parameters -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parameters",
    [
        {"n": 25},
        {"n": 2},
        {"n": 1},
        {"truth": [0.5, 0.5]},
        {"truth": [0.0, 0.9, 0.1]},
        {"truth": np.full(40, 1 / 40)},
        {"n": 7, "seed": 5},
    ],
    ids=["n=25", "n=2", "n=1", "two tokens", "two unequal tokens", "forty tokens", "another seed"],
)
def test_no_claim_is_refuted_with_other_parameters(parameters):
    """The chance of any false refutal is 1 % for each of these families."""
    concerned = [name for name, item in REGISTRY.items() if takes(item, parameters)]
    sizes = {name: {"trials": 2_000} if "trials" in REGISTRY[name].parameters else {} for name in concerned}
    found = {name: claims.check(name, **parameters, **sizes[name]) for name in concerned}
    assert [name for name, v in evidence.holm(found).items() if v.kind == "refuted"] == []


@pytest.mark.parametrize("name", [name for name, item in REGISTRY.items() if "truth" in item.parameters])
def test_a_truth_that_has_collapsed_is_out_of_scope(name):
    verdict = claims.check(name, truth=[0.0, 1.0, 0.0])
    assert verdict.kind == "out of scope"
    assert "Dirac" in verdict.note


@pytest.mark.parametrize("name", [name for name, item in REGISTRY.items() if "corpus" in item.parameters])
def test_a_text_of_one_character_is_refused(name, tmp_path):
    (tmp_path / "a.txt").write_text("a" * 1_000, encoding="utf-8")
    with pytest.raises(InvalidInput, match="one character, repeated"):
        claims.check(name, corpus=str(tmp_path / "a.txt"))


def test_a_verdict_is_reproduced_from_its_seed():
    one, two = (claims.check("theorem-1/sigma", n=10, trials=500, seed=4) for _ in range(2))
    assert one == two


def test_another_seed_measures_something_else():
    one, two = (claims.check("theorem-1/sigma", n=10, trials=500, seed=seed) for seed in (4, 5))
    assert one.measured != two.measured


# Mistakes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "given", "nearest"),
    [
        (lambda: claims.check("theorem-1/sigm"), "theorem-1/sigm", "theorem-1/sigma"),
        (lambda: claims.check("theorem-1/sigma", trails=10), "trails", "trials"),
        (lambda: claims.check_all("fuly_synthetic"), "fuly_synthetic", "fully_synthetic"),
        (lambda: claims.check_all("fully_synthetic", trails=10), "trails", "trials"),
    ],
    ids=["claim", "parameter", "chapter", "parameter of many"],
)
def test_an_unknown_name_is_refused_with_the_nearest_known_one(call, given, nearest):
    with pytest.raises(InvalidInput) as refusal:
        call()
    assert f"'{given}'" in str(refusal.value)
    assert f"did you mean '{nearest}'" in str(refusal.value)


@pytest.mark.parametrize("n", [0, -3, 2.5])
@pytest.mark.parametrize("name", [name for name, item in REGISTRY.items() if "n" in item.parameters])
def test_a_number_of_samples_that_cannot_be_is_refused_with_the_claims_name(name, n):
    with pytest.raises(InvalidInput, match=f"the claim {name} cannot be checked"):
        claims.check(name, n=n)


@pytest.mark.parametrize("parameters", [{"trials": 0}, {"truth": [0.5, 0.4]}], ids=["no run", "a sum of 0.9"])
def test_what_the_library_refuses_is_refused_with_the_claims_name(parameters):
    with pytest.raises(InvalidInput, match="the claim theorem-1/sigma cannot be checked"):
        claims.check("theorem-1/sigma", **parameters)


def test_a_claim_is_registered_once():
    checked = REGISTRY["theorem-1/sigma"].check
    with pytest.raises(AssertionError, match="twice"):
        claims.claim("theorem-1/sigma", chapter="fully_synthetic", place="", statement="")(checked)


# Ledgers ----------------------------------------------------------------------------------------------------------


def verdict(kind, **changes):
    found = Verdict(kind, 1.25, (1.0, 1.5), 1.2, margin=0.1, samples=4_000, points=3, tightness=1.1)
    if kind == "out of scope":
        found = evidence.out_of_scope("n = 1 is excluded")
    certain = {"p_support": 1e-9, "success": kind}
    p = {
        "supported": certain,
        "corrected": certain,
        "vacuous": certain,
        "overstated": certain,
        "refuted": {"p_refute": 1e-9},
    }.get(kind, {})
    return dataclasses.replace(found, **(p | changes))


def ledger(**found):
    """A ledger of claims a/<name> that are all expected to be supported."""
    made = [
        Claim(f"a/{name}", "fully_synthetic", "Place", f"Claim {name}.", "paper", "supported") for name in found
    ]
    return Ledger(tuple(made), {f"a/{name}": v for name, v in found.items()})


KINDS = ledger(**{kind.replace(" ", "-"): verdict(kind) for kind in SIGNS})


@pytest.fixture(scope="module")
def measured():
    return claims.check_all("fully_synthetic", n=10, trials=500)


def test_a_ledger_holds_every_claim_of_the_chapter(measured):
    of_chapter = [name for name, item in REGISTRY.items() if item.claim.chapter == "fully_synthetic"]
    assert [claim.id for claim in measured.claims] == list(measured.verdicts) == of_chapter


def test_many_claims_are_judged_as_one_family(measured):
    assert measured.verdicts == evidence.holm(measured.found)
    assert measured.verdicts != measured.found


def test_each_check_gets_the_parameters_that_it_takes(measured):
    assert measured.found["theorem-1/sigma"] == claims.check("theorem-1/sigma", n=10, trials=500)


def test_a_ledger_survives_the_trip_through_json(measured):
    again = Ledger.from_records(json.loads(json.dumps(measured.records())))
    assert (again.claims, again.verdicts) == (measured.claims, measured.verdicts)


def test_records_hold_what_was_found_and_not_what_was_judged():
    weak = ledger(one=verdict("supported", p_support=0.008), two=verdict("supported", p_support=0.008))
    assert [record["verdict"]["p_support"] for record in weak.records()] == [0.008, 0.008]


def test_a_ledger_joined_from_two_is_judged_as_one():
    one, two = ledger(one=verdict("supported", p_support=0.008)), ledger(two=verdict("supported", p_support=0.008))
    assert one.counts() == two.counts() == {"supported": 1}
    joined = Ledger.from_records([*one.records(), *two.records()])
    assert joined.counts() == {"inconclusive": 2}


def test_counts_are_of_every_kind_that_occurs():
    assert KINDS.counts() == dict.fromkeys(SIGNS, 1)
    assert ledger(one=verdict("refuted")).counts() == {"refuted": 1}


def test_unexpected_is_what_the_book_does_not_stand_by():
    assert [claim.id for claim in KINDS.unexpected()] == [
        "a/refuted", "a/inconclusive", "a/corrected", "a/overstated", "a/vacuous",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", SIGNS)
def test_a_verdict_is_a_word_in_the_text(kind):
    assert f" {kind}: " in KINDS.text().splitlines()[list(SIGNS).index(kind)]


def test_the_kinds_have_different_signs():
    assert len(set(SIGNS.values())) == len(SIGNS)


def test_the_text_has_a_line_for_each_claim_with_its_numbers(measured):
    lines = measured.text().splitlines()
    assert [line.split()[1] for line in lines] == [claim.id for claim in measured.claims]
    assert all("measured" in line for line in lines if "out of scope" not in line)


def test_a_ledger_without_claims_is_an_empty_text():
    assert ledger().text() == ""


def test_a_notebook_shows_a_ledger_as_text_and_keeps_its_records(measured):
    assert measured._repr_mimebundle_() == {"text/plain": measured.text(), MIME: measured.records()}


# Other seeds ------------------------------------------------------------------------------------------------------

SEEDS = json.loads((ROOT / "book" / "data" / "seeds.json").read_text(encoding="utf-8"))


def test_the_record_of_other_seeds_is_of_claims_that_draw():
    assert len(SEEDS["seeds"]) >= 20
    assert len(SEEDS["margins"]) >= 40
    assert set(SEEDS["margins"]) <= set(seeds.drawn())


@pytest.mark.parametrize("name", SEEDS["margins"])
def test_a_margin_is_a_tenth_at_most_and_seven_standard_errors_under_every_seed(name):
    margin = SEEDS["margins"][name]
    assert margin["resolution"] <= 0.1 * (1 + 1e-9)  # it is a quotient of rounded numbers
    assert margin["errors"] >= 7
