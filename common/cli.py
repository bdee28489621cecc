"""What the command lines of all entry points share: flags, recipes, errors, exit statuses."""

import argparse
import configparser
import contextlib
import difflib
import importlib.metadata
import io
import os
import re
import signal
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from common.migrations import renamed_flags

INTERRUPTED = 130  # exit status after Ctrl-C, as a shell reports it
WIDTH = 100  # columns of --help
NOT_INSTALLED = (
    "Gene's packages are not installed in this Python; use .venv/bin/python (`make site` creates "
    "it) or run: source .venv/bin/activate"
)


class GeneError(Exception):
    """An error that the user can fix.

    Its message is one line that names the file, row or flag, and the remedy.
    """


def printable(value: Any) -> str:
    """Make an untrusted value safe to print on one line."""
    text = str(value)
    return text if text.isprintable() and len(text) <= 80 else f"{text[:80]!r} ..."


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Adds defaults to help texts and keeps the usage line short."""

    def __init__(self, prog: str):
        super().__init__(prog, max_help_position=32, width=WIDTH)

    def add_usage(self, usage, actions, groups, prefix=None):
        """Print "[flags]" instead of all flags; omit both in the program names of subcommands."""
        actions = list(actions)
        positionals = [action for action in actions if not action.option_strings]
        if prefix != "" and len(positionals) < len(actions):
            words = [self._format_args(action, action.dest) for action in positionals]
            usage = " ".join(["%(prog)s [flags]", *words])
        super().add_usage(usage, positionals, groups, prefix)

    def _get_default_metavar_for_optional(self, action):
        return getattr(action.type, "metavar", None) or super()._get_default_metavar_for_optional(
            action
        )

    def _get_help_string(self, action):
        text = action.help or ""
        # Not `in (None, False, ...)`: 0 equals False, but a default of 0 must be shown.
        has_none = action.default is None or action.default is False
        shows_nothing = has_none or action.default in ([], argparse.SUPPRESS)
        if shows_nothing or not action.option_strings or "default" in text:
            return text
        return f"{text} (default: {_format_value(action.default)})".replace("%", "%%")


def _format_value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return " ".join(map(str, value))
    return str(value)


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` that reports errors in one line.

    Args:
        doc: Description of the command, with examples; usually the docstring of its module.
        prog: The command as the user types it, such as "python -m train.lyrics".
        **options: Additional arguments of `ArgumentParser`.
    """

    def __init__(self, doc: str | None = None, prog: str | None = None, **options: Any):
        options.setdefault("description", textwrap.dedent(doc or "").strip())
        options.setdefault("formatter_class", _HelpFormatter)
        super().__init__(prog=prog, allow_abbrev=False, **options)
        self.add_argument("--version", action=_Version, help="print the version and exit")

    def error(self, message: str) -> NoReturn:
        """Print one line and exit with status 2; suggest the right flag for a misspelled one."""
        unknown = re.match(r"unrecognized arguments: (--[\w-]+)", message)
        hint = "--help lists the flags"
        if unknown:
            hint = self._suggestion(unknown[1]) or hint
        elif _names_a_file(message.removeprefix("unrecognized arguments: ")):
            hint = "to use several files, put them into a folder and give the folder"
        self.exit(2, f"{self.prog}: {message} ({hint})\n")

    def _suggestion(self, flag: str) -> str | None:
        flags = [option for option in self._option_string_actions if option.startswith("--")]
        renamed = [name for name in renamed_flags(flag) if name in flags]
        if renamed:
            return f"now called {renamed[0]}"
        similar = difflib.get_close_matches(flag, flags, n=1)
        return f"did you mean {similar[0]}?" if similar else None


def _names_a_file(words: str) -> bool:
    """Return whether unrecognized arguments, joined with spaces, begin with the path of a file.

    Try the whole text, in case it is one path with spaces, and then its first word.
    """
    return os.path.exists(words) or os.path.exists(words.partition(" ")[0])


class _Version(argparse.Action):
    """Print the version of the project and exit."""

    def __init__(self, option_strings, dest, **options):
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, **options)

    def __call__(self, parser, namespace, values, option_string=None):
        print(f"gene {_version()}")
        parser.exit()


def _version() -> str:
    """Return the version from setup.cfg in a checkout, otherwise from the installed package."""
    config = configparser.ConfigParser()
    config.read(Path(__file__).resolve().parents[1] / "setup.cfg", encoding="utf-8")
    return config.get("metadata", "version", fallback="") or importlib.metadata.version("gene")


def add_checkpoint_dir(
    parser: argparse.ArgumentParser, default: str | None = "checkpoints"
) -> None:
    """Add `--checkpoint-dir`.

    Args:
        parser: The parser of the command.
        default: The default folder. None for commands that only read runs: they also search the
            runs next to the package (see `common.runs.find_run`).
    """
    places = default or "checkpoints, in the current folder or next to the package"
    parser.add_argument(
        "--checkpoint-dir",
        metavar="DIR",
        default=default,
        help=f"folder that contains all runs (default: {places})",
    )


