"""The model on a text: what dies out and when, exactly where contexts keep their sizes, and otherwise.

A share of types that live is compared where enough of them live and enough are dead, in the mean over all types:
give or take a tenth of the smaller of the two.  The law of extinction that contexts of fixed size follow is
classical (Möhle 2010, for many types); which law a freely written text follows is ours.
"""

from __future__ import annotations

import numpy as np

from collapse_lib import evidence
from collapse_lib.claims import Judge, claim
from collapse_lib.evidence import OutOfScope
from collapse_lib.experiments.histories import (
    LATEST,
    Reading,
    has_words,
    history,
    last_collapses,
    looks,
    opened,
)
from collapse_lib.experiments.ngrams import (
    Floats,
    Scene,
    against_one_urn,
    alive_fixed,
    alive_in_one_urn,
    by_word,
    open_fixed,
    open_table,
    rare_contexts,
)
from collapse_lib.schedules import FullySynthetic, PartiallySynthetic
from collapse_lib.theory import coalescent

CHAPTER = "ngrams"
ENOUGH = 0.3  # the least share, of the living as of the dead, at which they are told apart to a tenth
TENTH = "give or take a tenth of the living or of the dead, whichever are fewer, where both are at least 0.3."


@claim(
    "text/fixed-types",
    chapter=CHAPTER,
    place="Contexts of fixed size, on a text",
    statement=r"If each context \(j\) of the text keeps its \(N_j\) tokens, the share of the text's runs of "
    r"\(\ell + 1\) tokens that live at generation \(m\) is \(1 - \mathbb{E}(1 - \hat p_{jk})^{K_{m-2}}\) in "
    r"the mean over all of them, \(K\) with \(n = N_j\).",
    quantifiers=r"For every text and every \(m \ge 2\), in the mean over types and runs; " + TENTH,
    not_run=r"The first and the last generations, where fewer than 0.3 are dead or alive; and types one by one.",
    origin="classical",
    after="Möhle (2010)",
)
def fixed_types(s: Scene) -> Judge:
    """The share alive."""
    reading = Reading(s.corpus, s.characters, s.context_length)
    table = open_table(reading)
    M = opened(reading).M
    measured = history(reading, "fixed contexts", FullySynthetic(M), s.generations, s.runs, s.seed).types
    return agree(measured, alive_fixed(table, s.generations))


@claim(
    "text/fixed-open",
    chapter=CHAPTER,
    place="Contexts of fixed size, collapse",
    statement=r"There, the share of the contexts that have not collapsed is \(1 - \rho_{m-1}^{(j)}\) in the mean "
    r"over those that the text follows with several tokens.",
    quantifiers=r"For every text and every \(m \ge 2\), in the mean over contexts and runs; give or take a tenth "
    "of the open or of the collapsed, whichever are fewer, where both are at least 0.3.",
    not_run=r"The first and the last generations, where fewer than 0.3 are open or closed.",
    origin="classical",
    after="Möhle (2010)",
)
def fixed_open(s: Scene) -> Judge:
    """The share not collapsed."""
    reading = Reading(s.corpus, s.characters, s.context_length)
    table = open_table(reading)
    M = opened(reading).M
    measured = history(reading, "fixed contexts", FullySynthetic(M), s.generations, s.runs, s.seed).open
    return agree(measured, open_fixed(table, s.generations))


@claim(
    "text/fixed-last",
    chapter=CHAPTER,
    place="Contexts of fixed size, all at once",
    statement=r"There, the last of twenty contexts that occur two to six times collapses by generation \(m\) with "
    r"the probability \(\prod_j \rho_{m-1}^{(j)}\) (distance: Kolmogorov's).",
    quantifiers=r"For every set of independent contexts, in law, at every \(m\) up to 61; give or take 0.1.",
    not_run="More than twenty contexts, and frequent ones, whose last collapse takes longer than a check can wait.",
    origin="classical",
    after="Möhle (2010)",
    planted=0.5,
)
def fixed_last(s: Scene) -> Judge:
    """The time of the last collapse, in runs side by side."""
    rows = rare_contexts(open_table(Reading(s.corpus, s.characters, s.context_length)))
    law = coalescent.joint_collapse_probability(rows / rows.sum(axis=1, keepdims=True), rows.sum(axis=1), LATEST)
    last = last_collapses(rows, s.trials, s.seed)
    return lambda spoil: evidence.same_law(last, spoil * law, margin=0.1)


@claim(
    "text/one-urn",
    chapter=CHAPTER,
    place="Free generation, token by token",
    statement=r"If every place of a training set is drawn by itself, context and token, the text is one urn: the "
    r"share of its runs of \(\ell + 1\) tokens that live is as for \(n = M\).",
    quantifiers=r"For every text and every \(m \ge 2\), in the mean over types and runs; " + TENTH,
    not_run=r"The first and the last generations, where fewer than 0.3 are dead or alive; and types one by one.",
    origin="ours",
)
def one_urn(s: Scene) -> Judge:
    """The share alive."""
    measured, expected = against_one_urn(
        Reading(s.corpus, s.characters, s.context_length), "single tokens", s.generations, s.runs, s.seed
    )
    return agree(measured, expected)


