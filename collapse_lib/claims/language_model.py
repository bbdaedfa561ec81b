"""Section 2, equations (1) and (2): softmax regression on one-hot contexts counts."""

from __future__ import annotations

import numpy as np

from collapse_lib import corpora, evidence, softmax
from collapse_lib.claims import Judge, claim
from collapse_lib.experiments.language_model import Scene

TOLERANCE = 1e-5


@claim(
    "equation-2/random-data",
    chapter="language_model",
    place="Equation (2), Appendix B.1",
    statement=r"On random data, softmax regression returns the empirical frequencies: "
    r"\(\max_{j,k} |\operatorname{softmax}(W_j)_k - \hat p_{jk}|\) is zero, to optimiser precision.",
    quantifiers=r"For every set of pairs in which each context occurs, entry by entry; to \(10^{-5}\).",
    not_run="Other laws, and larger tables, than the one that the page draws.",
)
def random_data(s: Scene) -> Judge:
    """Contexts and tokens of a random conditional law; the largest discrepancy is the measurement."""
    rng = np.random.default_rng(s.seed)
    laws = rng.dirichlet(np.ones(s.vocabulary), size=s.contexts)
    context = np.concatenate([np.arange(s.contexts), rng.integers(s.contexts, size=max(0, s.pairs - s.contexts))])
    token = (
        (rng.random(len(context))[:, None] > laws[context].cumsum(axis=1)).sum(axis=1).clip(max=s.vocabulary - 1)
    )
    return _agreement(softmax.fit(context, token, vocabulary=s.vocabulary))


@claim(
    "equation-2/real-text",
    chapter="language_model",
    place="Equation (2), on a text",
    statement=r"The same on a real text, where most tokens never follow most contexts and the optimum lies at "
    r"infinity.",
    quantifiers=r"For every text, for all its contexts at once, entry by entry; to \(10^{-5}\).",
    not_run="Texts and lengths of context other than the page's.",
)
def real_text(s: Scene) -> Judge:
    """Every context of the text's first characters, at once."""
    counted = corpora.contexts(corpora.load(s.corpus, s.characters), s.context_length)
    return _agreement(softmax.fit(*counted.pairs))


def _agreement(fit: softmax.Fit) -> Judge:
    """Fitted probabilities against (spoilt) frequencies, entry by entry."""
    fitted, frequencies = fit.probabilities, fit.frequencies
    return lambda spoil: evidence.exact(np.abs(fitted - spoil * frequencies).max(), 0.0, tolerance=TOLERANCE)
