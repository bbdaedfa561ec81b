"""Seddik et al. (2024), in version 1 on arXiv: the paper that this book goes through from end to end.

What an appendix proves or quotes stands where the text uses it.  What is not treated has no page but the map's own
last section, and says why in `missing`.
"""

from collapse_lib.papers import Item, item, paper

# fmt: off
paper("seddik2024", [
    # What is modelled: Section 2
    item(
        "Section 2.1, the data", "language_model#a-model-of-one-table",
        r"Contexts and tokens; the truth \(p_{jk} = P(Y = k \mid X = j)\)",
        "corpora.contexts", "corpora",
    ),
    item(
        "Equation (1)", "language_model#equation-1",
        "The softmax classifier that minimises the cross-entropy",
        "softmax.fit", "softmax", "equation-2/random-data",
    ),
    item(
        "Equation (2)", "language_model#equation-2",
        "On one-hot contexts it returns the empirical frequencies",
        "softmax.fit learners.Tabular", "softmax learners", "equation-2/random-data equation-2/real-text",
    ),
    item(
        "Appendix B.1", "language_model#equation-2",
        "The proof of (2), from a loss that is stationary",
        "softmax.fit", "softmax", "equation-2/random-data",
    ),
    item(
        "Equations (3) and (4)", "language_model#a-model-of-one-table",
        r"Section 2.1 after (2), where one context is fixed, with \(N\) samples of its own; treated there, and "
        "not quoted by number",
        "learners.Tabular", "learners", "equation-2/random-data",
    ),
    item(
        "Equation (5)", "recursive_training#equation-5",
        r"Recursive training: the table \(n_t^{(m)}\) of sizes, and \(p^{(m)}\) as the frequencies of a "
        "mixture",
        "recursion.generations recursion.simulate schedules.Schedule", "recursion schedules", "erratum/equation-5",
    ),
    item(
        "Section 2.2, after (5)", "recursive_training#five-tables",
        r"No generation is biased: \(\mathbb{E}\, p^{(m)} = p\)",
        "recursion.simulate", "recursion", "equation-5/unbiased",
    ),
    item(
        "Definition 1", "recursive_training#definition-1",
        r"Total collapse: \(p^{(m)}\) converges to a Dirac mass",
        "metrics.collapsed recursion.collapse_times", "metrics recursion", "definition-1/absorption",
    ),
    item(
        "Footnote 1", "collapse_time#all-contexts-at-once",
        "Collapse of all the contexts at once, which Definition 1 leaves aside",
        "theory.coalescent.joint_collapse_probability", "coalescent", "coalescent/joint",
    ),
    item(
        "Notation", "notation#glossary",
        r"\(\sigma_m\), \(S_m\), \(S_0\), \(\lVert p^{(m)} \rVert_\infty\), \(\lVert p^{(m)} - p^{(1)} "
        r"\rVert_1\), \(T\), \(\rho_m\), \(\tilde s\)",
        "metrics.sigma metrics.top metrics.deviation metrics.support", "metrics",
    ),
    item(
        "Section 2.2, Fully Synthetic", "fully_synthetic#the-setting",
        r"\(n\) samples of the last model",
        "schedules.FullySynthetic", "schedules",
    ),
    item(
        "Section 2.2, Partially Synthetic", "partially_synthetic#the-setting",
        r"The \(N\) real samples, and \(n\) of the last model",
        "schedules.PartiallySynthetic", "schedules",
    ),

    # Section 3.1: fully synthetic
    item(
        "Theorem 1.1, (6)", "fully_synthetic#theorem-1-sigma",
        r"\(S_m\), the mean of \(\sigma_m\), exactly",
        "theory.paper.sigma_fully_synthetic theory.moments.sigma recursion.simulate",
        "theory_paper moments",
        "theorem-1/sigma moments/reproduces-6-and-9",
    ),
    item(
        "Theorem 1.2, (7)", "fully_synthetic#theorem-1-probability",
        r"Bounds on \(\rho_m = P(T \le m)\)",
        "theory.paper.collapse_probability_bounds theory.coalescent.collapse_probability",
        "theory_paper coalescent",
        "theorem-1/collapse-probability-lower theorem-1/collapse-probability-upper "
        "coalescent/collapse-probability",
    ),
    item(
        "Theorem 1.3, (8)", "fully_synthetic#theorem-1-time",
        r"Bounds on \(\mathbb{E}[T]\)",
        "theory.paper.collapse_time_bounds theory.coalescent.expected_collapse_time",
        "theory_paper coalescent",
        "theorem-1/collapse-time-lower theorem-1/collapse-time-upper coalescent/collapse-time",
    ),
    item(
        "Remark after Theorem 1", "collapse_time#collapse-time-is-linear",
        r"Experiments suggest \(\mathbb{E}[T] = O(n)\), which is classical in substance; a bound for many "
        "tokens is proved here",
        "theory.drift.collapse_time_bound theory.drift.drift",
        "drift",
        "theorem-1/linear coalescent/twice-n drift/collapse-time drift/lemma",
    ),
    item(
        "Proposition 1", "fully_synthetic#proposition-1",
        r"Token \(i\) is the last one with probability \(p_i\)",
        "theory.paper.limit_distribution", "theory_paper", "proposition-1/limit",
    ),

    # Section 3.2: partially synthetic
    item(
        "Theorem 2, (9)", "partially_synthetic#theorem-2",
        r"\(S_m\) with \(N\) real and \(n\) synthetic samples; in arXiv v1 its last sign is a misprint",
        "theory.paper.sigma_partially_synthetic theory.moments.sigma",
        "partially_synthetic algebra moments",
        "theorem-2/sigma erratum/theorem-2 moments/reproduces-6-and-9",
    ),
    item(
        "Proof of Theorem 2, a bound", "partially_synthetic#theorem-2",
        r"Appendix B.3: an upper bound on \(S_m\), the same for every \(m \ge 2\); it is not part of the "
        "theorem",
        "theory.paper.sigma_partially_synthetic_limit", "partially_synthetic", "theorem-2/bound erratum/strict",
    ),
    item(
        "Remark after Theorem 2", "errata#the-remark-after-theorem-2",
        r"What (9) becomes where \(n\) is much larger than \(N\)",
        "theory.paper.sigma_much_synthetic", "partially_synthetic", "erratum/theorem-2-remark",
    ),
    item(
        "Theorem 3", "model_deviation#theorem-3",
        r"A bound on \(\mathbb{E}\lVert p^{(m)} - p^{(1)} \rVert_1\), the same for every \(m \ge 2\)",
        "theory.paper.deviation_bound", "model_deviation", "theorem-3/bound erratum/theorem-3-vacuous",
    ),
    item(
        "Equation (10)", "model_deviation#equation-10",
        r"The factor \(G_n(s)\), in three cases",
        "theory.paper.G theory.paper.log_G", "concentration", "erratum/lemma-1",
    ),
    item(
        "Equation (11)", "model_deviation#equation-11",
        r"How many synthetic samples keep the deviation below \(\epsilon\)",
        "theory.paper.largest_synthetic", "model_deviation", "theorem-3/equation-11",
    ),
    item(
        "Conclusion from (11)", "safe_synthetic_data#the-question",
        'Synthetic data "should be exponentially smaller" than real data: a sufficient condition, read as a '
        "necessary one; a direct bound allows far more",
        "theory.deviation.simple_bound theory.deviation.largest_synthetic_exact",
        "deviation",
        "erratum/exponentially safe/simple safe/polynomial safe/capped",
    ),
    item(
        "Lemma 1, Appendix A, (12) and (13)", "model_deviation#lemma-1",
        r"A tail bound for \(\lVert \hat p - p \rVert_1\), with \(\pi_p\) and \(\varphi\)",
        "theory.paper.concentration_bound theory.paper.phi theory.paper.pi",
        "concentration",
        "lemma-1/concentration lemma-1/phi erratum/lemma-1",
    ),
    item(
        "Lemma 1, Appendix A, second form", "model_deviation#lemma-1",
        r"The same with \(2^s - 2\) in place of \(G_n(s)\), for all \(n\) and \(s\)",
        "theory.paper.weissman_bound", "concentration", "lemma-1/weissman",
    ),
    item(
        "Theorem 4, (16), Appendix B.3", "model_deviation#theorem-4",
        r"A sharper deviation bound with \(\varphi(\zeta)\); it holds, but one step of its proof in arXiv v1 "
        "fails",
        "theory.paper.deviation_bound_refined theory.paper.zeta",
        "model_deviation",
        "theorem-4/bound erratum/theorem-4-step",
    ),
    item(
        "Equation (18), Appendix B.3", "model_deviation#equation-18",
        "The deviation is at most a weighted sum of the errors of single steps",
        "theory.paper.deviation_chain", "model_deviation", "theorem-4/chain",
    ),
    item(
        "Equation (19), Appendix B.3", "model_deviation#equation-19",
        r"The same with each step bounded by Lemma 1; it falls as \(S_0\) rises",
        "theory.paper.deviation_bound_sum", "model_deviation", "theorem-4/sum",
    ),

    # The figures, and the mixtures of Section 4.2
    item(
        "Figure 1", "recursive_training#figure-1",
        r"81 contexts drift over the simplex; its caption's \(n = 1000\) may be meant per context or in all",
        "recursion.simulate", "recursion", "figure-1/drift",
    ),
    item(
        "Figure 2", "fully_synthetic#figure-2",
        "Three truths and their mean collapse times",
        "recursion.collapse_times theory.coalescent.expected_collapse_time",
        "recursion coalescent",
        "figure-2/order",
    ),
    item(
        "Figure 3", "partially_synthetic#figure-3-sigma",
        r"\(\sigma_m\) and the deviation with real data kept",
        "theory.paper.sigma_partially_synthetic theory.deviation.l1",
        "partially_synthetic deviation",
        "figure-3/sigma-flat figure-3/deviation-grows deviation/l1",
    ),
    item(
        "Figure 4", "model_deviation#figure-4",
        r"The deviation for several truths: \(S_0\) up, deviation down",
        "theory.deviation.l1", "deviation", "figure-4/order",
    ),
    item(
        "Figure 5, deviation", "transformers#figure-5",
        r"Transformers on tiny Shakespeare: \(\lVert p^{(m)} - p^{(1)} \rVert_1\) with synthetic data only and "
        "in two mixtures; numbers from the preset laptop",
        "gpt.recorded.read schedules.FixedTotal recursion.generations",
        "gpt transformers schedules",
        "figure-5/diverges figure-5/stable figure-5/order",
    ),
    item(
        "Figure 5, loss with synthetic data only", "transformers#figure-5",
        "Validation loss against iteration, generation by generation; numbers from the preset laptop",
        "gpt.recorded.read", "transformers", "figure-5/overfits",
    ),
    item(
        "Figure 5, loss with 50 % synthetic data", "transformers#figure-5",
        "The same for the first mixture; numbers from the preset laptop",
        "gpt.recorded.read", "transformers", "figure-5/mixtures-learn",
    ),
    item(
        "Figure 5, loss with 20 % synthetic data", "transformers#figure-5",
        "The same for the second mixture; numbers from the preset laptop",
        "gpt.recorded.read", "transformers", "figure-5/mixtures-learn",
    ),
    item(
        "Table 1, Appendix C", "transformers#table-1",
        "Architecture and training of those models: the preset paper, which has not been run here",
        "gpt.presets.find", "gpt",
    ),
    item(
        "Section 4.2, Most Recent Models", "mixtures#two-schedules",
        r"\(\lfloor n/K \rfloor\) samples of each of the last \(K\) models",
        "schedules.MostRecent", "schedules", "mixtures/readings-differ mixtures/first-hit moments/window-law",
    ),
    item(
        "Section 4.2, Randomly Sampled Data", "mixtures#two-schedules",
        r"\(n\) samples in all, each from an earlier model chosen at random",
        "schedules.RandomlySampled", "schedules", "mixtures/sigma-random mixtures/corpus-matters",
    ),
    item(
        "Figure 6, windows", "mixtures#figure-6-sigma",
        "A larger window delays collapse and does not prevent it",
        "schedules.MostRecent theory.moments.sigma", "schedules moments", "figure-6/delays figure-6/not-prevented",
    ),
    item(
        "Figure 6, random sampling", "mixtures#four-readings",
        "The model degrades, the deviation settles, a Dirac mass is rare",
        "schedules.RandomlySampled theory.moments.squared_deviation",
        "schedules moments",
        "figure-6/degrades figure-6/plateau figure-6/rare mixtures/kept-ruled-out",
    ),

    # What the paper leaves open
    item(
        "Future work: all contexts", "collapse_time#all-contexts-at-once",
        "A definition of collapse over all contexts at once",
        "theory.coalescent.joint_collapse_probability", "coalescent", "coalescent/joint text/fixed-last",
    ),
    item(
        "Future work: approximation", "embeddings#the-model",
        r"Errors of the model class, with Gaussian context embeddings in \(\mathbb{R}^d\)",
        "embeddings.Embedded embeddings.gaussian",
        "embeddings",
        "embeddings/one-hot embeddings/first-loss embeddings/slower embeddings/total-collapse",
    ),
    Item("Future work: in-context learning", "Collapse without training", missing="left open"),
])
