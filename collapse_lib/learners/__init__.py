"""Learners: how a model is trained on a corpus and how it speaks.

A learner is the half of recursive training that knows what data look like; the loop in `recursion` knows neither
arrays nor text.  Its verbs:

====================  ====================================================================================
`fit(corpus)`         the model trained on that corpus
`sample(model, k)`    a new corpus of k tokens that the model wrote
`pool(corpora)`       several corpora as one
`subset(corpus, k)`   k tokens of a corpus, picked at random without replacement
`law(model)`          the model's distribution, shape (..., s): what metrics look at
`corpus(counts)`      a corpus with those token counts, shape (..., s) integers
`pick(corpus, i)`     the tokens of a corpus at the places i: only where a corpus has an order (`Ordered`)
====================  ====================================================================================

Two learners of the paper's model, equation (2), with one context or a batch of them.  They have the same law and
share no sampling code:

`Tabular`   a corpus is its count array, a model its probability array, and sampling is multinomial.  Counts have
            no order, so there is no `pick`.
`Tokens`    a corpus is the array of its tokens, a model is that array again, and sampling picks tokens from it
            with replacement: the Wright-Fisher urn.  It costs one random index a token whatever the vocabulary.

Leading axes are runs and contexts.  `k` may be one number, or one number for each leading index.  A learner that
takes one run at a time, whose corpora have no axis of runs (a text, say), says so by `alone = True`.

`altered` wraps a learner that speaks otherwise than its model says: `Tempered` samples at a temperature.  Learners
whose contexts are vectors are in `collapse_lib.embeddings`, those of texts in `collapse_lib.text`, and transformers
in `collapse_lib.gpt`.
"""

from collapse_lib.learners.altered import Altered, Tempered
from collapse_lib.learners.protocol import Floats, Integers, Learner, Ordered, has_order
from collapse_lib.learners.tabular import TIE, Tabular
from collapse_lib.learners.urn import HOLE, Tokens

__all__ = [
    "HOLE",
    "TIE",
    "Altered",
    "Floats",
    "Integers",
    "Learner",
    "Ordered",
    "Tabular",
    "Tempered",
    "Tokens",
    "has_order",
]
