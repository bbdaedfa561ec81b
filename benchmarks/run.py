"""How fast the library is, beside what it replaces; `make bench` writes benchmarks/results.json.

Every comparison is a ratio within one run on one machine, repeated in turn, and the median is kept: single times on
a shared machine mean little.  The three ways to run the fully synthetic chain:

`collapse_times`    the library, all runs at once
multinomial loop    one run at a time, `rng.multinomial` on the whole distribution each generation
token by token      one run at a time, one `rng.choice` a token: what public code on this subject does

The model on a text is a character 4-gram of tiny Shakespeare, repeated where more is needed; beside it, where it is
installed (it is no dependency: `pip install nltk`), the maximum-likelihood model of `nltk.lm` on the same text.
"""

import importlib.util
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import scipy

import collapse_lib as cl
from collapse_lib import corpora
from collapse_lib.theory import coalescent, deviation, moments

HERE = Path(__file__).parent
TRUTH = cl.distributions.with_moments(vocabulary=600, support=52, sigma=0.1, seed=0)
N, RUNS, REPEATS = 100, 100, 15


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def multinomial_loop(seed: int) -> int:
    """Collapse times of RUNS runs, one after the other; their sum."""
    rng = np.random.default_rng(seed)
    total = 0
    for _ in range(RUNS):
        p, m = rng.multinomial(N, TRUTH) / N, 1
        while p.max() < 1:
            p, m = rng.multinomial(N, p) / N, m + 1
        total += m
    return total


def token_by_token(generations: int) -> float:
    """Seconds for one generation of one run, drawn with one `rng.choice` a token."""
    rng = np.random.default_rng(0)
    p = TRUTH

    def chain() -> None:
        nonlocal p
        for _ in range(generations):
            counts = np.zeros(len(p))
            for _ in range(N):
                counts[rng.choice(len(p), p=p)] += 1
            p = counts / N

    return seconds(chain) / generations


def resampled_token() -> float:
    """Nanoseconds for one resampled token in steady state: the loop itself, N tokens, RUNS runs."""
    learner, rng = cl.learners.Tokens(len(TRUTH)), np.random.default_rng(0)
    corpus = learner.corpus(rng.multinomial(N, TRUTH, size=RUNS))
    chain = cl.generations(learner, cl.FullySynthetic(N), rng, corpus=corpus)
    return seconds(lambda: [next(chain) for _ in range(200)]) / (200 * N * RUNS) * 1e9


def collapse_comparison() -> dict[str, float]:
    """collapse_times against the multinomial loop, a generation of a run each, in turn."""
    ours, theirs = [], []
    for seed in range(REPEATS):
        start = time.perf_counter()
        times = cl.collapse_times(TRUTH, cl.FullySynthetic(N), runs=RUNS, seed=seed)
        ours.append((time.perf_counter() - start) / times.sum())
        start = time.perf_counter()
        total = multinomial_loop(seed)
        theirs.append((time.perf_counter() - start) / total)
    choice = token_by_token(generations=20)
    return {
        "collapse_times_us_per_generation": statistics.median(ours) * 1e6,
        "multinomial_loop_us_per_generation": statistics.median(theirs) * 1e6,
        "token_by_token_us_per_generation": choice * 1e6,
        "times_faster_than_multinomial_loop": statistics.median(b / a for a, b in zip(ours, theirs, strict=True)),
        "times_faster_than_token_by_token": choice / statistics.median(ours),
    }


