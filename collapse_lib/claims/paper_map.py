"""The paper from its first equation to its last open question, and where each part of it is in this book.

`PAPER_MAP` follows the order of the paper, in version 1 on arXiv; what an appendix proves or quotes stands where
the text uses it.  An item names the place in the paper, what stands there, the page and the anchor that treat it,
the functions that compute it, the files that test those, and the claims that judge it.
What is not treated has no page but this one's last section, and says why in `missing`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """One part of the paper: `chapter` is a page's slug, `functions` are dotted names, `claims` are ids."""

    place: str
    what: str
    chapter: str = ""
    anchor: str = ""
    functions: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    missing: str = ""


MODEL = (
    Item(
        "Section 2.1, the data",
        r"Contexts and tokens; the truth \(p_{jk} = P(Y = k \mid X = j)\)",
        "language_model",
        "a-model-of-one-table",
        ("collapse_lib.corpora.contexts",),
        ("tests/science/test_corpora.py",),
    ),
    Item(
        "Equation (1)",
        "The softmax classifier that minimises the cross-entropy",
        "language_model",
        "equation-1",
        ("collapse_lib.softmax.fit",),
        ("tests/science/test_softmax.py",),
        ("equation-2/random-data",),
    ),
    Item(
        "Equation (2)",
        "On one-hot contexts it returns the empirical frequencies",
        "language_model",
        "equation-2",
        ("collapse_lib.softmax.fit", "collapse_lib.learners.Tabular"),
        ("tests/science/test_softmax.py", "tests/science/test_learners.py"),
        ("equation-2/random-data", "equation-2/real-text"),
    ),
    Item(
        "Appendix B.1",
        "The proof of (2), from a loss that is stationary",
        "language_model",
        "equation-2",
        ("collapse_lib.softmax.fit",),
        ("tests/science/test_softmax.py",),
        ("equation-2/random-data",),
    ),
    Item(
        "Equations (3) and (4)",
        r"Section 2.1 after (2), where one context is fixed, with \(N\) samples of its own; treated there, "
        "and not quoted by number",
        "language_model",
        "a-model-of-one-table",
        ("collapse_lib.learners.Tabular",),
        ("tests/science/test_learners.py",),
        ("equation-2/random-data",),
    ),
    Item(
        "Equation (5)",
        r"Recursive training: the table \(n_t^{(m)}\) of sizes, and \(p^{(m)}\) as the frequencies of a mixture",
        "recursive_training",
        "equation-5",
        (
            "collapse_lib.recursion.generations",
            "collapse_lib.recursion.simulate",
            "collapse_lib.schedules.Schedule",
        ),
        ("tests/science/test_recursion.py", "tests/science/test_schedules.py"),
        ("erratum/equation-5",),
    ),
    Item(
        "Section 2.2, after (5)",
        r"No generation is biased: \(\mathbb{E}\, p^{(m)} = p\)",
        "recursive_training",
        "five-tables",
        ("collapse_lib.recursion.simulate",),
        ("tests/science/test_recursion.py",),
        ("equation-5/unbiased",),
    ),
    Item(
        "Definition 1",
        r"Total collapse: \(p^{(m)}\) converges to a Dirac mass",
        "recursive_training",
        "definition-1",
        ("collapse_lib.metrics.collapsed", "collapse_lib.recursion.collapse_times"),
        ("tests/science/test_metrics.py", "tests/science/test_recursion.py"),
        ("definition-1/absorption",),
    ),
    Item(
        "Footnote 1",
        "Collapse of all the contexts at once, which Definition 1 leaves aside",
        "collapse_time",
        "all-contexts-at-once",
        ("collapse_lib.theory.coalescent.joint_collapse_probability",),
        ("tests/science/test_coalescent.py",),
        ("coalescent/joint",),
    ),
    Item(
        "Notation",
        r"\(\sigma_m\), \(S_m\), \(S_0\), \(\lVert p^{(m)} \rVert_\infty\), "
        r"\(\lVert p^{(m)} - p^{(1)} \rVert_1\), \(T\), \(\rho_m\), \(\tilde s\)",
        "notation",
        "glossary",
        (
            "collapse_lib.metrics.sigma",
            "collapse_lib.metrics.top",
            "collapse_lib.metrics.deviation",
            "collapse_lib.metrics.support",
        ),
        ("tests/science/test_metrics.py",),
    ),
    Item(
        "Section 2.2, Fully Synthetic",
        r"\(n\) samples of the last model",
        "fully_synthetic",
        "the-setting",
        ("collapse_lib.schedules.FullySynthetic",),
        ("tests/science/test_schedules.py",),
    ),
    Item(
        "Section 2.2, Partially Synthetic",
        r"The \(N\) real samples, and \(n\) of the last model",
        "partially_synthetic",
        "the-setting",
        ("collapse_lib.schedules.PartiallySynthetic",),
        ("tests/science/test_schedules.py",),
    ),
)

