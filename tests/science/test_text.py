"""The model on a text: counted by hand, against a twin that knows only dictionaries, and against the tabular law.

Chi-square tests refuse below p = 1e-6, their false-alarm rate; every seed is fixed.
"""

import collections
import itertools
import math
import time
from dataclasses import dataclass

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse_lib import (
    Accumulate,
    FullySynthetic,
    InvalidInput,
    MostRecent,
    PartiallySynthetic,
    RandomlySampled,
    collapse_times,
    generations,
    metrics,
    simulate,
    text,
)
from collapse_lib.learners import Tabular
from collapse_lib.recursion import Given, stream
from collapse_lib.text import Corpus, FixedContexts, NGrams
from collapse_lib.text.ngrams import shares
from collapse_lib.text.tables import UNSEEN, longest, windows

FALSE_ALARM = 1e-6

tokens = st.lists(st.integers(0, 2), min_size=6, max_size=60)
sequences = st.lists(st.lists(st.integers(0, 2), max_size=8), min_size=1, max_size=8)
lengths = st.integers(0, 4)


def corpus_of(rows):
    """Several sequences as a corpus."""
    return Corpus(np.array(list(itertools.chain(*rows)), dtype=np.int32), np.array([len(row) for row in rows]))


def by_hand(rows, length):
    """{context: Counter of next tokens}, place by place."""
    counted = collections.defaultdict(collections.Counter)
    for row in rows:
        for i in range(len(row) - length):
            counted[tuple(row[i : i + length])][row[i + length]] += 1
    return dict(counted)