def exact_laws() -> dict[str, float]:
    """The exact laws at the sizes that the chapters could ask for."""
    uniform = cl.distributions.uniform(600)
    return {
        "expected_collapse_time_n4000_s": statistics.median(
            seconds(lambda: coalescent.expected_collapse_time(uniform, 4000)) for _ in range(5)
        ),
        "collapse_probability_n1000_m4000_s": statistics.median(
            seconds(lambda: coalescent.collapse_probability(uniform, 1000, 4000)) for _ in range(5)
        ),
        "deviation_l1_N400_n400_m50_s": statistics.median(
            seconds(lambda: deviation.l1(uniform, 400, 400, 50)) for _ in range(5)
        ),
        "moments_sigma_window20_m500_s": statistics.median(
            seconds(lambda: moments.sigma(cl.MostRecent(100, 20), TRUTH, 500)) for _ in range(5)
        ),
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def four_gram(size: int, characters: str) -> tuple[float, float]:
    """Seconds to count `size` characters of a text after three others each, and to write as many, by processor."""
    codes, tokenizer = cl.text.characters(characters)
    learner = cl.text.NGrams(3, len(tokenizer))
    real = learner.read(np.resize(codes, size + 3))
    start = time.process_time()
    model = learner.fit(real)
    counted = time.process_time()
    learner.sample(model, size, np.random.default_rng(0))
    return counted - start, time.process_time() - counted


def model_on_a_text() -> dict[str, float | str]:
    """Counting and writing 10^6 tokens, how the cost grows from 10^5 to 10^7, memory, and nltk beside it."""
    found = corpora.load(corpora.TINY_SHAKESPEARE)
    sizes = (10**5, 10**6, 10**7)
    times = {n: np.median([four_gram(n, found.characters) for _ in range(REPEATS // 3)], axis=0) for n in sizes}
    exponents = np.polyfit(np.log(sizes), np.log([times[n] for n in sizes]), 1)[0]
    alone = (
        f"import resource, run; run.four_gram(10**6, run.corpora.load({corpora.TINY_SHAKESPEARE!r}).characters); "
    )
    alone += "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    memory = subprocess.run(
        [sys.executable, "-c", alone], cwd=HERE, check=True, capture_output=True, text=True
    ).stdout
    return {
        "text": found.name,
        "four_gram_fit_1e6_s": float(times[10**6][0]),
        "four_gram_sample_1e6_s": float(times[10**6][1]),
        "four_gram_fit_exponent": float(exponents[0]),
        "four_gram_sample_exponent": float(exponents[1]),
        "four_gram_1e6_peak_memory_mib": float(memory),
        **nltk_comparison(found.characters[: 10**5]),
    }


def nltk_comparison(characters: str) -> dict[str, float | str]:
    """Tokens a second that both models write, trained on the same text, in turn."""
    if importlib.util.find_spec("nltk") is None:
        return {"times_faster_than_nltk": "not measured: nltk is not installed"}
    from nltk.lm import MLE
    from nltk.util import everygrams

    theirs = MLE(4)
    theirs.fit([everygrams(list(characters), max_len=4)], vocabulary_text=list(characters))
    rates = []
    for seed in range(REPEATS // 3):
        start = time.process_time()
        theirs.generate(1_000, random_seed=seed)
        rates.append(
            (len(characters) / four_gram(len(characters), characters)[1], 1_000 / (time.process_time() - start))
        )
    ours, nltk = np.median(rates, axis=0)
    return {
        "four_gram_tokens_per_s": float(ours),
        "nltk_tokens_per_s": float(nltk),
        "times_faster_than_nltk": float(np.median([a / b for a, b in rates])),
    }


def builds() -> dict[str, float]:
    """`collapse build`: everything cold, at the paper's sizes and quick, then with nothing changed."""
    times = {}
    for preset in ("paper", "quick"):
        times[f"chapters_{preset}_cold_s"], times[f"build_{preset}_cold_s"] = build(preset, cold=True)
    return {**times, "build_unchanged_s": build("quick")[1]}


def build(preset: str, *, cold: bool = False) -> tuple[float, float]:
    """Seconds until all chapters have run, and until the site is there; `cold` leaves nothing of an old build."""
    for name in ("executed", "html", "site.json") if cold else ():
        subprocess.run(["rm", "-rf", str(HERE.parent / "_build" / name)], check=True)
    command = [sys.executable, "-u", "-m", "collapse_lib", "build", "--preset", preset]
    start = chapters = time.perf_counter()
    with subprocess.Popen(command, cwd=HERE.parent, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if line.startswith("building the pages"):
                chapters = time.perf_counter()
    assert running.returncode == 0
    return chapters - start, time.perf_counter() - start


def machine() -> dict[str, object]:
    """What it ran on."""
    processor = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        processor = names[0] if names else processor
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
    }


def main() -> None:
    """Measure, print and record."""
    results = {
        "machine": machine(),
        "resampled_token_ns": statistics.median(resampled_token() for _ in range(REPEATS)),
        **exact_laws(),
        **collapse_comparison(),
        **model_on_a_text(),
        **builds(),
    }
    for name, value in results.items():
        print(f"{name:40} {value:.4g}" if isinstance(value, float) else f"{name:40} {value}")
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