FULLY_SYNTHETIC = (
    Item(
        "Theorem 1.1, (6)",
        r"\(S_m\), the mean of \(\sigma_m\), exactly",
        "fully_synthetic",
        "theorem-1-sigma",
        ("collapse_lib.theory.paper.sigma_fully_synthetic", "collapse_lib.theory.moments.sigma"),
        ("tests/science/test_theory_paper.py", "tests/science/test_moments.py"),
        ("theorem-1/sigma", "moments/reproduces-6-and-9"),
    ),
    Item(
        "Theorem 1.2, (7)",
        r"Bounds on \(\rho_m = P(T \le m)\)",
        "fully_synthetic",
        "theorem-1-probability",
        (
            "collapse_lib.theory.paper.collapse_probability_bounds",
            "collapse_lib.theory.coalescent.collapse_probability",
        ),
        ("tests/science/test_theory_paper.py", "tests/science/test_coalescent.py"),
        (
            "theorem-1/collapse-probability-lower",
            "theorem-1/collapse-probability-upper",
            "coalescent/collapse-probability",
        ),
    ),
    Item(
        "Theorem 1.3, (8)",
        r"Bounds on \(\mathbb{E}[T]\)",
        "fully_synthetic",
        "theorem-1-time",
        ("collapse_lib.theory.paper.collapse_time_bounds", "collapse_lib.theory.coalescent.expected_collapse_time"),
        ("tests/science/test_theory_paper.py", "tests/science/test_coalescent.py"),
        ("theorem-1/collapse-time-lower", "theorem-1/collapse-time-upper", "coalescent/collapse-time"),
    ),
    Item(
        "Remark after Theorem 1",
        r"Experiments suggest \(\mathbb{E}[T] = O(n)\), which is classical in substance; a bound for many tokens "
        "is proved here",
        "collapse_time",
        "collapse-time-is-linear",
        ("collapse_lib.theory.drift.collapse_time_bound", "collapse_lib.theory.drift.drift"),
        ("tests/science/test_drift.py",),
        ("theorem-1/linear", "coalescent/twice-n", "drift/collapse-time", "drift/lemma"),
    ),
    Item(
        "Proposition 1",
        r"Token \(i\) is the last one with probability \(p_i\)",
        "fully_synthetic",
        "proposition-1",
        ("collapse_lib.theory.paper.limit_distribution",),
        ("tests/science/test_theory_paper.py",),
        ("proposition-1/limit",),
    ),
)

