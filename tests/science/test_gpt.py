"""The transformer: what the network computes, that training can be killed at any moment, and one whole experiment.

Everything has toy size.  Torch is the extra `gpt`: without it these tests are skipped, and fail where CI is set.
"""

import dataclasses
import functools
import importlib.util
import itertools
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner

import collapse_lib as cl
from collapse_lib import InvalidInput, metrics, recursion
from collapse_lib.commands.main import main
from collapse_lib.gpt import presets, recorded, running, texts
from collapse_lib.gpt.presets import LAPTOP, PAPER, Architecture, Recipe
from collapse_lib.gpt.texts import Alphabet

TORCH = importlib.util.find_spec("torch") is not None
SMALL = Architecture(context=8, width=16, layers=2, heads=2, dropout=0.1)
QUICK = Recipe(iterations=12, batch=4, learning_rate=1e-2, warmup=2, looks=4, windows=8)
TOY = dataclasses.replace(
    LAPTOP, architecture=SMALL, recipe=QUICK, characters=4_000, size=320, document=16, contexts=12, held_out=160,
    measured=160, generations=3, seeds=(0,),
)  # fmt: skip
S = 5
"""Tokens of the vocabulary in most tests."""


@pytest.fixture(scope="module")
def torch():
    """Torch, on one thread; without it the test is skipped, and fails where CI is set."""
    if not TORCH:
        reason = "torch is not installed (the extra gpt), so no transformer was trained"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield torch
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def model(torch):
    from collapse_lib.gpt import model

    return model


@pytest.fixture(scope="module")
def training(torch):
    from collapse_lib.gpt import training

    return training


@pytest.fixture(scope="module")
def weights(model):
    """Weights far from small, so that every part of the network matters."""
    return {name: 3 * w if w.dim() > 1 else w for name, w in model.initial(SMALL, S, seed=0).items()}


@pytest.fixture(scope="module")
def corpus():
    """Texts of 16 tokens in which each token is the last one plus one, but for one in ten."""
    rng = np.random.default_rng(0)
    steps = np.where(rng.random((30, 16)) < 0.1, rng.integers(S, size=(30, 16)), 1)
    return steps.cumsum(axis=1) % S


@pytest.fixture(scope="module")
def learn(torch, corpus):
    """A function that makes a learner."""
    from collapse_lib.gpt.learner import Transformer

    def make(**changes):
        given = {"architecture": SMALL, "recipe": QUICK, "vocabulary": S, "start": 0, "document": 16, "seed": 0}
        return Transformer(**given | {"held_out": corpus[-4:], "contexts": corpus[:6, :8]} | changes)

    return make


# The network ------------------------------------------------------------------------------------------------------


def by_hand(weights, tokens, architecture):
    """The logits after the last token, in numpy, one head and one token after the other."""
    w = {name: value.double().numpy() for name, value in weights.items()}

    def norm(x, name):
        centred = x - x.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)
        scale, shift = ("norm", "shift") if not name else (f"{name}.norm", f"{name}.shift")
        return scaled * w[scale] + w[shift]

    x = np.array([w["tokens"][token] + w["positions"][place] for place, token in enumerate(tokens)])
    size = architecture.width // architecture.heads
    for i in range(architecture.layers):
        joined = norm(x, f"{i}.look") @ w[f"{i}.look.in"].T + w[f"{i}.look.in.bias"]
        Q, K, V = np.split(joined, 3, axis=1)
        seen = np.zeros_like(x)
        for head in range(architecture.heads):
            part = slice(head * size, (head + 1) * size)
            for place in range(len(tokens)):
                score = np.exp(Q[place, part] @ K[: place + 1, part].T / np.sqrt(size))
                seen[place, part] = score / score.sum() @ V[: place + 1, part]
        x = x + seen @ w[f"{i}.look.out"].T + w[f"{i}.look.out.bias"]
        inside = norm(x, f"{i}.think") @ w[f"{i}.think.in"].T + w[f"{i}.think.in.bias"]
        inside = inside / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (inside + 0.044715 * inside**3)))
        x = x + inside @ w[f"{i}.think.out"].T + w[f"{i}.think.out.bias"]
    return norm(x, "")[-1] @ w["tokens"].T


