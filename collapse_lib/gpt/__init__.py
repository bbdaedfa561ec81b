"""Figure 5: language models of GPT-2 type that learn from what earlier ones wrote.

A transformer is one more learner, and the loop of `recursion.generations` and the schedules drive it as they drive
tables of counts.

`presets`     the sizes of an experiment: `LAPTOP`, and `PAPER` with the paper's Table 1
`texts`       texts as arrays of tokens, and how varied they are
`model`       the network: weights in, the next token's law out; and how it writes            (torch)
`training`    AdamW from a corpus to weights, with checkpoints that change nothing            (torch)
`learner`     `Transformer`: the verbs that the recursion asks for                            (torch)
`experiment`  the paper's protocol, one piece of work after the other, each kept on disk      (torch)
`running`     the whole experiment: pieces side by side, progress, the record                 (torch, at work)
`layout`      the shape of what an experiment leaves, which may come from somebody else
`recorded`    a record, read and checked; what the claims and the chapter look at

torch is the extra `gpt`: nothing here imports it before it is asked for, and `layout` and `recorded` never do.
"""