PARTIALLY_SYNTHETIC = (
    Item(
        "Theorem 2, (9)",
        r"\(S_m\) with \(N\) real and \(n\) synthetic samples; in arXiv v1 its last sign is a misprint",
        "partially_synthetic",
        "theorem-2",
        ("collapse_lib.theory.paper.sigma_partially_synthetic", "collapse_lib.theory.moments.sigma"),
        (
            "tests/science/test_partially_synthetic.py",
            "tests/science/test_algebra.py",
            "tests/science/test_moments.py",
        ),
        ("theorem-2/sigma", "erratum/theorem-2", "moments/reproduces-6-and-9"),
    ),
    Item(
        "Proof of Theorem 2, a bound",
        r"Appendix B.3: an upper bound on \(S_m\), the same for every \(m \ge 2\); it is not part of the theorem",
        "partially_synthetic",
        "theorem-2",
        ("collapse_lib.theory.paper.sigma_partially_synthetic_limit",),
        ("tests/science/test_partially_synthetic.py",),
        ("theorem-2/bound", "erratum/strict"),
    ),
    Item(
        "Remark after Theorem 2",
        r"What (9) becomes where \(n\) is much larger than \(N\)",
        "errata",
        "the-remark-after-theorem-2",
        ("collapse_lib.theory.paper.sigma_much_synthetic",),
        ("tests/science/test_partially_synthetic.py",),
        ("erratum/theorem-2-remark",),
    ),
    Item(
        "Theorem 3",
        r"A bound on \(\mathbb{E}\lVert p^{(m)} - p^{(1)} \rVert_1\), the same for every \(m \ge 2\)",
        "model_deviation",
        "theorem-3",
        ("collapse_lib.theory.paper.deviation_bound",),
        ("tests/science/test_model_deviation.py",),
        ("theorem-3/bound", "erratum/theorem-3-vacuous"),
    ),
    Item(
        "Equation (10)",
        r"The factor \(G_n(s)\), in three cases",
        "model_deviation",
        "equation-10",
        ("collapse_lib.theory.paper.G", "collapse_lib.theory.paper.log_G"),
        ("tests/science/test_concentration.py",),
        ("erratum/lemma-1",),
    ),
    Item(
        "Equation (11)",
        r"How many synthetic samples keep the deviation below \(\epsilon\)",
        "model_deviation",
        "equation-11",
        ("collapse_lib.theory.paper.largest_synthetic",),
        ("tests/science/test_model_deviation.py",),
        ("theorem-3/equation-11",),
    ),
    Item(
        "Conclusion from (11)",
        'Synthetic data "should be exponentially smaller" than real data: a sufficient condition, read as a '
        "necessary one; a direct bound allows far more",
        "safe_synthetic_data",
        "the-question",
        ("collapse_lib.theory.deviation.simple_bound", "collapse_lib.theory.deviation.largest_synthetic_exact"),
        ("tests/science/test_deviation.py",),
        ("erratum/exponentially", "safe/simple", "safe/polynomial", "safe/capped"),
    ),
    Item(
        "Lemma 1, Appendix A, (12) and (13)",
        r"A tail bound for \(\lVert \hat p - p \rVert_1\), with \(\pi_p\) and \(\varphi\)",
        "model_deviation",
        "lemma-1",
        (
            "collapse_lib.theory.paper.concentration_bound",
            "collapse_lib.theory.paper.phi",
            "collapse_lib.theory.paper.pi",
        ),
        ("tests/science/test_concentration.py",),
        ("lemma-1/concentration", "lemma-1/phi", "erratum/lemma-1"),
    ),
    Item(
        "Lemma 1, Appendix A, second form",
        r"The same with \(2^s - 2\) in place of \(G_n(s)\), for all \(n\) and \(s\)",
        "model_deviation",
        "lemma-1",
        ("collapse_lib.theory.paper.weissman_bound",),
        ("tests/science/test_concentration.py",),
        ("lemma-1/weissman",),
    ),
    Item(
        "Theorem 4, (16), Appendix B.3",
        r"A sharper deviation bound with \(\varphi(\zeta)\); it holds, but one step of its proof in arXiv v1 fails",
        "model_deviation",
        "theorem-4",
        ("collapse_lib.theory.paper.deviation_bound_refined", "collapse_lib.theory.paper.zeta"),
        ("tests/science/test_model_deviation.py",),
        ("theorem-4/bound", "erratum/theorem-4-step"),
    ),
    Item(
        "Equation (18), Appendix B.3",
        "The deviation is at most a weighted sum of the errors of single steps",
        "model_deviation",
        "equation-18",
        ("collapse_lib.theory.paper.deviation_chain",),
        ("tests/science/test_model_deviation.py",),
        ("theorem-4/chain",),
    ),
    Item(
        "Equation (19), Appendix B.3",
        r"The same with each step bounded by Lemma 1; it falls as \(S_0\) rises",
        "model_deviation",
        "equation-19",
        ("collapse_lib.theory.paper.deviation_bound_sum",),
        ("tests/science/test_model_deviation.py",),
        ("theorem-4/sum",),
    ),
)

