"""Loads Keras with its engine, quietly: TensorFlow's native code greets on stderr with lines that nobody can mend."""

import contextlib
import logging
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# The converter's decision forests greet too, and want IPython for it when the output is no terminal.
os.environ.setdefault("TFDF_DISABLE_WELCOME_MESSAGE", "1")


@contextlib.contextmanager
def quiet(output=2):
    """Keep what native code writes to stderr, or to stdout (1), off the terminal."""
    kept, nothing = os.dup(output), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, output)
        yield
    finally:
        os.dup2(kept, output)
        os.close(kept)
        os.close(nothing)


logging.getLogger("tensorflow").setLevel(
    logging.ERROR
)  # it warns of every function that is traced anew
with quiet():
    import keras  # noqa: F401
