"""Addition networks: data, agreement of both training methods, the solver, plots, and bad input."""

import csv
import json
import subprocess
import sys

import common.keras_quiet  # noqa: F401

import numpy as np
import pytest

import explore.addition.__main__
import train.addition.__main__
from common.checkpoint import load_run
from common.tables import format_percent
from data.addition import (
    NUM_HELD_OUT,
    all_pairs,
    epoch_permutation,
    half_range_grid,
    training_pairs,
)
from export import addition as exporter
from export import graph, tfjs
from models.addition import Stack
from tests.golden import addition as golden
from tests.helpers import ROOT, assert_main_refuses
from train.addition.keras_fit import FAST_COMPILE_ARGS, fit, weights_of
from train.addition.solve import on_grid, solve
from train.addition.spec import AdderSpec, Weights, accuracy, evaluate, predict, predict_float32
from train.addition.tables import as_markdown
from train.addition.vectorized import train_vectorized

SMALL = ["--hidden", 1, 2, "--max-sum", 16, "--seeds", 2, "--epochs", 3]


def run(*arguments):
    train.addition.__main__.main([str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A folder of checkpoints with a tiny sweep."""
    folder = tmp_path_factory.mktemp("checkpoints")
    run(*SMALL, "--checkpoint-dir", folder)
    return folder


def test_importing_the_data_loads_no_machine_learning_library():
    script = (
        "import sys, data.addition\n"
        "sys.exit(any(name in sys.modules for name in ('keras', 'tensorflow', 'jax')))"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0


def test_training_pairs_are_below_half_the_sum_and_reproducible():
    pairs, sums = training_pairs(256, 3)
    assert pairs.shape == (10_000, 2) and pairs.min() == 0 and pairs.max() == 127
    assert (sums[:, 0] == pairs.sum(axis=1)).all() and (training_pairs(256, 3)[0] == pairs).all()
    assert (training_pairs(256, 4)[0] != pairs).any()
    assert (
        sorted(epoch_permutation(1, 5)) == list(range(10_000 - NUM_HELD_OUT))
        and (epoch_permutation(1, 5) != epoch_permutation(1, 6)).any()
    )


@pytest.mark.parametrize("max_sum, pairs, squares", [(16, 153, 81), (256, 33_153, 16_641)])
def test_every_pair_is_tested_once(max_sum, pairs, squares):
    every = all_pairs(max_sum)
    grid = half_range_grid(max_sum)
    assert (
        len({tuple(pair) for pair in every}) == len(every) == pairs
        and every.sum(axis=1).max() == max_sum
    )
    assert (
        len({tuple(pair) for pair in grid}) == len(grid) == squares and grid.max() == max_sum // 2
    )


def test_a_million_pairs_are_sampled_for_large_sums():
    every = all_pairs(65536)
    sums = every.sum(axis=1)
    assert len(every) > 1_000_000 and every.min() == 0 and set(sums) == set(range(65537))
    drawn = every[65537:]
    assert abs((drawn[:, 0] < 65537 / 3).mean() - 5 / 9) < 0.01, "all pairs are equally likely"


@pytest.mark.slow
@pytest.mark.parametrize("name", golden.GOLDEN)
def test_python_matches_the_golden_file(name):
    def same(ours, theirs):
        if isinstance(theirs, dict):
            return ours.keys() == theirs.keys() and all(
                same(ours[key], theirs[key]) for key in theirs
            )
        if isinstance(theirs, list) and theirs and isinstance(theirs[0], (dict, list)):
            return len(ours) == len(theirs) and all(map(same, ours, theirs))
        return np.allclose(ours, theirs, rtol=1e-4, atol=1e-3)

    assert same(json.loads(json.dumps(golden.GOLDEN[name]())), golden.read(name))


@pytest.mark.slow
def test_fast_compile_arguments_do_not_change_the_result():
    network = AdderSpec(4, True, 256, 2)
    (slow, losses), (quick, again) = (
        fit(network, 3, 5, 1e-3),
        fit(network, 3, 5, 1e-3, **FAST_COMPILE_ARGS),
    )
    assert losses == again and len(losses) == 3
    for ours, theirs in zip(quick.get_weights(), slow.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.slow
def test_vectorized_training_equals_fit():
    """Sizes, biases and stopping epochs differ; losses, epochs and weights agree."""
    specs = [AdderSpec(2, True, 16, 3), AdderSpec(1, False, 16, 4), AdderSpec(4, True, 256, 3)]
    for spec, vectorized in zip(specs, train_vectorized(specs, 7, 2, 5e-3), strict=True):
        model, losses = fit(spec, 7, 2, 5e-3)
        np.testing.assert_allclose(vectorized.losses, losses, rtol=1e-3)
        for ours, theirs in zip(vectorized.weights, weights_of(model), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=2e-3, atol=2e-3)


@pytest.mark.slow
def test_vectorized_training_stops_each_network_and_keeps_its_best_weights():
    specs = [AdderSpec(1, False, 16, seed) for seed in (1, 2)] + [AdderSpec(2, True, 16, 1)]
    trained = train_vectorized(specs, 60, 1, 2e-2)
    assert len({len(network.losses) for network in trained}) > 1
    for network in trained:
        data = training_pairs(network.spec.max_sum, network.spec.seed)
        pairs, sums = (array[-NUM_HELD_OUT:] for array in data)
        loss = np.mean((predict(network.weights, pairs.astype("float64")) - sums[:, 0]) ** 2)
        assert loss == pytest.approx(min(network.losses), rel=1e-4)
        if len(network.losses) < 60:
            assert network.losses[-1] >= min(network.losses) and len(network.losses) >= 2


@pytest.mark.slow
@pytest.mark.parametrize("max_sum", [16, 256, 65536])
@pytest.mark.parametrize("biases", [False, True])
def test_solved_networks_add_every_pair(max_sum, biases):
    for hidden in (1, 2, 4, 8, 16):
        row = evaluate(solve(AdderSpec(hidden, biases, max_sum, 1)))
        perfect = hidden > 1 or biases
        assert (row["all_float32"] == 1) == (row["all_float64"] == 1) == perfect, row


def test_weights_on_the_float32_grid_are_exact():
    every = all_pairs(65536)
    for weights in (on_grid(2, False), on_grid(1, True)):
        assert (predict_float32(weights, every) == every.sum(axis=1)).all()
        off_grid = weights._replace(first=weights.first * 1.001, last=weights.last / 1.001)
        assert accuracy(predict_float32(off_grid, every), every) < 1


def test_float32_prediction_shows_rounding_errors():
    """Some weights are correct in float64 but too large for float32."""
    weights = Weights(np.full((2, 1), 4 / 1e9), np.zeros(1), np.array([1e9]), np.array(-5e8))
    every = all_pairs(65536)
    assert (
        accuracy(predict(weights, every), every) == 1
        and accuracy(predict_float32(weights, every), every) < 0.5
    )


def test_a_run_folder_has_table_losses_and_median_networks(swept):
    folder = swept / "addition" / "sweep"
    rows = list(csv.DictReader(open(folder / "table.csv", encoding="utf-8")))
    assert (
        len(rows) == 8
        and {row["seed"] for row in rows} == {"1", "2"}
        and {row["epochs"] for row in rows} == {"3"}
    )
    losses = list(csv.DictReader(open(folder / "losses.csv", encoding="utf-8")))
    assert len(losses) == 3 and set(losses[0]) == {
        "epoch",
        "1-16",
        "2-16",
        "biased-1-16",
        "biased-2-16",
    }
    assert float(losses[2]["2-16"]) < float(losses[0]["2-16"])
    assert (
        "20%" in (folder / "table.md").read_text()
        and "Median of 2 seeds" in (folder / "table.md").read_text()
    )
    stack, meta = load_run(folder, "addition", [Stack])
    assert meta["metrics"]["networks"] == 8 and meta["args"]["max_sum"] == [16] and meta["finished"]
    assert set(meta["seeds"]) <= {1, 2} and len(meta["seeds"]) == 4
    seed = str(meta["seeds"][stack.index_of(2, True, 16)])
    two = sorted(
        (float(row["mse"]), row["seed"])
        for row in rows
        if row["nodes"] == "2" and row["biases"] == "1"
    )
    assert two[0][1] == seed, "the seed with the median error"
    grid = half_range_grid(16)
    sums = np.asarray(stack(np.float32(grid), index=stack.index_of(2, True, 16))[1])
    assert np.mean((sums - grid.sum(axis=1)) ** 2) == pytest.approx(two[0][0], rel=1e-3)
    assert stack.index_of(3, True, 16) is None


def test_the_original_recipe_gives_the_same_table(swept, tmp_path, capsys):
    run("--recipe", "original", *SMALL, "--hidden", 2, "--seeds", 1, "--checkpoint-dir", tmp_path)
    printed = capsys.readouterr().out
    assert "above 90%" in printed
    ours = next(csv.DictReader(open(tmp_path / "addition/original/table.csv", encoding="utf-8")))
    theirs = next(
        row
        for row in csv.DictReader(open(swept / "addition/sweep/table.csv", encoding="utf-8"))
        if (row["nodes"], row["biases"], row["seed"]) == ("2", "0", "1")
    )
    assert float(ours["mse"]) == pytest.approx(float(theirs["mse"]), rel=1e-2)


def test_tables_show_100_percent_only_for_all():
    assert (
        format_percent(1) == "100%"
        and format_percent(0.999999) == "99.99%"
        and format_percent(0) == "0%"
        and format_percent(0.5) == "50.0%"
    )
    row = dict(
        nodes=1,
        biases=0,
        max_sum=16,
        mse=1.0,
        all_float32=0.1,
        all_float64=0.1,
        epochs=5,
        seconds=1.0,
    )
    table = as_markdown([row | {"accuracy": share} for share in (0.1, 0.3, 0.2)], solved=False)
    assert "| 20.0% (10.0–30.0) |" in table and "float64" not in table


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--hidden", "0"], ["--hidden", "0"]),
        (["--hidden", "10000"], ["--hidden", "256"]),
        (["--max-sum", "1"], ["--max-sum", "4"]),
        (["--max-sum", "1000000000000"], ["--max-sum", "65,536"]),
        (["--hidden", "two"], ["--hidden", "'two'"]),
        (["--max-sum", "-16"], ["--max-sum"]),
        (["--seeds", "0"], ["--seeds"]),
        (["--resume", "--epochs", "9"], ["--epochs", "--resume"]),
        (["--resume"], ["no such run"]),
        (["--epochs", "nan"], ["--epochs"]),
        (["--recipe", "other"], ["--recipe"]),
        (["--biases", "some"], ["--biases"]),
        (
            ["--hidden", *map(str, range(1, 34)), "--max-sum", "16"],
            ["--hidden", "66 networks", "64"],
        ),
        *[
            (
                [
                    *recipe,
                    "--learning-rate",
                    "1e30",
                    "--hidden",
                    "2",
                    "--max-sum",
                    "16",
                    "--seeds",
                    "1",
                    "--epochs",
                    "9",
                ],
                ["--learning-rate", "2 nodes", "NaN or infinite in epoch 1", "--run NAME"],
            )
            for recipe in ([], ["--recipe", "original"])
        ],
    ],
)
def test_bad_flags_are_refused(tmp_path, capsys, arguments, words):
    assert_main_refuses(
        capsys, train.addition.__main__.main, [*arguments, "--checkpoint-dir", tmp_path], *words
    )


def test_a_run_is_not_overwritten_by_default(swept, capsys):
    assert_main_refuses(
        capsys,
        train.addition.__main__.main,
        [*SMALL, "--checkpoint-dir", swept],
        "already exists",
        "--run NAME",
    )


@pytest.mark.slow
def test_plots(tmp_path):
    explore.addition.__main__.main(["--out", str(tmp_path)])
    names = {path.name for path in tmp_path.iterdir()}
    expected = ["losses-sweep", "outputs-sweep", "growth-sweep", "tanh", "float32"]
    expected += ["section-sweep-16-256", "network-sweep-2-16"]
    for hidden, max_sum in explore.addition.__main__.EXAMPLE_SURFACES:
        expected.append(f"surface-sweep-{hidden}-{max_sum}")
    assert names == {f"{name}{suffix}" for name in expected for suffix in (".png", ".svg")}
    assert min(path.stat().st_size for path in tmp_path.iterdir()) > 5000


def test_a_run_is_found_by_its_old_name(tmp_path, capsys):
    arguments = ["surface", "--run", "seed", "--out", str(tmp_path)]
    explore.addition.__main__.main(arguments)
    assert "surface-original-2-16.png" in capsys.readouterr().out
    assert (tmp_path / "surface-original-2-16.png").exists()


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["surface", "--hidden", "3"], ["no network with 3 nodes"]),
        (["section", "--total", "17"], ["--total", "17"]),
        (["losses", "--run", "solve"], ["losses.csv", "--run"]),
        (["network", "--run", "nosuch"], ["nosuch", "no such run"]),
        (["table", "--run", "nosuch"], ["nosuch", "no such file"]),
        (["network", "--a", "two"], ["--a", "'two'"]),
        (["portrait"], ["portrait"]),
    ],
)
def test_bad_plots_are_refused(tmp_path, capsys, arguments, words):
    if arguments[0] != "table":
        arguments = [*arguments, "--out", tmp_path]
    assert_main_refuses(capsys, explore.addition.__main__.main, arguments, *words)
    assert not list(tmp_path.iterdir())


def test_the_export_has_float32_weights_once(swept, tmp_path, capsys):
    tfjs.main(["addition/sweep", "--checkpoint-dir", str(swept), "--out", str(tmp_path)])
    assert "float32" in capsys.readouterr().out
    (folder,) = tmp_path.glob("addition/sweep-*")
    stack, _ = exporter.load(swept / "addition" / "sweep")
    output_names = json.loads((folder / "meta.json").read_text())["outputs"]
    exported = graph.load(folder / "float32", output_names)
    assert exporter.compare(stack, exported) < 1e-6
    out = exported({"network": np.int32(1), "pairs": np.float32([[2, 2]])})
    for name in ("first", "bias", "last", "offset"):
        np.testing.assert_array_equal(out[name], np.asarray(getattr(stack, name))[1])
    shards = sum(path.stat().st_size for path in folder.glob("float32/*.bin"))
    assert stack.count_params() * 4 <= shards < stack.count_params() * 4 + 400
