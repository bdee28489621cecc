"""The command line, the same for every entry point: one clear line on an error, exit status 2, no traceback."""

import argparse
import contextlib
import os
import signal
import sys
import textwrap
from collections.abc import Callable, Iterator

INTERRUPTED = 130  # exit status after Ctrl-C, as a shell reports it


class GeneError(Exception):
    """Something the user can mend. Its text is one line that names the file, row or flag and what to do."""


def printable(value):
    """A value out of somebody's file, as it may stand in a line."""
    text = str(value)
    return text if text.isprintable() and len(text) <= 80 else f"{text[:80]!r} ..."


class _Help(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog):
        super().__init__(prog, max_help_position=34, width=118)

    def _get_default_metavar_for_optional(self, action):
        return "N"


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that reports a wrong flag in one line and whose help begins with a docstring."""

    def __init__(self, doc, prog):
        super().__init__(
            prog=prog,
            description=textwrap.dedent(doc).strip(),
            usage=f"{prog} [flags]",
            allow_abbrev=False,
            formatter_class=_Help,
        )

    def error(self, message):
        self.exit(2, f"{self.prog}: {message} (--help lists the flags)\n")


def add_recipes(parser, recipes, argv):
    """Add `--recipe`, then make the chosen recipe's numbers the defaults of the flags; returns the parsed flags.

    `recipes` is {name: {flag: value}}; the first is the default. Flags given on the command line win. The flags come
    with `given`, the names of those, and `fits(name, value)`: is this a value that the command line could have given?
    """
    parser.add_argument(
        "--recipe",
        choices=recipes,
        default=next(iter(recipes)),
        help="a named set of numbers, listed below; flags change single ones (default: %(default)s)",
    )
    parser.epilog = _table(recipes)
    actions = {action.dest: action for action in parser._actions}
    empty = {
        name
        for name, action in actions.items()
        if any(recipe.get(name, action.default) is None for recipe in recipes.values())
    }
    parser.set_defaults(**recipes[parser.parse_known_args(argv)[0].recipe])
    args = parser.parse_args(argv)
    args.given = {name for name, value in vars(args).items() if _given(parser, argv, name)}
    args.fits = lambda name, value: name in empty if value is None else _fits(actions[name], value)
    return args


def _fits(action, value):
    if action.nargs == 0:
        return isinstance(value, bool)
    if action.nargs == "+":
        return (
            isinstance(value, list)
            and value != []
            and all(_fits_one(action, part) for part in value)
        )
    return _fits_one(action, value)


def _fits_one(action, value):
    if isinstance(value, (bool, list, dict)) or action.choices and value not in action.choices:
        return False
    try:
        return (action.type or str)(str(value)) == value
    except argparse.ArgumentTypeError:
        return False


def _table(recipes):
    """The numbers of the recipes side by side, for --help."""
    args = next(iter(recipes.values()))
    rows = [
        ["recipe", *recipes],
        *(
            [f"--{flag.replace('_', '-')}", *(_short(recipe[flag]) for recipe in recipes.values())]
            for flag in args
        ),
    ]
    width = max(10, *(len(value) + 2 for _, *values in rows for value in values))
    return "\n".join(
        f"  {name:22}" + "".join(f"{value:>{width}}" for value in values) for name, *values in rows
    )


def _short(value):
    return "-" if value is None else str(value).strip("[]").replace("'", "")


def _given(parser, argv, name):
    options = [
        option
        for action in parser._actions
        if action.dest == name
        for option in action.option_strings
    ]
    return any(word.split("=")[0] in options for word in argv)


def bounded_int(low, high):
    """An argparse type: a whole number from low to high."""
    return _bounded(int, "a whole number", low, high)


def bounded_float(low, high):
    """An argparse type: a number from low to high."""
    return _bounded(float, "a number", low, high)


def _bounded(convert, name, low, high):
    def parse(text):
        try:
            value = convert(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not {name} from {low:,} to {high:,}")
        return value

    return parse


def run_cli(main: Callable[[list[str]], None]) -> None:
    """Run an entry point with the command line of this process and turn errors into exit statuses.

    Args:
        main: Takes the command line without the program.
    """
    if signal.getsignal(signal.SIGINT) is _exit_now:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with exit_on_error():
        main(sys.argv[1:])


@contextlib.contextmanager
def exit_on_error() -> Iterator[None]:
    """End the process with one line and status 2 on an error of the user, 130 on Ctrl-C."""
    try:
        yield
    except GeneError as error:
        sys.exit(_report(str(error)))
    except MemoryError:
        sys.exit(_report("out of memory; choose smaller values"))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        sys.exit(_report(f"{error.filename or 'disk'}: {error.strerror or error}"))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def exit_on_interrupt() -> None:
    """End the process silently on Ctrl-C until `run_cli` begins: imports have nothing to save."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _exit_now)


def _exit_now(*_) -> None:
    os._exit(INTERRUPTED)


def _report(message: str) -> int:
    print(f"error: {message}", file=sys.stderr, flush=True)
    return 2