FIGURES = (
    Item(
        "Figure 1",
        r"81 contexts drift over the simplex; its caption's \(n = 1000\) may be meant per context or in all",
        "recursive_training",
        "figure-1",
        ("collapse_lib.recursion.simulate",),
        ("tests/science/test_recursion.py",),
        ("figure-1/drift",),
    ),
    Item(
        "Figure 2",
        "Three truths and their mean collapse times",
        "fully_synthetic",
        "figure-2",
        ("collapse_lib.recursion.collapse_times", "collapse_lib.theory.coalescent.expected_collapse_time"),
        ("tests/science/test_recursion.py", "tests/science/test_coalescent.py"),
        ("figure-2/order",),
    ),
    Item(
        "Figure 3",
        r"\(\sigma_m\) and the deviation with real data kept",
        "partially_synthetic",
        "figure-3-sigma",
        ("collapse_lib.theory.paper.sigma_partially_synthetic", "collapse_lib.theory.deviation.l1"),
        ("tests/science/test_partially_synthetic.py", "tests/science/test_deviation.py"),
        ("figure-3/sigma-flat", "figure-3/deviation-grows", "deviation/l1"),
    ),
    Item(
        "Figure 4",
        r"The deviation for several truths: \(S_0\) up, deviation down",
        "model_deviation",
        "figure-4",
        ("collapse_lib.theory.deviation.l1",),
        ("tests/science/test_deviation.py",),
        ("figure-4/order",),
    ),
    Item(
        "Figure 5, deviation",
        r"Transformers on tiny Shakespeare: \(\lVert p^{(m)} - p^{(1)} \rVert_1\) with synthetic data only and in "
        "two mixtures; numbers from the preset laptop",
        "transformers",
        "figure-5",
        (
            "collapse_lib.gpt.recorded.read",
            "collapse_lib.schedules.FixedTotal",
            "collapse_lib.recursion.generations",
        ),
        ("tests/science/test_gpt.py", "tests/science/test_transformers.py", "tests/science/test_schedules.py"),
        ("figure-5/diverges", "figure-5/stable", "figure-5/order"),
    ),
    Item(
        "Figure 5, loss with synthetic data only",
        "Validation loss against iteration, generation by generation; numbers from the preset laptop",
        "transformers",
        "figure-5",
        ("collapse_lib.gpt.recorded.read",),
        ("tests/science/test_transformers.py",),
        ("figure-5/overfits",),
    ),
    Item(
        "Figure 5, loss with 50 % synthetic data",
        "The same for the first mixture; numbers from the preset laptop",
        "transformers",
        "figure-5",
        ("collapse_lib.gpt.recorded.read",),
        ("tests/science/test_transformers.py",),
        ("figure-5/mixtures-learn",),
    ),
    Item(
        "Figure 5, loss with 20 % synthetic data",
        "The same for the second mixture; numbers from the preset laptop",
        "transformers",
        "figure-5",
        ("collapse_lib.gpt.recorded.read",),
        ("tests/science/test_transformers.py",),
        ("figure-5/mixtures-learn",),
    ),
    Item(
        "Table 1, Appendix C",
        "Architecture and training of those models: the preset paper, which has not been run here",
        "transformers",
        "table-1",
        ("collapse_lib.gpt.presets.find",),
        ("tests/science/test_gpt.py",),
    ),
    Item(
        "Section 4.2, Most Recent Models",
        r"\(\lfloor n/K \rfloor\) samples of each of the last \(K\) models",
        "mixtures",
        "two-schedules",
        ("collapse_lib.schedules.MostRecent",),
        ("tests/science/test_schedules.py",),
        ("mixtures/readings-differ", "mixtures/first-hit", "moments/window-law"),
    ),
    Item(
        "Section 4.2, Randomly Sampled Data",
        r"\(n\) samples in all, each from an earlier model chosen at random",
        "mixtures",
        "two-schedules",
        ("collapse_lib.schedules.RandomlySampled",),
        ("tests/science/test_schedules.py",),
        ("mixtures/sigma-random", "mixtures/corpus-matters"),
    ),
    Item(
        "Figure 6, windows",
        "A larger window delays collapse and does not prevent it",
        "mixtures",
        "figure-6-sigma",
        ("collapse_lib.schedules.MostRecent", "collapse_lib.theory.moments.sigma"),
        ("tests/science/test_schedules.py", "tests/science/test_moments.py"),
        ("figure-6/delays", "figure-6/not-prevented"),
    ),
    Item(
        "Figure 6, random sampling",
        "The model degrades, the deviation settles, a Dirac mass is rare",
        "mixtures",
        "four-readings",
        ("collapse_lib.schedules.RandomlySampled", "collapse_lib.theory.moments.squared_deviation"),
        ("tests/science/test_schedules.py", "tests/science/test_moments.py"),
        ("figure-6/degrades", "figure-6/plateau", "figure-6/rare", "mixtures/kept-ruled-out"),
    ),
)

LEFT_OPEN = (
    Item(
        "Future work: all contexts",
        "A definition of collapse over all contexts at once",
        "collapse_time",
        "all-contexts-at-once",
        ("collapse_lib.theory.coalescent.joint_collapse_probability",),
        ("tests/science/test_coalescent.py",),
        ("coalescent/joint", "text/fixed-last"),
    ),
    Item(
        "Future work: approximation",
        r"Errors of the model class, with Gaussian context embeddings in \(\mathbb{R}^d\)",
        "embeddings",
        "the-model",
        ("collapse_lib.embeddings.Embedded", "collapse_lib.embeddings.gaussian"),
        ("tests/science/test_embeddings.py",),
        ("embeddings/one-hot", "embeddings/first-loss", "embeddings/slower", "embeddings/total-collapse"),
    ),
    Item("Future work: in-context learning", "Collapse without training", missing="left open"),
)

PAPER_MAP: tuple[Item, ...] = MODEL + FULLY_SYNTHETIC + PARTIALLY_SYNTHETIC + FIGURES + LEFT_OPEN