def as_dict(table):
    """The same of a table."""
    found = collections.defaultdict(collections.Counter)
    for key, n in zip(text.pairs(table).tolist(), table.counts.tolist(), strict=True):
        digits = [key // table.vocabulary**step % table.vocabulary for step in reversed(range(table.length + 1))]
        found[tuple(digits[:-1])][digits[-1]] = n
    return dict(found)


# Tokens -----------------------------------------------------------------------------------------------------------


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_is_written_back_from_its_characters(written):
    codes, tokenizer = text.characters(written)
    assert tokenizer.write(codes) == written
    assert tokenizer.types == tuple(sorted(set(written)))


def test_words_and_marks_are_counted_by_hand():
    codes, tokenizer = text.words("Well, well! It's o'er; well-nigh 3 times.\n")
    assert [tokenizer.types[k] for k in codes] == [
        *("Well", ",", "well", "!", "It's", "o'er", ";", "well-nigh", "3", "times", "."),
    ]
    assert tokenizer.write(codes) == "Well, well! It's o'er; well-nigh 3 times."


def test_a_text_has_no_words_where_it_has_none():
    codes, tokenizer = text.words(" \n")
    assert (codes.tolist(), len(tokenizer)) == ([], 0)


def test_an_unknown_unit_is_refused():
    with pytest.raises(InvalidInput, match="'syllables'; it is 'characters' or 'words'"):
        text.tokenized("abc", "syllables")


# Counting ---------------------------------------------------------------------------------------------------------


def test_a_word_is_counted_as_by_hand():
    codes, _ = text.characters("abracadabra")  # a b r a c a d a b r a; a, b, c, d, r = 0..4
    table = NGrams(1, 5).fit(NGrams(1, 5).read(codes)).table
    assert as_dict(table) == {(0,): {1: 2, 2: 1, 3: 1}, (1,): {4: 2}, (2,): {0: 1}, (3,): {0: 1}, (4,): {0: 2}}
    assert table.sizes.tolist() == [4, 2, 1, 1, 2]
    assert table.support.tolist() == [3, 1, 1, 1, 1]
    assert text.entropy(table) == pytest.approx(0.4 * (0.5 * math.log(2) + 0.5 * math.log(4)))


@given(sequences, lengths)
def test_every_table_is_what_a_dictionary_counts(rows, length):
    expected = by_hand(rows, length)
    if not expected:
        return
    model = NGrams(length, 3).fit(corpus_of(rows))
    assert as_dict(model.table) == expected
    places = [row[i : i + length + 1] for row in rows for i in range(len(row) - length)]
    for table in model.tables:
        assert as_dict(table) == by_hand([place[length - table.length :] for place in places], table.length)
    assert [table.length for table in model.tables] == list(range(length, -1, -1))


@given(sequences, lengths)
def test_no_context_is_made_up_across_a_border(rows, length):
    """Sequences pooled are counted as each by itself."""
    if not by_hand(rows, length):
        return
    learner = NGrams(length, 3)
    pooled = learner.pool([corpus_of([row]) for row in rows])
    assert learner.size(pooled) == sum(max(0, len(row) - length) for row in rows)
    assert as_dict(learner.fit(pooled).table) == by_hand(rows, length)


@given(tokens, lengths)
def test_a_pair_leads_to_the_row_of_its_context(given, length):
    model = NGrams(length, 3).fit(NGrams(length, 3).read(given))
    for pair, row in zip(text.pairs(model.table), model.follow, strict=True):
        after = pair % 3**length
        assert (row == UNSEEN) == (after not in model.table.contexts)
        assert row == UNSEEN or model.table.contexts[row] == after


@given(tokens, lengths)
def test_the_law_after_a_context_is_its_frequencies_and_after_an_unseen_one_those_of_its_longest_end(given, length):
    model = NGrams(length, 3).fit(NGrams(length, 3).read(given))
    places = [given[i : i + length + 1] for i in range(len(given) - length)]
    contexts = list(itertools.product(range(3), repeat=length))
    found = text.conditional(model.tables, windows(np.array(contexts).reshape(-1), length, 3)[:: max(1, length)])
    for context, law in zip(contexts, found[: len(contexts)], strict=True):
        end = next(e for e in (context[i:] for i in range(length + 1)) if any(match(p, e) for p in places))
        seen = collections.Counter(p[-1] for p in places if match(p, end))
        assert law.tolist() == pytest.approx([seen[k] / seen.total() for k in range(3)])


def match(place, end):
    """Whether the context of a place ends so."""
    return tuple(place[len(place) - 1 - len(end) : -1]) == tuple(end)


def test_the_longest_key_that_fits_is_the_longest():
    for s in (2, 3, 65, 10_000):
        assert s ** longest(s) <= 2**63 - 1 < s ** (longest(s) + 1)
    assert windows(np.full(longest(65), 64, dtype=np.int32), longest(65), 65).tolist() == [65 ** longest(65) - 1]


# Writing ----------------------------------------------------------------------------------------------------------

ROWS = [[0, 1, 0, 2, 0, 1, 1, 0], [2, 2], [1, 2, 1, 0, 0]]


def passages_by_hand(rows, length, long, uniform=False):
    """{passage with its opening: probability}, by every way in which it can be written; unseen contexts back off.

    With `uniform` contexts open passages alike, whatever their frequency: wrong on purpose.
    """
    places = [row[i : i + length + 1] for row in rows for i in range(len(row) - length)]
    opened = collections.Counter(tuple(place[:-1]) for place in places)
    if uniform:
        opened = collections.Counter(set(opened))
    law = {context: n / opened.total() for context, n in opened.items()}
    for _ in range(long):
        longer = collections.Counter()
        for passage, chance in law.items():
            context = passage[len(passage) - length :]
            end = next(e for e in (context[i:] for i in range(length + 1)) if any(match(p, e) for p in places))
            seen = collections.Counter(p[-1] for p in places if match(p, end))
            for token, n in seen.items():
                longer[(*passage, token)] += chance * n / seen.total()
        law = longer
    return law


def fit_to(law, corpus):
    """p-value of the hypothesis that the passages of a corpus have that law."""
    seen = collections.Counter(tuple(passage.tolist()) for passage in corpus.passages())
    assert set(seen) <= set(law)
    cells = sorted(law)
    return oracles.chi_square_p([seen[c] for c in cells], [len(corpus.lengths) * law[c] for c in cells])


@pytest.mark.parametrize("length", [0, 1, 2, 3])
def test_passages_have_the_law_that_a_twin_finds_by_enumeration(length):
    """20,000 passages of three tokens; contexts that are never continued occur among them."""
    learner = NGrams(length, 3, passage=3)
    written = learner.sample(learner.fit(corpus_of(ROWS)), 60_000, np.random.default_rng(length))
    assert fit_to(passages_by_hand(ROWS, length, 3), written) > FALSE_ALARM


def test_some_of_those_passages_come_to_a_context_never_seen():
    model = NGrams(2, 3).fit(corpus_of(ROWS))
    assert (model.follow == UNSEEN).any()


def test_passages_that_open_with_any_context_alike_are_told_from_them():
    learner = NGrams(2, 3, passage=3)
    written = learner.sample(learner.fit(corpus_of(ROWS)), 60_000, np.random.default_rng(2))
    wrong = passages_by_hand(ROWS, 2, 3, uniform=True)
    assert fit_to(wrong, written) < FALSE_ALARM


@pytest.mark.parametrize(("size", "passage"), [(1, 5), (5, 5), (7, 5), (7, 1), (0, 5), (23, 100)])
@pytest.mark.parametrize("length", [0, 1, 3])
def test_a_sample_holds_as_many_tokens_as_asked(length, size, passage):
    learner = NGrams(length, 3, passage)
    written = learner.sample(learner.fit(corpus_of(ROWS)), size, np.random.default_rng(0))
    assert learner.size(written) == size
    assert written.lengths.sum() == len(written.tokens)
    assert all(len(row) - length <= passage for row in written.passages())


@given(tokens, st.integers(0, 3))
def test_a_passage_of_one_token_is_a_place_of_the_text(given, length):
    """So no type is ever new, and the dead stay dead."""
    learner = NGrams(length, 3, passage=1)
    model = learner.fit(learner.read(given))
    again = learner.fit(learner.sample(model, 50, np.random.default_rng(0)))
    assert set(text.pairs(again.table).tolist()) <= set(text.pairs(model.table).tolist())


def test_the_same_seed_writes_the_same_text():
    learner = NGrams(2, 3, passage=4)
    model = learner.fit(corpus_of(ROWS))
    one, two, other = (learner.sample(model, 40, np.random.default_rng(seed)).tokens.tolist() for seed in (1, 1, 2))
    assert one == two != other


# The tabular law --------------------------------------------------------------------------------------------------

COUNTS = np.array([3, 2, 1])


def one_context(learner, opening):
    """A corpus whose only context is the opening, followed by COUNTS of three tokens."""
    return corpus_of([[*opening, k] for k, n in enumerate(COUNTS) for _ in range(n)])


@dataclass(frozen=True)
class Short(NGrams):
    """A learner that is wrong on purpose: it draws one token less, and the last one twice."""

    def sample(self, model, size, rng):
        """Passages, the last of which is there twice."""
        drawn = super().sample(model, size - 1, rng)
        return self.pool([drawn, Corpus(drawn.tokens[-drawn.lengths[-1] :], drawn.lengths[-1:])])


def third_generation(learner, corpus, runs=1_500):
    """Counts of three tokens in the training sets of p^(3), shape (runs, 3)."""
    found = []
    for run in range(runs):
        models = generations(learner, FullySynthetic(6), np.random.default_rng(run), corpus=corpus)
        law = learner.law(next(itertools.islice(models, 2, None)))
        found.append(np.rint(6 * law[:3]).astype(int))
    return np.array(found)


def fit_to_chain(found):
    """p-value of the hypothesis that they are the counts of the tabular chain two generations after COUNTS."""
    chain = oracles.Chain(COUNTS / 6, 6)
    seen = collections.Counter(map(tuple, found.tolist()))
    return oracles.chi_square_p([seen[x] for x in chain.states], len(found) * chain.law(2))


ONE_CONTEXT = {
    "no context": (NGrams(0, 3), ()),
    "no context, short passages": (NGrams(0, 3, passage=2), ()),
    "one repeated context": (NGrams(1, 4, passage=1), (3,)),
    "one repeated long context": (NGrams(2, 4, passage=1), (3, 3)),
    "one context of fixed size": (FixedContexts(1, 4), (3,)),
}


@pytest.mark.parametrize("name", ONE_CONTEXT)
def test_with_one_context_the_learner_has_the_tabular_law(name):
    learner, opening = ONE_CONTEXT[name]
    assert fit_to_chain(third_generation(learner, one_context(learner, opening))) > FALSE_ALARM


def test_so_has_the_tabular_learner_itself():
    models = generations(Tabular(), FullySynthetic(6), np.random.default_rng(0), corpus=np.tile(COUNTS, (3_000, 1)))
    found = np.rint(6 * next(itertools.islice(models, 2, None))).astype(int)
    assert fit_to_chain(found) > FALSE_ALARM


def test_a_learner_that_repeats_a_token_is_told_from_it():
    learner = Short(0, 3, passage=1)
    assert fit_to_chain(third_generation(learner, one_context(learner, ()))) < FALSE_ALARM


# Contexts of fixed size -------------------------------------------------------------------------------------------


@given(tokens, st.integers(0, 3), st.integers(0, 3))
def test_contexts_of_fixed_size_keep_it(given, length, seed):
    learner = FixedContexts(length, 3)
    real = learner.read(given)
    models = generations(learner, FullySynthetic(len(given) - length), np.random.default_rng(seed), corpus=real)
    first, *later = itertools.islice(models, 4)
    for model in later:
        assert model.table.contexts.tolist() == first.table.contexts.tolist()
        assert model.table.sizes.tolist() == first.table.sizes.tolist()


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), st.integers(0, 50))
def test_shares_are_whole_and_no_further_than_one_from_proportional(sizes, size):
    found = shares(np.array(sizes), size)
    assert found.sum() == size
    assert (np.abs(found - np.array(sizes) * size / sum(sizes)) < 1).all()