def test_the_network_is_the_one_that_is_written_down(torch, model, weights):
    tokens = [3, 1, 4, 1, 0, 2]
    found = model.logits(weights, torch.tensor([tokens]), SMALL)[0, -1].numpy()
    np.testing.assert_allclose(found, by_hand(weights, tokens, SMALL), atol=1e-4)


def test_no_token_sees_those_after_it(torch, model, weights):
    tokens = torch.tensor([[3, 1, 4, 1, 0, 2]])
    other = tokens.clone()
    other[0, 4:] = torch.tensor([1, 1])
    one, two = (model.logits(weights, these, SMALL)[0] for these in (tokens, other))
    assert torch.allclose(one[:4], two[:4], atol=1e-6)
    assert not torch.allclose(one[4:], two[4:], atol=1e-2)


def test_with_the_cache_the_logits_are_those_without(torch, model, weights):
    tokens = torch.tensor(np.random.default_rng(1).integers(S, size=(3, 8)))
    whole = model.logits(weights, tokens, SMALL)
    for primed in (1, 4):
        cache = model.Cache(SMALL, 3, "cpu")
        steps = [model.logits(weights, tokens[:, :primed], SMALL, cache=cache)]
        steps += [model.logits(weights, tokens[:, i : i + 1], SMALL, cache=cache) for i in range(primed, 8)]
        assert (torch.cat(steps, dim=1) - whole).abs().max() < 1e-5


def test_texts_written_with_the_cache_are_those_written_without(model, weights):
    """Three windows long, so that the stride is in it."""
    given = {"start": 0, "texts": 40, "length": 24, "seed": 7}
    one, two = (model.write(weights, SMALL, cached=cached, **given) for cached in (True, False))
    np.testing.assert_array_equal(one, two)
    assert one.shape == (40, 24)


def test_what_is_written_follows_the_law(model, weights):
    """The first token of 4,000 texts; by Pearson's chi-squared a false alarm has chance 0.1 %."""
    texts_written = model.write(weights, SMALL, start=2, texts=4_000, length=1, seed=0)
    law = model.laws(weights, np.array([[2]]), SMALL, "cpu")[0]
    counts = np.bincount(texts_written[:, 0], minlength=S)
    assert ((counts - 4_000 * law) ** 2 / (4_000 * law)).sum() < 18.5
    assert ((counts - 800) ** 2 / 800).sum() > 18.5  # it would be seen that the law is not the uniform one


def test_weights_start_as_such_models_do(model):
    wide = Architecture(context=64, width=128, layers=8, heads=4, dropout=0)
    weights = model.initial(wide, 65, seed=0)
    assert float(weights["tokens"].std()) == pytest.approx(0.02, rel=0.05)
    assert float(weights["3.look.in"].std()) == pytest.approx(0.02, rel=0.05)
    assert float(weights["3.think.out"].std()) == pytest.approx(0.02 / 4, rel=0.05)  # 1/sqrt(2 * 8)
    assert float(weights["5.look.out"].std()) == pytest.approx(0.02 / 4, rel=0.05)


def test_a_fresh_network_knows_nothing(model, corpus, torch):
    loss = float(model.loss(model.initial(SMALL, S, seed=0), torch.from_numpy(corpus[:, :9]), SMALL))
    assert loss == pytest.approx(np.log(S), abs=0.05)


# Training ---------------------------------------------------------------------------------------------------------


def trained(training, corpus, recipe=QUICK, **changes):
    given = {"vocabulary": S, "seed": 5, "held_out": corpus[-4:]}
    return training.train(corpus, SMALL, recipe, **given | changes)


