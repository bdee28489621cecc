"""The shared command line: help texts, recipes, misspelled flags, tables and percentages."""

import signal
import subprocess
import sys

import pytest

from common.cli import Parser, add_recipes, bounded_float, bounded_int, run_cli
from common.progress import format_duration
from common.tables import as_csv, as_markdown, format_percent

RECIPES = {
    "small": {"units": [8, 4], "rate": 0.5, "from_run": None, "told": False},
    "large": {"units": [64], "rate": 0.1, "from_run": "small", "told": True},
}


def parse(*argv):
    parser = Parser("Train something.", prog="python -m train.something")
    parser.add_argument("--units", type=bounded_int(1, 100), nargs="+", help="units per layer")
    parser.add_argument("--rate", type=bounded_float(0, 1), help="share, 100% at most")
    parser.add_argument("--from-run", metavar="NAME", help="run to start from")
    parser.add_argument("--told", action="store_true", help="whether it is told")
    parser.add_argument("--overwrite", action="store_true", help="delete the run")
    return add_recipes(parser, RECIPES, argv)


def refused(capsys, *argv):
    with pytest.raises(SystemExit) as end:
        parse(*argv)
    assert end.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    return line


def test_a_recipe_gives_defaults_and_flags_win():
    args = parse("--recipe", "large", "--rate=0.3")
    assert (args.units, args.rate, args.from_run, args.told) == ([64], 0.3, "small", True)
    assert args.given == {"recipe", "rate"}


def test_values_are_checked_as_on_the_command_line():
    fits = parse().fits
    assert fits("units", [3]) and fits("rate", 0.2) and fits("from_run", None)
    assert not fits("units", []) and not fits("units", [0]) and not fits("rate", "0.2")
    assert not fits("rate", None) and not fits("told", 1)


@pytest.mark.parametrize("recipe, units", [("small", "8 4"), ("large", "64")])
def test_help_shows_the_defaults_of_the_recipe(capsys, recipe, units):
    with pytest.raises(SystemExit) as end:
        parse("--recipe", recipe, "--help")
    text = capsys.readouterr().out
    assert end.value.code == 0 and max(map(len, text.splitlines())) <= 100
    assert f"units per layer (default: {units})" in text
    assert "--units INT [INT ...]" in text and "--rate NUMBER" in text
    assert "100% at most (default: " in text and "small, large" in text


@pytest.mark.parametrize("default, shown", [(0, True), (0.0, True), (None, False), (False, False)])
def test_a_default_of_zero_is_shown(default, shown):
    parser = Parser(prog="demo")
    parser.add_argument("--amount", default=default, help="how much")
    assert ("(default:" in parser.format_help()) is shown


def test_a_misspelled_or_renamed_flag_gets_a_suggestion(capsys):
    assert "did you mean --units?" in refused(capsys, "--unit", "3")
    assert "now called --overwrite" in refused(capsys, "--fresh")
    assert "--help lists the flags" in refused(capsys, "--xyzzy")
    assert "invalid choice: 'medium'" in refused(capsys, "--recipe", "medium")
    assert "'200' is not an integer from 1 to 100" in refused(capsys, "--units", "200")


def test_version(capsys):
    with pytest.raises(SystemExit) as end:
        parse("--version")
    assert end.value.code == 0 and capsys.readouterr().out.startswith("gene ")


@pytest.mark.parametrize(
    "error, status", [(MemoryError(), 2), (KeyboardInterrupt(), 130), (OSError(28, "full"), 2)]
)
def test_errors_end_in_an_exit_status(capsys, error, status):
    def main(argv):
        raise error

    with pytest.raises(SystemExit) as end:
        run_cli(main)
    assert end.value.code == status
    assert len(capsys.readouterr().err.splitlines()) == (status == 2)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize(
    "share, text",
    [
        (1, "100%"),
        (0.99999, "99.99%"),
        (0.995, "99.50%"),
        (0.5, "50.0%"),
        (0.00099, "0.1%"),
        (0.000012, "0.001%"),
        (0, "0%"),
    ],
)
def test_percentages_are_never_rounded_up_to_all(share, text):
    assert format_percent(share) == text


def test_tables():
    rows = [{"name": "a", "count": 1234, "share": 0.25}, {"name": "b", "count": None, "share": 1.0}]
    assert as_csv(rows) == "name,count,share\na,1234,0.25\nb,,1\n"
    assert as_markdown(rows, {"share": format_percent}, left=["name"]) == (
        "| name | count | share |\n| :--- | ---: | ---: |\n| a | 1,234 | 25.0% |\n| b |  | 100% |\n"
    )


@pytest.mark.parametrize(
    "seconds, text",
    [(42.4, "42 s"), (190, "3 min 10 s"), (7500, "2 h 05 min"), (59.7, "1 min 00 s")],
)
def test_durations(seconds, text):
    assert format_duration(seconds) == text


def test_several_files_are_refused_with_what_to_do(tmp_path, capsys):
    more = tmp_path / "more songs.csv"
    more.touch()
    line = refused(capsys, "--from-run", "songs.csv", str(more))
    assert "put them into a folder and give the folder" in line
    assert "put them" not in refused(capsys, str(tmp_path / "nothing"))


COMMANDS = ["train.lyrics", "train.each", "explore.avatars", "export.tfjs", "export.dist", "bench"]


@pytest.mark.parametrize("module", COMMANDS)
def test_outside_the_virtual_environment_a_line_says_what_to_do(module):
    without_packages = [sys.executable, "-S", "-m", module, "--help"]
    done = subprocess.run(without_packages, capture_output=True, text=True)
    assert done.returncode == 2
    assert "run: source .venv/bin/activate" in done.stderr
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
