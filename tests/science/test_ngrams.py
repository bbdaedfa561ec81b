"""What the chapter on n-grams measures on a text, and which texts it refuses."""

import numpy as np
import oracles
import pytest
from conftest import ROOT

from collapse_lib import Accumulate, FullySynthetic, InvalidInput, claims, text
from collapse_lib.claims import ngrams as judged
from collapse_lib.evidence import OutOfScope
from collapse_lib.experiments import histories
from collapse_lib.experiments import ngrams as ours
from collapse_lib.experiments.histories import Reading, history, looks, opened
from collapse_lib.theory import coalescent

WRITINGS = ("passages", "single tokens", "fixed contexts")
SOME = "The cat sat on the mat, and the dog sat on the cat; then the mat sat on the dog. " * 2


@pytest.fixture
def reading(tmp_path):
    """A function that reads a text of the reader's own."""

    def read(content, **options):
        path = tmp_path / "mine.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        histories.opened.cache_clear()
        histories.history.cache_clear()
        return Reading(str(path), **options)

    return read


def table_of(rows):
    """The table of contexts of one token, from counts of shape (contexts, tokens)."""
    counts = np.zeros((4, 4), dtype=int)
    counts[: len(rows), : len(rows[0])] = rows
    learner = text.NGrams(1, 4)
    return learner.fit(learner.corpus(counts)).table


# Laws -------------------------------------------------------------------------------------------------------------

ROWS = [[3, 2, 1], [2, 2, 0], [0, 0, 5]]


def test_the_share_alive_is_the_mean_of_the_chains_of_its_contexts():
    law = ours.alive_fixed(table_of(ROWS), 5)
    chains = [oracles.Chain([c / sum(row) for c in row], sum(row)) for row in ROWS]
    for m in range(2, 6):
        alive = sum(chain.mean(m - 1, lambda p: sum(q > 0 for q in p)) for chain in chains)
        assert law[m - 1] == pytest.approx(alive / 6, rel=1e-12)
    assert law[0] == 1


def test_the_share_open_is_the_mean_of_those_with_a_choice():
    law = ours.open_fixed(table_of(ROWS), 5)
    rho = [coalescent.collapse_probability(np.array(row) / sum(row), sum(row), 4) for row in ROWS[:2]]
    np.testing.assert_allclose(law, 1 - np.mean(rho, axis=0), rtol=1e-12)


def test_one_urn_is_one_chain():
    chain = oracles.Chain([3 / 6, 2 / 6, 1 / 6], 6)
    law = ours.alive_in_one_urn(np.array([3, 2, 1]), 6, 4)
    expected = [1, *(chain.mean(m, lambda p: np.mean([q > 0 for q in p])) for m in (1, 2, 3))]
    np.testing.assert_allclose(law, expected, rtol=1e-12)


def test_the_last_of_several_contexts_collapses_as_their_joint_law_says():
    """Distance of 4,000 runs from the exact law; false alarm 1e-6."""
    rows = np.array(ROWS[:2])
    last = histories.last_collapses(rows, 4_000, 0)
    law = coalescent.joint_collapse_probability(rows / rows.sum(1, keepdims=True), rows.sum(1), histories.LATEST)
    found = np.array([np.mean(last <= m) for m in range(len(law))])
    assert np.abs(found - law).max() < oracles.law_margin(4_000)
    assert np.abs(found - law**1.5).max() > oracles.law_margin(4_000)


def test_rare_contexts_are_rare_and_have_a_choice():
    rows = ours.rare_contexts(opened(Reading(characters=5_000)).model.table)
    assert len(rows) == ours.TIMED
    assert set(rows.sum(axis=1).tolist()) <= set(ours.RARE)
    assert ((rows > 0).sum(axis=1) > 1).all()


# What is told ----------------------------------------------------------------------------------------------------


def test_a_share_is_compared_where_both_sides_are_large_enough():
    """Four runs about the law; only looks at which 0.3 to 0.7 are alive count, and a tenth of the smaller side."""
    law = np.linspace(1, 0, 20)
    at = looks(20)
    runs = law[at - 1][:, None] + 1e-3 * np.array([-1, 1, -1, 1])
    verdict = judged.agree(runs, law)(1.0)
    told = [m for m in at if 0.3 <= law[m - 1] <= 0.7]
    assert (verdict.kind, verdict.points) == ("supported", len(told))
    assert verdict.resolution == pytest.approx(0.1)
    assert judged.agree(runs, law)(1.3).kind == "refuted"
    assert judged.agree(runs, law, least=0.5)(1.0).points == sum(law[m - 1] >= 0.5 for m in told)