def add_recipes(
    parser: Parser, recipes: Mapping[str, Mapping[str, Any]], argv: Sequence[str]
) -> argparse.Namespace:
    """Add `--recipe`, use the values of the chosen recipe as flag defaults, and parse.

    Args:
        parser: A parser with all other flags.
        recipes: {name: {flag: value}}; the first recipe is the default.
        argv: The command-line arguments, without the program name.

    Returns:
        The parsed flags with two more attributes: `given`, the names of the flags on the command
        line, and `fits(name, value)`, which returns whether the flag `name` accepts `value`.
    """
    names = ", ".join(recipes)
    parser.add_argument(
        "--recipe",
        choices=recipes,
        metavar="NAME",
        default=next(iter(recipes)),
        help=f"named set of flag values: {names} (default: %(default)s)",
    )
    parser.epilog = (
        "The defaults are those of the chosen recipe; --recipe NAME --help shows those of another."
    )
    actions = {action.dest: action for action in parser._actions}
    may_be_none = {
        name
        for name, action in actions.items()
        if any(recipe.get(name, action.default) is None for recipe in recipes.values())
    }
    parser.set_defaults(**recipes.get(_chosen_recipe(argv) or next(iter(recipes)), {}))
    args = parser.parse_args(argv)
    args.given = {name for name in vars(args) if _is_given(actions.get(name), argv)}

    def fits(name: str, value: Any) -> bool:
        return name in may_be_none if value is None else _fits(actions[name], value)

    args.fits = fits
    return args


def _chosen_recipe(argv: Sequence[str]) -> str | None:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--recipe")
    try:
        return parser.parse_known_args(argv)[0].recipe
    except argparse.ArgumentError:  # the full parser will report it
        return None


def _is_given(action: argparse.Action | None, argv: Sequence[str]) -> bool:
    return action is not None and any(word.split("=")[0] in action.option_strings for word in argv)


def _fits(action: argparse.Action, value: Any) -> bool:
    if action.nargs == 0:
        return isinstance(value, bool)
    if action.nargs == "+":
        return (
            isinstance(value, list)
            and value != []
            and all(_fits_one(action, item) for item in value)
        )
    return _fits_one(action, value)


def _fits_one(action: argparse.Action, value: Any) -> bool:
    if isinstance(value, (bool, list, dict)):
        return False
    if action.choices and value not in action.choices:
        return False
    try:
        convert: Any = action.type or str
        return convert(str(value)) == value
    except argparse.ArgumentTypeError:
        return False


def bounded_int(low: int, high: int) -> Callable[[str], int]:
    """Return an argparse type: an integer from `low` to `high`."""
    return _bounded(int, "an integer", low, high, "INT")


def bounded_float(low: float, high: float) -> Callable[[str], float]:
    """Return an argparse type: a number from `low` to `high`."""
    return _bounded(float, "a number", low, high, "NUMBER")


def _bounded(convert, description: str, low, high, metavar: str):
    def parse(text: str):
        try:
            value = convert(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            raise argparse.ArgumentTypeError(
                f"{text!r} is not {description} from {low:,} to {high:,}"
            )
        return value

    parse.metavar = metavar  # type: ignore[attr-defined]
    return parse


def run_cli(main: Callable[[list[str]], None]) -> None:
    """Run an entry point with the command line of this process; turn errors into exit statuses.

    Args:
        main: The entry point; it takes the command-line arguments, without the program name.
    """
    if signal.getsignal(signal.SIGINT) is _exit_now:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    _escape_unprintable(sys.stdout)
    with exit_on_error():
        main(sys.argv[1:])


def _escape_unprintable(stream: Any) -> None:
    r"""Make a stream write escapes, such as \xfc, for characters that its encoding lacks."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


@contextlib.contextmanager
def exit_on_error() -> Iterator[None]:
    """Turn errors into exit statuses: 2, with one line, for user errors, and 130 for Ctrl-C."""
    try:
        yield
    except GeneError as error:
        sys.exit(_report(str(error)))
    except MemoryError:
        sys.exit(_report("out of memory; use smaller sizes or counts"))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        sys.exit(_report(f"{error.filename or 'disk'}: {error.strerror or error}"))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def exit_on_interrupt() -> None:
    """Make Ctrl-C end the process silently until `run_cli` starts.

    Until then, the process only imports modules, so there is nothing to save.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _exit_now)


def _exit_now(*_) -> None:
    os._exit(INTERRUPTED)


def exit_without_packages() -> NoReturn:
    """End a command that runs outside the virtual environment, with one line and status 2."""
    sys.exit(_report(NOT_INSTALLED))


def _report(message: str) -> int:
    print(f"error: {message}", file=sys.stderr, flush=True)
    return 2
