"""The paper's model on a text: contexts of l tokens, next tokens counted, and text written from the counts.

`tokens`     characters or words as whole numbers, and back
`tables`     how often each token follows each context, as sorted keys: nothing is stored for what never occurs
`sequences`  corpora: one or several sequences of tokens
`ngrams`     the learners: `NGrams` writes freely, `FixedContexts` gives each context its fixed number of tokens
"""

from collapse_lib.text.ngrams import FixedContexts, Model, NGrams
from collapse_lib.text.sequences import Corpus
from collapse_lib.text.tables import Table, conditional, entropy, pairs
from collapse_lib.text.tokens import Tokenizer, Unit, characters, tokenized, words

__all__ = [
    "Corpus",
    "FixedContexts",
    "Model",
    "NGrams",
    "Table",
    "Tokenizer",
    "Unit",
    "characters",
    "conditional",
    "entropy",
    "pairs",
    "tokenized",
    "words",
]