@claim(
    "text/passages",
    chapter=CHAPTER,
    place="Free generation, in passages",
    statement=r"So it is where the model writes passages of fifty tokens, each context being what was written "
    r"before, as long as half of the types live: observed, not proved.",
    quantifiers=r"For texts of some thousand tokens and passages of fifty, in the mean over types and runs; "
    + TENTH,
    not_run="Passages of other lengths; and later generations, in which a short text loses more than one urn does.",
    origin="ours",
)
def passages(s: Scene) -> Judge:
    """The share alive, at the generations from which on it is at most 0.7, and as long as it is at least 0.5."""
    measured, expected = against_one_urn(
        Reading(s.corpus, s.characters, s.context_length), "passages", s.generations, s.runs, s.seed
    )
    return agree(measured, expected, least=0.5)


@claim(
    "text/free-loses-more",
    chapter=CHAPTER,
    place="Free generation against fixed sizes",
    statement=r"Writing freely loses more: from \(m\) = 5 on, fewer of the text's runs of \(\ell + 1\) tokens live "
    r"than if each context kept its \(N_j\) tokens.",
    quantifiers="Observed and not proved: in the mean over types and runs, for texts whose contexts are rare.",
    not_run="Texts and passages other than the page's.",
    origin="ours",
    planted=0.2,
)
def free_loses_more(s: Scene) -> Judge:
    """The share alive in passages below the exact one for fixed sizes."""
    reading = Reading(s.corpus, s.characters, s.context_length)
    table = open_table(reading)
    measured = history(reading, "passages", FullySynthetic(opened(reading).M), s.generations, s.runs, s.seed).types
    late = looks(s.generations) > s.generations // 5
    bound = alive_fixed(table, s.generations)[looks(s.generations) - 1]
    if bound[-1] > 0.99:
        raise OutOfScope(
            "with fixed sizes, too, nearly all types are alive: so few generations have too little to lose."
        )
    return lambda spoil: evidence.at_most(measured[late].T, spoil * bound[late])


@claim(
    "text/words",
    chapter=CHAPTER,
    place="Free generation, word types",
    statement=r"The text read by words, with contexts of one: the share of its word types that live is as in one "
    r"urn of all its words.",
    quantifiers=r"Observed and not proved, for passages of fifty words: at every \(m \ge 2\), in the mean over "
    r"types and runs; " + TENTH,
    not_run=r"The first and the last generations, where fewer than 0.3 are dead or alive; longer contexts.",
    origin="ours",
)
def words(s: Scene) -> Judge:
    """The share alive."""
    reading = by_word(s.corpus, s.characters)
    if not has_words(reading):
        raise OutOfScope("the text has too few words to be read by them.")
    start = opened(reading)
    measured = history(reading, "passages", FullySynthetic(start.M), s.generations, s.runs, s.seed).tokens
    return agree(measured, alive_in_one_urn(start.model.tables[-1].counts, start.M, s.generations))


@claim(
    "text/mixing",
    chapter=CHAPTER,
    place="Real text kept",
    statement=r"After a context of the text, \(\lVert p^{(m)} - p^{(1)} \rVert_1\) in the last generation is at "
    "most a third of what it is on synthetic text alone, if a quarter as much synthetic text is added to the real "
    "one, or just as much.",
    quantifiers="Observed and not proved: in the mean over runs and over 300 contexts drawn from the text.",
    not_run="Other shares of real text, and texts other than the page's.",
    origin="ours",
    planted=0.1,
)
def mixing(s: Scene) -> Judge:
    """The ratio of the deviations, run by run."""
    reading = Reading(s.corpus, s.characters, s.context_length)
    open_table(reading)
    M, few = opened(reading).M, max(2, s.runs // 2)
    alone = history(reading, "passages", FullySynthetic(M), s.generations, s.runs, s.seed).deviation[-1, :few]
    ratios = [
        history(reading, "passages", PartiallySynthetic(M, size), s.generations, few, s.seed).deviation[-1] / alone
        for size in (max(1, M // 4), M)
    ]
    return lambda spoil: evidence.at_most(np.stack(ratios, axis=1), spoil / 3)


def agree(measured: Floats, expected: Floats, *, least: float = ENOUGH) -> Judge:
    """The means over runs equal the expected shares of p^(2), p^(3), ..., give or take a tenth of what is about.

    They are compared at the looks at which `ENOUGH` are dead and `least` alive.
    """
    alive = expected[looks(len(expected)) - 1]
    told = (alive >= least) & (1 - alive >= ENOUGH)
    if not told.any():
        raise OutOfScope(
            f"in no generation that is looked at are at least {ENOUGH:.0%} dead and {least:.0%} alive, by the law."
        )
    about = np.minimum(alive, 1 - alive)[told]
    return lambda spoil: evidence.equality(measured[told].T, spoil * alive[told], margin=0.1 * about, about=about)
