"""The recorded experiment of Figure 5: what was run, what the claims make of it, and the table beside it.

Nothing here needs torch.
"""

import json
import re

import numpy as np
import oracles
import pytest
from conftest import ROOT

from collapse_lib import InvalidInput, claims
from collapse_lib.evidence.samples import FEWEST
from collapse_lib.experiments import transformers
from collapse_lib.gpt import presets, recorded, tabular
from collapse_lib.gpt.recorded import PUBLISHED, Record, read

FOLDER = ROOT / "book" / "data" / "transformers"
CLAIMS = [name for name, item in claims.registry().items() if item.claim.chapter == "transformers"]


@pytest.fixture(scope="module")
def laptop():
    return read("laptop")


# What was recorded ------------------------------------------------------------------------------------------------


def test_the_records_in_the_book_are_those_that_the_library_names():
    found = {path.stem: recorded.read_file(path).values["sha256"] for path in FOLDER.glob("*.json")}
    assert found
    assert set(found) == set(PUBLISHED)
    assert all(found[name].startswith(start) and len(start) == 16 for name, start in PUBLISHED.items())


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_record_is_of_its_preset_and_from_a_clean_checkout(name):
    values = read(name).values
    assert presets.from_dict(values["preset"]) == presets.find(name)
    told = values["provenance"]
    assert re.fullmatch(r"[0-9a-f]{12}", told["commit"])
    assert re.fullmatch(r"[0-9a-f]{64}", told["library_sha256"])
    assert told["versions"]["torch"]
    assert "resumed_with" not in values


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_record_has_as_many_seeds_as_a_verdict_takes_and_ten_generations(name):
    record = read(name)
    assert len(record.seeds) >= FEWEST
    assert record.generations.tolist() == list(range(1, 11))
    for setting in presets.SETTINGS:
        assert record.deviation(setting).shape == (len(record.seeds), 10)
        assert (record.deviation(setting)[:, 0] == 0).all()
        assert record.validation(setting).min() > record.floor().min()


def test_a_record_is_small():
    assert all(path.stat().st_size < 10**6 for path in FOLDER.iterdir())


def test_an_experiment_for_a_laptop_fits_on_one(laptop):
    """At most 15 minutes on two quiet cores; training is most of it."""
    assert laptop.cost()[:, 1].sum() / 2 < 15 * 60


def test_a_preset_without_a_record_is_told_so():
    with pytest.raises(InvalidInput, match=r"preset 'paper' has been recorded; recorded: laptop"):
        read("paper")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"sha256": "0"}', "Hello"])
def test_what_is_no_record_is_refused(tmp_path, content):
    (tmp_path / "mine.json").write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"mine\.json"):
        read(str(tmp_path / "mine.json"))


# The claims -------------------------------------------------------------------------------------------------------


@pytest.fixture
def pretended(laptop, tmp_path):
    """A function that judges a claim on the laptop's record with other deviations and losses, noise in all."""

    def judge(name, *, seeds=4, **slopes):
        rng = np.random.default_rng(0)
        values = json.loads(json.dumps(laptop.values))
        values["runs"] = values["runs"][:seeds]
        for run in values["runs"]:
            for setting in presets.SETTINGS:
                for row in run["settings"][setting]:
                    m = row["generation"]
                    row["deviation"][0] = 0.3 + slopes.get(setting, 0) * m + 0.002 * rng.normal() if m > 1 else 0
                    row["curve"][-1][1] = 2 + slopes.get(setting, 0) * m + 0.002 * rng.normal()
        path = tmp_path / f"{name.replace('/', '-')}.json"
        recorded.write(path, recorded.sealed(values))
        return claims.check(name, record=str(path)).kind

    return judge


