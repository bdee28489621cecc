"""Which Keras backend an entry point loads, and what it prints if there is none."""

import json
import os
import pkgutil
import signal
import subprocess
import sys
import time

import pytest

import data
from tests.helpers import ROOT, assert_refused
from train.core.backend import is_distributed

DATA_MODULES = sorted(module.name for module in pkgutil.walk_packages(data.__path__, "data."))
HEAVY = {"keras", "tensorflow", "jax"}


def python(code, **environment):
    """Run Python code in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def command(config=None, folder=None, **environment):
    """Run `python -m train.lyrics --unknown` with someone else's keras.json."""
    if config is not None:
        (folder / "keras.json").write_text(json.dumps(config))
        environment["KERAS_HOME"] = str(folder)
    code = "import runpy, sys; sys.argv[1:] = ['--unknown']; "
    return python(code + "runpy.run_module('train.lyrics', run_name='__main__')", **environment)


def test_no_data_module_loads_keras_or_a_backend():
    code = "\n".join(
        [
            "import importlib, sys",
            f"for name in {DATA_MODULES}:",
            "    importlib.import_module(name)",
            f"    loaded = {HEAVY} & set(sys.modules)",
            "    assert not loaded, (name, loaded)",
        ]
    )
    process = python(code)
    assert process.returncode == 0, process.stderr


@pytest.mark.slow
def test_a_foreign_keras_json_changes_nothing(tmp_path):
    config = {"floatx": "float16", "image_data_format": "channels_first"}
    (tmp_path / "keras.json").write_text(json.dumps(config))
    code = (
        "import common.keras_quiet, keras.config as config; "
        "print(config.floatx(), config.image_data_format())"
    )
    process = python(code, KERAS_HOME=str(tmp_path))
    assert process.stdout.split() == ["float32", "channels_last"], process.stderr


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["torch", "theano", "openvino"])
def test_a_foreign_backend_is_refused_in_one_line(tmp_path, backend):
    assert_refused(command({"backend": backend}, tmp_path), backend, "KERAS_BACKEND")


@pytest.mark.slow
def test_missing_hardware_is_refused_in_one_line():
    process = command(KERAS_BACKEND="jax", JAX_PLATFORMS="cuda")
    assert_refused(process, "JAX_PLATFORMS=cuda")


def test_a_missing_keras_is_refused_in_one_line():
    code = (
        "import sys; sys.modules['keras'] = None; "
        "from train.core.backend import select_backend; select_backend()"
    )
    assert_refused(python(code), ".venv/bin/python")


@pytest.mark.slow
def test_an_interrupt_during_imports_is_silent():
    process = subprocess.Popen(
        [sys.executable, "-m", "train.lyrics", "--xyz"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    maps = f"/proc/{process.pid}/maps"
    while "numpy" not in open(maps).read():  # Keras is being imported
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (130, "", "")


@pytest.mark.parametrize(
    "argv, environment, distributed",
    [
        ([], {}, False),
        (["--coordinator-address=here:1"], {}, True),
        (["--process-id", "0"], {}, True),
        ([], {"OMPI_COMM_WORLD_SIZE": "2"}, True),
        ([], {"OMPI_COMM_WORLD_SIZE": "1"}, False),
        ([], {"SLURM_STEP_NODELIST": "a", "SLURM_NTASKS": "4"}, True),
        ([], {"SLURM_NTASKS": "4"}, False),  # a batch script, not srun
        ([], {"KUBERNETES_SERVICE_HOST": "k", "JOB_COMPLETION_INDEX": "1"}, True),
        ([], {"KUBERNETES_SERVICE_HOST": "k"}, False),
    ],
)
def test_launchers_are_recognized(argv, environment, distributed):
    assert is_distributed(argv, environment) is distributed