def same(one, two):
    return all(np.array_equal(one["weights"][name], two["weights"][name]) for name in one["weights"])


def test_the_loss_falls_to_the_entropy_of_the_source(training, corpus):
    """0.1 of the steps are random, so the entropy rate is about 0.40 nats; a fresh network has log 5 = 1.61."""
    recipe = dataclasses.replace(QUICK, iterations=300, batch=16)
    losses = [loss for _, loss in trained(training, corpus, recipe)["curve"]]
    assert losses[0] > 1.3
    assert losses[-1] < 0.8


def test_the_same_seed_gives_the_same_weights(training, corpus):
    assert same(trained(training, corpus), trained(training, corpus))


def test_another_seed_gives_other_weights(training, corpus):
    assert not same(trained(training, corpus), trained(training, corpus, seed=6))


def test_training_leaves_the_random_numbers_of_others_alone(torch, training, corpus):
    before = torch.get_rng_state()
    trained(training, corpus)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("killed_after", [1, 5, 11])
def test_a_training_that_was_stopped_ends_with_the_same_bits(training, corpus, tmp_path, killed_after):
    path, count = tmp_path / "part", itertools.count(1)
    with pytest.raises(training.Paused):
        trained(training, corpus, checkpoint=path, tick=lambda: next(count) == killed_after)
    assert training.load(path)["iteration"] == killed_after
    resumed, whole = trained(training, corpus, checkpoint=path), trained(training, corpus)
    assert same(resumed, whole)
    assert resumed["curve"] == whole["curve"]


def test_a_training_stopped_again_and_again_ends_with_the_same_bits(training, corpus, tmp_path):
    path = tmp_path / "part"
    for _ in range(QUICK.iterations - 1):
        with pytest.raises(training.Paused):
            trained(training, corpus, checkpoint=path, tick=lambda: True)
    assert same(trained(training, corpus, checkpoint=path), trained(training, corpus))


def test_a_checkpoint_that_forgot_the_dropout_would_be_seen(torch, training, corpus, tmp_path):
    path, count = tmp_path / "part", itertools.count(1)
    with pytest.raises(training.Paused):
        trained(training, corpus, checkpoint=path, tick=lambda: next(count) == 5)
    state = training.load(path)
    state["streams"]["cpu"] = torch.Generator().manual_seed(1).get_state()
    training.save(path, state)
    assert not same(trained(training, corpus, checkpoint=path), trained(training, corpus))


def test_the_learning_rate_rises_and_falls_to_a_tenth(training):
    rates = [training.learning_rate(QUICK, i) for i in range(QUICK.iterations + 1)]
    assert rates[:2] == [5e-3, 1e-2]
    assert rates[-1] == pytest.approx(1e-3)
    assert all(a >= b for a, b in itertools.pairwise(rates[1:]))


# The learner ------------------------------------------------------------------------------------------------------


def test_the_recursion_drives_it_as_it_drives_tables(learn, corpus):
    learner = learn()
    for schedule in (cl.FullySynthetic(320), cl.FixedTotal(320, 160), cl.PartiallySynthetic(320, 160)):
        models = cl.generations(learner, schedule, np.random.default_rng(0), corpus=corpus[:20])
        laws = [learner.law(model) for model in itertools.islice(models, 2)]
        assert all(law.shape == (6, S) for law in laws)
        np.testing.assert_allclose(laws[1].sum(axis=-1), 1)
        assert metrics.deviation(*laws).min() > 0


def test_simulate_measures_it_as_it_measures_tables(learn, corpus):
    learner, schedule, real = learn(), cl.FullySynthetic(320), corpus[:20]
    run = cl.simulate(
        recursion.Given(real), schedule, 2, runs=2, seed=4, learner=learner, at=[1, 2],
        record=[metrics.deviation, metrics.distribution],
    )  # fmt: skip
    assert run["distribution"].shape == (2, 2, 6, S)
    for i in range(2):
        models = cl.generations(learner, schedule, recursion.stream(4, i), corpus=real)
        laws = [learner.law(model) for model in itertools.islice(models, 2)]
        np.testing.assert_array_equal(run["distribution"][:, i], laws)
        np.testing.assert_array_equal(run["deviation"][1, i], metrics.deviation(laws[1], laws[0]))