@pytest.mark.parametrize(
    ("name", "slopes", "kind"),
    [
        ("figure-5/diverges", {"synthetic": 0.03}, "supported"),
        ("figure-5/diverges", {"synthetic": 0.0}, "refuted"),
        ("figure-5/diverges", {"synthetic": 0.01}, "inconclusive"),
        ("figure-5/stable", {"synthetic": 0.03}, "supported"),
        ("figure-5/stable", {"half": 0.03}, "refuted"),
        ("figure-5/stable", {"fifth": 0.03}, "refuted"),
        ("figure-5/order", {"synthetic": 0.03}, "supported"),
        ("figure-5/order", {"synthetic": 0.01, "half": 0.03}, "refuted"),
        ("figure-5/overfits", {"synthetic": 0.03}, "supported"),
        ("figure-5/overfits", {"synthetic": -0.01}, "refuted"),
        ("figure-5/mixtures-learn", {"synthetic": 0.03, "half": 0.005}, "supported"),
        ("figure-5/mixtures-learn", {"synthetic": 0.03, "half": 0.03}, "refuted"),
    ],
)
def test_a_verdict_follows_from_the_numbers(pretended, name, slopes, kind):
    """Noise of 0.002 and four seeds; a false alarm has chance 1 % a case, for one fixed seed."""
    assert pretended(name, **slopes) == kind


@pytest.mark.parametrize("seeds", range(1, FEWEST))
@pytest.mark.parametrize("name", CLAIMS)
def test_few_seeds_give_no_verdict(pretended, name, seeds):
    assert pretended(name, seeds=seeds, synthetic=0.03) == "out of scope"


def test_there_are_claims_on_divergence_stability_and_loss():
    assert {"figure-5/diverges", "figure-5/stable", "figure-5/overfits"} <= set(CLAIMS)


def test_a_slope_is_that_of_least_squares():
    values = np.random.default_rng(0).normal(size=(5, 10))
    expected = [np.polyfit(np.arange(3, 11), row[2:], 1)[0] for row in values]
    np.testing.assert_allclose(transformers.slopes(values, first=3), expected)


# The table beside the transformer ---------------------------------------------------------------------------------


def made_up(law, seen, generations=4):
    """A record of one seed whose contexts have one law and were seen equally often."""
    rows = [np.round(10_000 * np.asarray(law)).astype(int).tolist()] * 60
    run = {"seed": 0, "truth": {"law": rows}, "seen": {"1": [seen] * 60}}
    return Record({"preset": {"generations": generations}, "runs": [run]})


@pytest.mark.parametrize(("setting", "synthetic"), [("synthetic", 5), ("half", 2), ("fifth", 1)])
def test_the_table_is_the_papers_model(setting, synthetic):
    """2,000 slow runs, token by token, against 60 contexts in 40 runs; |z| < 5 fails once in 1.7 million."""
    law, M = [0.5, 0.3, 0.2], 4
    fast = tabular.deviation(made_up(law, seen=5), setting, 1, runs=40, seed=0)
    rng, row = np.random.default_rng(1), oracles.fixed_total(5, synthetic)
    slow = []
    for _ in range(2_000):
        models = [np.array(p) for p in oracles.slow_run(law, row, "part", M, rng)]
        slow.append([np.abs(p - models[1]).sum() for p in models[1:]])
    error = np.std(slow, axis=0)[1:] * np.sqrt(1 / 2_000 + 1 / 2_400)
    assert (np.abs(fast - np.mean(slow, axis=0))[1:] / error < 5).all()
    assert fast[0] == 0


def test_rarer_contexts_stray_further(laptop):
    ends = [tabular.deviation(laptop, "synthetic", length, runs=1, seed=0)[-1] for length in (1, 2, 3)]
    assert ends == sorted(ends)


def test_longer_contexts_are_rarer(laptop):
    seen = [tabular.seen(laptop, length) for length in (1, 2, 3, 4)]
    assert seen == sorted(seen, reverse=True)


def test_contexts_too_rare_to_share_are_refused():
    with pytest.raises(InvalidInput, match="was seen 5 times"):
        tabular.deviation(made_up([0.5, 0.5], seen=2), "half", 1, runs=1, seed=0)