# Every schedule ---------------------------------------------------------------------------------------------------

M = 40
SCHEDULES = [
    FullySynthetic(M),
    PartiallySynthetic(M, 10),
    MostRecent(M, 4),
    MostRecent(M, 4, draw="fresh"),
    Accumulate(M),
    Accumulate(M, draw="fresh"),
    RandomlySampled(M),
]
both = pytest.mark.parametrize("learner", [NGrams(2, 3, passage=7), FixedContexts(2, 3)], ids=["free", "fixed"])


def history(learner, schedule, m):
    """Models p^(1), ..., p^(m) of a random text of three letters."""
    real = learner.read(np.random.default_rng(5).integers(3, size=int(schedule.sizes(1)[0]) + 2))
    return list(itertools.islice(generations(learner, schedule, np.random.default_rng(0), corpus=real), m))


@both
@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
def test_simulate_runs_a_text_as_often_as_asked_each_run_with_a_stream_of_its_own(learner, schedule):
    real = learner.read(np.random.default_rng(5).integers(3, size=M + 2))
    given = {"runs": 3, "seed": 9, "learner": learner, "at": [1, 4]}
    laws = simulate(Given(real), schedule, 4, record=[metrics.distribution], **given)["distribution"]
    sizes = simulate(Given(real), schedule, 4, record=lambda model: {"M": model.table.before[-1]}, **given)["M"]
    assert laws.shape == (2, 3, 3)
    for run in range(3):
        models = list(itertools.islice(generations(learner, schedule, stream(9, run), corpus=real), 4))
        assert (laws[:, run] == [learner.law(models[m - 1]) for m in (1, 4)]).all()
        assert sizes[:, run].tolist() == [models[m - 1].table.before[-1] for m in (1, 4)]


