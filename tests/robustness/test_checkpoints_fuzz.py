"""Runs with a damaged file are exported and resumed, or refused with a one-line error."""

import csv
import io
import json

import common.keras_quiet  # noqa: F401

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import train.addition.__main__
import train.attributes.__main__
import train.avatars.__main__
import train.digits.__main__
import train.lyrics.__main__
from common.checkpoint import load_run
from export import addition, avatars, digits, lyrics
from models.attributes import AttributeClassifier
from tests.helpers import parse_flags
from tests.robustness.damage import muddled, odd, rezip, spoiled, unzip
from tests.robustness.sandbox import case, cases, line_or
from tests.robustness.tiny_runs import NETWORKS
from train.addition.sequential import _load as load_trained
from train.addition.sweep_state import load_sweep
from train.core.fit import is_valid_record
from train.core.run_folder import open_run

ROOMS = {
    "lyrics": lyrics,
    "avatars": avatars,
    "digits": digits,
    "sweep": addition,
    "attributes": None,
}
TRAINERS = {
    "lyrics": train.lyrics.__main__,
    "avatars": train.avatars.__main__,
    "digits": train.digits.__main__,
    "sweep": train.addition.__main__,
    "original": train.addition.__main__,
    "attributes": train.attributes.__main__,
}
MONITORS = {
    "lyrics": "val_cross_entropy",
    "avatars": "frechet",
    "digits": "val_cross_entropy",
    "attributes": "val_cross_entropy",
}


def files(folder, *but):
    """Read the files of a run folder into {name: bytes}."""
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.is_file() and path.name not in (".lock", *but)
    }


def write(folder, made):
    folder.mkdir(parents=True)
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return folder


@st.composite
def damaged(draw, name, data):
    """A file of a run, damaged in a way that suits its format."""
    if draw(st.integers(0, 3)) == 0 or not name.endswith(
        (".json", ".csv", ".tsv", ".keras", ".npz")
    ):
        return draw(spoiled(data))
    if name.endswith(".json"):
        return json.dumps(draw(odd(json.loads(data)))).encode()
    if name.endswith(".tsv"):
        rows = [line.split("\t") for line in data.decode().splitlines()]
        lines = ["\t".join(row) + "\n" for row in draw(muddled(rows))]
        return "".join(lines).encode(errors="surrogatepass")
    if name.endswith(".csv"):
        rows, text = draw(muddled(list(csv.reader(io.StringIO(data.decode()))))), io.StringIO()
        csv.writer(text, escapechar="\\").writerows(rows)
        return text.getvalue().encode(errors="surrogatepass")
    parts = unzip(data)
    member = draw(st.sampled_from(sorted(parts)))
    how = draw(st.sampled_from(["member", "member", "member", "gone", "more", "twice", "packed"]))
    if how == "member":
        is_json = member.endswith("config.json")
        parts[member] = (
            json.dumps(draw(odd(json.loads(parts[member])))).encode()
            if is_json
            else draw(spoiled(parts[member]))
        )
    elif how == "gone":
        del parts[member]
    elif how == "more":
        parts[draw(st.sampled_from(["../out.txt", "/tmp/out.txt", "assets/x", "v99.npy"]))] = b"x"
    pairs = [*parts.items(), *([(member, draw(spoiled(parts[member])))] if how == "twice" else [])]
    return rezip(pairs, packed=how == "packed")


def read_for_the_site(name, folder, out):
    """Read everything that an export reads."""
    if ROOMS[name] is None:
        return load_run(folder, "attributes", [AttributeClassifier])
    model, _ = ROOMS[name].load(folder)
    if name in ("lyrics", "avatars"):
        out.mkdir()
        ROOMS[name].add_files(folder, out)
    return model


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ROOMS)
@cases(fast=12, nightly=500)
@given(data=st.data())
def test_a_checkpoint_is_read_or_refused(tiny_runs, name, data):
    whole = files(tiny_runs.unbroken(name), "state.npz")
    chosen = data.draw(st.sampled_from(["model.keras", "model.keras", *sorted(whole)]))
    if chosen.endswith(".png"):
        chosen = "meta.json"
    whole[chosen] = data.draw(damaged(chosen, whole[chosen]))
    with case("checkpoints read") as folder:
        line_or(read_for_the_site, name, write(folder / "run", whole), folder / "out")


def resume(name, folder):
    """Read everything that `--resume` reads before the first step."""
    args = parse_flags(TRAINERS[name], ["--resume", "--checkpoint-dir", folder, "--run", "r"])
    run = open_run(args)
    run.lock.release()
    if NETWORKS[name] != "addition":
        record = run.load_state(lambda record: is_valid_record(record, 10**6, MONITORS[name]))
        return record, run.state
    adders = train.addition.__main__.network_specs(args)
    return load_sweep(run, adders, args.epochs) if name == "sweep" else load_trained(run, adders)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", TRAINERS)
@cases(fast=12, nightly=400)
@given(data=st.data())
def test_a_run_is_resumed_or_refused(tiny_runs, name, data):
    whole = files(tiny_runs.unbroken(name))
    chosen = data.draw(st.sampled_from(["meta.json", "state.npz"]))
    whole[chosen] = data.draw(
        st.one_of(
            damaged(chosen, whole[chosen]),
            *([other_record(whole[chosen])] if chosen == "state.npz" else []),
        )
    )
    with case("runs resumed") as folder:
        write(folder / NETWORKS[name] / "r", whole)
        line_or(resume, name, folder)


@st.composite
def other_record(draw, state):
    """A state.npz with an odd record or an array of another shape or dtype."""
    with np.load(io.BytesIO(state)) as file:
        arrays = dict(file)
    if draw(st.booleans()):
        record = draw(odd(json.loads(arrays["record"].tobytes())))
        arrays["record"] = np.frombuffer(json.dumps(record).encode(errors="replace"), "uint8")
    else:
        name = draw(st.sampled_from(sorted(arrays)))
        array = arrays[name]
        arrays[name] = draw(
            st.sampled_from(
                [
                    np.zeros(0),
                    np.zeros(3, "U5"),
                    np.float64("nan"),
                    np.zeros((1, 9, 9)),
                    np.zeros((2, 2), "complex"),
                    array.astype("float64"),
                    array[None],
                ]
            )
        )
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()