def test_the_same_corpus_gives_the_same_model_and_another_another(learn, corpus):
    one, two, other = (learn().fit(part) for part in (corpus, corpus, corpus[::-1].copy()))
    assert one.name == two.name != other.name
    np.testing.assert_array_equal(learn().law(one), learn().law(two))


def test_what_it_writes_comes_from_the_generator(learn, corpus):
    learner = learn()
    model = learner.fit(corpus)
    drawn = [learner.sample(model, 64, np.random.default_rng(seed)) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert (drawn[0] != drawn[2]).any()
    assert drawn[0].shape == (4, 16)


def test_a_subset_is_of_whole_texts_each_once(learn):
    rows = np.arange(30)[:, None] + 100 * np.arange(16)
    taken = learn().subset(rows, 160, np.random.default_rng(0))
    assert len(taken) == len(set(taken[:, 0])) == 10
    assert all((row == rows[row[0]]).all() for row in taken)


@pytest.mark.parametrize("size", [0, 15, 17])
def test_part_of_a_text_is_refused(learn, corpus, size):
    learner = learn()
    with pytest.raises(InvalidInput, match="size was"):
        learner.sample(learner.fit(corpus), size, np.random.default_rng(0))


def test_counts_are_no_text(learn):
    with pytest.raises(InvalidInput, match="counts of tokens"):
        learn().corpus(np.array([1, 2]))


def test_a_fresh_model_has_collapsed_nowhere(learn, corpus):
    learner = learn()
    assert not learner.collapsed(learner.fit(corpus)).any()


def test_a_shelf_changes_no_bit_and_trains_nothing_twice(learn, corpus, tmp_path):
    ticks = []
    shelved = learn(shelf=tmp_path, tick=lambda n: bool(ticks.append(n)))
    first, again, without = shelved.fit(corpus), shelved.fit(corpus), learn().fit(corpus)
    assert ticks == [1] * QUICK.iterations + [QUICK.iterations]
    for other in (again, without):
        np.testing.assert_array_equal(shelved.law(first), shelved.law(other))
    written = [one.sample(first, 32, np.random.default_rng(3)) for one in (shelved, shelved, learn())]
    assert all((text == written[0]).all() for text in written)


# The experiment ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A text of our own for an experiment."""
    path = tmp_path_factory.mktemp("data") / "mine.txt"
    lines = [f"line {i}: the {'quick' if i % 3 else 'slow'} fox, {i * i % 97}.\n" for i in range(400)]
    path.write_text("".join(lines), encoding="utf-8")
    return str(path)


@pytest.fixture
def small(data, monkeypatch):
    """The toy preset under the laptop's name, and that text in the place of tiny Shakespeare."""
    monkeypatch.setattr(running, "Plan", functools.partial(running.Plan, corpus=data))
    monkeypatch.setitem(presets.PRESETS, "laptop", TOY)


@pytest.fixture(scope="module")
def whole(torch, data, tmp_path_factory):
    """The record of a toy experiment that ran without an interruption."""
    plan = running.Plan(TOY, tmp_path_factory.mktemp("whole") / "run", corpus=data)
    running.run(plan)
    return recorded.read_file(plan.record)


def apart_from_time(record):
    """The runs without what training took."""
    text = json.dumps(record.values["runs"])
    return json.loads(text, object_hook=lambda d: {k: v for k, v in d.items() if k != "seconds"})


def test_a_record_has_every_generation_of_every_setting(whole):
    assert whole.seeds == (0,)
    for setting in presets.SETTINGS:
        assert whole.deviation(setting).shape == (1, 3)
        assert whole.curves(setting)[1].shape == (1, 3, len(whole.curves(setting)[0]))
    assert len(whole.cost()) == TOY.models == 8
    assert whole.truth(0).shape[0] == 12


def test_p1_is_one_model_in_all_settings(whole):
    assert all((whole.deviation(setting)[:, 0] == 0).all() for setting in presets.SETTINGS)
    assert len({tuple(whole.curves(setting)[1][0, 0]) for setting in presets.SETTINGS}) == 1


def test_a_record_tells_what_ran(whole):
    told = whole.values["provenance"]
    assert {"torch", "numpy"} <= set(told["versions"])
    assert len(told["library_sha256"]) == 64
    assert told["device"].startswith("cpu")
    assert "commit" in told


def test_an_experiment_stopped_again_and_again_gives_the_same_record(whole, small, tmp_path):
    plan, stops = running.Plan(TOY, tmp_path / "run"), 0
    while True:
        try:
            running.run(plan if not stops else running.planned(plan.folder), minutes=1e-9)
            break
        except running.Stopped:
            stops += 1
            assert stops < TOY.models * QUICK.iterations + 10
    assert stops > 50
    assert apart_from_time(recorded.read_file(plan.record)) == apart_from_time(whole)


@pytest.mark.slow
class Killed(BaseException):
    """Ends all at once; nothing in the library catches it."""


@pytest.mark.parametrize("every", [0.0, 60.0], ids=["a checkpoint each iteration", "no checkpoint"])
@pytest.mark.parametrize("killed_at", [5, 40, 71])
def test_an_experiment_that_was_killed_gives_the_same_record(
    whole, training, small, tmp_path, monkeypatch, every, killed_at
):
    """In the middle of p^(0), of generation 2 and of a later chain."""
    monkeypatch.setattr(training, "EVERY", every)
    plan = running.Plan(TOY, tmp_path / "run")

    def kill(done, total, seconds):
        if done >= killed_at:
            raise Killed

    with pytest.raises(Killed):
        running.run(plan, report=kill)
    running.run(running.planned(plan.folder))
    assert apart_from_time(recorded.read_file(plan.record)) == apart_from_time(whole)


def test_two_processes_find_what_one_finds(whole, data, tmp_path):
    running.run(running.Plan(TOY, tmp_path / "run", corpus=data), jobs=2)
    assert apart_from_time(recorded.read_file(tmp_path / "run" / "laptop.json")) == apart_from_time(whole)


def test_a_record_that_was_changed_by_hand_is_refused(whole, tmp_path):
    changed = json.loads(json.dumps(whole.values))
    changed["runs"][0]["settings"]["half"][1]["deviation"][0] *= 2
    recorded.write(tmp_path / "laptop.json", changed)
    with pytest.raises(InvalidInput, match="not as it was made"):
        recorded.read_file(tmp_path / "laptop.json")


def collapse(*words):
    return CliRunner().invoke(main, ["gpt", *map(str, words)])


def test_the_command_leaves_a_record(torch, small, tmp_path):
    done = collapse("-o", tmp_path / "run", "--seeds", "3", "-j", "1")
    assert done.exit_code == 0, done.output
    assert recorded.read_file(tmp_path / "run" / "laptop.json").seeds == (3,)
    again = collapse("-o", tmp_path / "run")
    assert again.exit_code == 2
    assert "--resume" in again.stderr
    assert collapse("--resume", tmp_path / "run").exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--preset", "laptp"], "did you mean 'laptop'"),
        (["--resume", "nowhere"], "holds no experiment"),
        (["--jobs", "0"], "jobs was 0"),
        (["--minutes", "-1"], "minutes was -1"),
        (["--seeds", "one"], "seeds was given 'one'"),
        (["--seeds", ""], "seeds was given an empty list"),
        (["--device", "tpu"], "device was 'tpu'"),
        (["--resume", "nowhere", "--seeds", "1"], "give no -o or --seeds"),
    ],
    ids=["preset", "resume", "jobs", "minutes", "seeds", "no seed", "device", "seeds of another"],
)
def test_wrong_use_is_answered_with_one_sentence(torch, small, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    done = collapse(*words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_else_in_it_is_refused(torch, small, tmp_path):
    (tmp_path / "thesis.tex").write_text("mine", encoding="utf-8")
    assert "something else in it" in collapse("-o", tmp_path).stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


# Without torch ----------------------------------------------------------------------------------------------------

WITHOUT = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "torch":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Refuse())
import importlib.util
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "torch" else real(name, package)
"""


def test_without_torch_the_command_names_the_extra():
    code = f"{WITHOUT}\nfrom collapse_lib.commands.main import main\nmain(['gpt'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 2
    assert "the extra `gpt`" in done.stderr
    assert done.stderr.count("\n") == 1


def test_without_torch_a_record_is_read(tmp_path):
    code = f"{WITHOUT}\nfrom collapse_lib.gpt import recorded\nprint(recorded.available())"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


# Texts and presets: no torch needed -------------------------------------------------------------------------------


def test_the_papers_preset_is_its_table_1():
    assert presets.find("paper") == PAPER
    assert PAPER.architecture == Architecture(context=128, width=256, layers=8, heads=4, dropout=0.2)
    assert (PAPER.recipe.learning_rate, PAPER.recipe.batch, PAPER.recipe.iterations) == (1e-3, 256, 2_000)
    assert (PAPER.contexts, PAPER.generations) == (300, 10)


@pytest.mark.parametrize("preset", [LAPTOP, PAPER], ids=lambda preset: preset.name)
def test_a_training_set_has_one_size_in_every_setting_and_generation(preset):
    for setting in presets.SETTINGS:
        schedule = presets.schedule(setting, preset.size)
        assert {int(schedule.sizes(m).sum()) for m in range(1, 11)} == {preset.size}
        assert all((schedule.sizes(m) % preset.document == 0).all() for m in range(1, 11))
    assert presets.schedule("half", preset.size).sizes(3)[0] == preset.size / 2
    assert presets.schedule("fifth", preset.size).sizes(3)[2] == preset.size / 5
    assert len(preset.seeds) >= 3


def test_a_text_survives_the_alphabet():
    letters = Alphabet.of("To be,\nor not")
    assert letters.decode(letters.encode("not or be")) == "not or be"
    assert letters.characters[letters.start] == "\n"
    assert Alphabet.of("banana").start == 0


def test_ngrams_are_counted_by_hand():
    corpus = np.array([[0, 1, 0, 1], [1, 1, 1, 1]])  # bigrams 01 10 01, 11 11 11
    assert texts.distinct(corpus, 2, 2) == 3 / 6
    shares = np.array([2, 1, 3]) / 6
    assert texts.entropy(corpus, 2, 2) == pytest.approx(-(shares * np.log(shares)).sum())
    contexts = np.array([[0, 0, 1], [1, 1, 0], [0, 0, 0]])
    assert texts.seen(contexts, corpus, 1, 2).tolist() == [4, 2, 2]
    assert texts.seen(contexts, corpus, 2, 2).tolist() == [1, 1, 0]


def test_a_text_shorter_than_one_piece_is_refused():
    with pytest.raises(InvalidInput, match="3 tokens"):
        texts.cut(np.arange(3), 4)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"size": 1_000}, "size was 1000"),
        ({"size": 128}, "half and its fifth"),
        ({"document": 32}, "32 tokens"),
    ],
)
def test_a_preset_that_cannot_be_is_refused(changes, said):
    with pytest.raises(InvalidInput, match=said):
        dataclasses.replace(LAPTOP, **changes)


def test_heads_share_the_width():
    with pytest.raises(InvalidInput, match="a width of 10"):
        Architecture(context=8, width=10, layers=1, heads=4, dropout=0)