def test_a_text_has_collapse_times():
    real = NGrams(0, 2).read([0, 0, 0, 1])
    times = collapse_times(Given(real), FullySynthetic(4), runs=40, seed=0, learner=NGrams(0, 2, passage=1))
    ends = simulate(
        Given(real), FullySynthetic(4), 60, runs=40, seed=0, learner=NGrams(0, 2, passage=1), at=range(1, 61),
        record=[metrics.collapsed],
    )["collapsed"]  # fmt: skip
    assert (times == 1 + ends.argmax(axis=0)).all()
    assert 1 < times.mean() < 60


def test_a_text_cannot_be_drawn_anew():
    real = NGrams(0, 2).read([0, 0, 0, 1])
    with pytest.raises(InvalidInput, match="draws real data anew in every generation"):
        collapse_times(Given(real), RandomlySampled(4, "redrawn"), runs=2, seed=0, limit=9, learner=NGrams(0, 2))


@both
@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
def test_every_schedule_runs_and_its_rows_are_the_sizes_of_the_training_sets(learner, schedule):
    for m, model in enumerate(history(learner, schedule, 7), start=1):
        assert model.table.before[-1] == round(float(schedule.sizes(m).sum()))


@both
@pytest.mark.parametrize("schedule", [PartiallySynthetic(M, 10), Accumulate(M)], ids=str)
def test_what_the_real_text_holds_stays_where_it_is_kept(learner, schedule):
    first, *_, last = history(learner, schedule, 7)
    assert set(text.pairs(first.table).tolist()) <= set(text.pairs(last.table).tolist())