def test_a_law_that_leaves_nearly_all_or_nothing_tells_nothing():
    with pytest.raises(OutOfScope, match="at least 30% dead and 30% alive"):
        judged.agree(np.ones((8, 4)), np.full(20, 0.9))


# Histories --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("writing", WRITINGS)
def test_a_history_starts_at_the_text(reading, writing):
    found = history(reading(SOME), writing, FullySynthetic(opened(reading(SOME)).M), 6, 3, 0)
    assert all(values.shape == (len(looks(6)), 3) for values in found)
    assert (found.types[0] == 1).all()
    assert (found.tokens[0] == 1).all()
    assert (found.open[0] == 1).all()
    assert (found.deviation[0] == 0).all()
    assert found.entropy[0] == pytest.approx(text.entropy(opened(reading(SOME)).model.table))


@pytest.mark.parametrize("writing", WRITINGS[1:])
def test_without_real_text_what_is_lost_is_lost(reading, writing):
    """But for passages, which may come to an unseen context and make a new type."""
    found = history(reading(SOME), writing, FullySynthetic(opened(reading(SOME)).M), 12, 4, 0)
    for share in (found.types, found.tokens, found.open):
        assert (np.diff(share, axis=0) <= 0).all()


def test_with_all_the_past_nothing_is_lost(reading):
    found = history(reading(SOME), "passages", Accumulate(opened(reading(SOME)).M), 6, 2, 0)
    assert (found.types == 1).all()


def test_a_run_does_not_depend_on_how_many_there_are(reading):
    few, more = (
        history(reading(SOME), "passages", FullySynthetic(opened(reading(SOME)).M), 4, n, 0).types for n in (2, 3)
    )
    assert (few == more[:, :2]).all()


def test_what_is_written_is_of_the_generations_that_were_asked(reading):
    written = histories.written(reading(SOME), 0, 90, (1, 3))
    assert list(written) == [1, 3]
    assert all(set(passage) <= set(SOME) for passage in written.values())
    assert all(len(passage) == 93 for passage in written.values())  # with the opening


@pytest.mark.parametrize("M", [4, 20, 200])
def test_the_first_and_the_last_generation_are_looked_at(M):
    at = looks(M)
    assert at[0] == 1
    assert at[-1] == M
    assert (np.diff(at) > 0).all()


# Texts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\x00\x01" * 500, "NUL characters"),
        (b"\xff\xfe" * 500, "not UTF-8"),
        (b"a" * 5_000, "is one character, repeated"),
        (b"Hello.", "has 6 characters in what is read of it; contexts of 3 take at least 103"),
    ],
    ids=["empty", "binary", "not UTF-8", "one character", "short"],
)
def test_a_text_that_says_nothing_is_refused_in_one_sentence(reading, content, said):
    with pytest.raises(InvalidInput) as refusal:
        opened(reading(content))
    assert said in str(refusal.value)
    assert str(refusal.value).count("\n") == 0
    assert str(refusal.value).endswith(".")


def test_contexts_too_long_for_a_large_alphabet_are_refused(reading):
    signs = "".join(chr(0x4E00 + i) for i in range(1_000))
    with pytest.raises(InvalidInput, match="shorten the context"):
        opened(reading(signs, length=8))


def test_a_text_without_words_has_none(reading):
    assert not histories.has_words(reading("一" * 50 + "二" * 60, unit="words", length=1))
    assert histories.has_words(reading(SOME * 3, unit="words", length=1))


def test_a_text_that_has_collapsed_already_is_out_of_scope(reading):
    mine = reading("ab" * 500)
    found = {name: claims.check(name, corpus=mine.corpus) for name in claims.registry() if name.startswith("text/")}
    kinds = {name: verdict.kind for name, verdict in found.items()}
    assert {kinds[f"text/{name}"] for name in ("fixed-types", "fixed-open", "fixed-last", "words", "mixing")} == {
        "out of scope"
    }


def test_a_text_with_few_frequent_contexts_loses_nothing_either_way(reading):
    coin = "".join(np.random.default_rng(0).choice(["a", "b"], 4_000))
    assert claims.check("text/free-loses-more", corpus=reading(coin).corpus, runs=4).kind == "out of scope"


def test_the_claims_on_a_text_are_supported_on_a_short_piece_of_it():
    """The chance of any false refutal is 8 %: eight claims, each at 1 %."""
    names = [name for name in claims.registry() if name.startswith("text/")]
    kinds = {name: claims.check(name, characters=4_000).kind for name in names}
    assert set(kinds.values()) == {"supported"}


# The page ---------------------------------------------------------------------------------------------------------


def test_the_page_is_in_the_book_and_writes_a_readers_text_through_excerpts_only():
    page = (ROOT / "book" / "ngrams.md").read_text(encoding="utf-8")
    assert "Excerpts(shown" in page
    assert "print(" not in page