def test_a_model_that_has_collapsed_says_so():
    learner = NGrams(1, 2)
    assert learner.collapsed(learner.fit(learner.read([0, 1, 0, 1])))
    assert not learner.collapsed(learner.fit(learner.read([0, 1, 1, 0])))
    assert FixedContexts(0, 2).collapsed(FixedContexts(0, 2).fit(learner.read([1, 1])))


@both
def test_a_subset_holds_places_of_the_corpus_each_once(learner):
    corpus = corpus_of(ROWS)
    taken = learner.subset(corpus, 7, np.random.default_rng(0))
    everything = learner.subset(corpus, 9, np.random.default_rng(0))
    assert as_dict(learner.fit(everything).table) == by_hand(ROWS, 2)
    for context, counts in as_dict(learner.fit(taken).table).items():
        assert counts <= by_hand(ROWS, 2)[context]
    with pytest.raises(InvalidInput, match="10 tokens were asked of a corpus that has 9"):
        learner.subset(corpus, 10, np.random.default_rng(0))


@both
def test_a_corpus_can_be_made_of_counts(learner):
    counts = np.random.default_rng(0).integers(3, size=(3, 3, 3))
    table = learner.fit(learner.corpus(counts)).table
    assert all(counts[(*context, k)] == n for context, row in as_dict(table).items() for k, n in row.items())
    assert table.before[-1] == counts.sum()


@both
def test_the_law_is_that_of_the_tokens_whatever_came_before(learner):
    law = learner.law(learner.fit(corpus_of(ROWS)))
    after = [row[i] for row in ROWS for i in range(2, len(row))]
    assert law.tolist() == pytest.approx([after.count(k) / len(after) for k in range(3)])


# Mistakes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: NGrams(-1, 3), "length was -1"),
        (lambda: NGrams(1.5, 3), "length was 1.5"),
        (lambda: NGrams(1, 0), "vocabulary was 0"),
        (lambda: NGrams(1, 3, passage=0), "passage was 0"),
        (lambda: FixedContexts(1, True), "vocabulary was True"),
        (lambda: NGrams(10, 65), "may hold 10 together, so shorten the context"),
        (lambda: NGrams(3, 3).read([0, 1, 2]), "has 3 tokens; contexts of 3 need at least 4"),
        (lambda: NGrams(1, 2).read([0, 1, 2]), "tokens from 0 to 2; a vocabulary of 2 has 0 to 1"),
        (lambda: NGrams(1, 2).read([[0, 1]]), "shape (1, 2)"),
        (lambda: NGrams(1, 2).read([0.5, 1.0]), "of float64"),
        (lambda: NGrams(1, 2).corpus(np.ones(2, dtype=int)), "take whole numbers of shape (2, 2)"),
        (lambda: NGrams(3, 3).fit(corpus_of([[0, 1], [2]])), "there is nothing to count"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(ask, said):
    with pytest.raises(InvalidInput) as refusal:
        ask()
    assert said in str(refusal.value)
    assert str(refusal.value).endswith(".")


# Speed ------------------------------------------------------------------------------------------------------------


def test_a_hundred_thousand_tokens_are_counted_and_written_in_a_moment():
    """About 0.02 s of processor time here; a loop over tokens would take ten times the second that is allowed."""
    codes = np.random.default_rng(0).zipf(1.5, size=100_003) % 65
    learner = NGrams(3, 65)
    start = time.process_time()
    learner.sample(learner.fit(learner.read(codes)), 100_000, np.random.default_rng(0))
    assert time.process_time() - start < 1
