"""Import Keras without TensorFlow's start-up messages and with fixed settings.

Import this module before Keras or TensorFlow. It sets the floating-point type, the image layout and
the epsilon that the networks need, overriding ~/.keras/keras.json.
"""

import contextlib
import logging
import os
from collections.abc import Iterator

from common.cli import NOT_INSTALLED, GeneError
from common.runs import BACKENDS

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# TensorFlow Decision Forests, a dependency of the converter, prints a welcome message, too.
os.environ.setdefault("TFDF_DISABLE_WELCOME_MESSAGE", "1")


@contextlib.contextmanager
def quiet(descriptor: int = 2) -> Iterator[None]:
    """Discard everything that is written to a file descriptor, even by native code.

    Args:
        descriptor: 2 for stderr, 1 for stdout.
    """
    saved = os.dup(descriptor)
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, descriptor)
        yield
    finally:
        os.dup2(saved, descriptor)
        os.close(saved)
        os.close(null)


def _import_keras() -> None:
    """Import Keras with a supported backend; raise GeneError if that fails."""
    try:
        with quiet():
            import keras
            import tensorflow  # noqa: F401  (with JAX, Keras would import it later, with messages)
    except ModuleNotFoundError as error:
        raise GeneError(_missing(error.name or "")) from None
    except Exception as error:  # Keras raises many types for unknown settings
        reason = str(error).strip().splitlines()
        raise GeneError(
            f"cannot import Keras ({reason[0] if reason else type(error).__name__}); "
            "check KERAS_BACKEND and ~/.keras/keras.json"
        ) from None
    backend = keras.backend.backend()
    if backend not in BACKENDS:
        raise GeneError(_unsupported(backend))
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    keras.config.set_epsilon(1e-7)


def _missing(module: str) -> str:
    if module.split(".")[0] == "keras":
        return NOT_INSTALLED
    if module.split(".")[0] in BACKENDS:
        return f"the Keras backend {module} is not installed; run: pip install {module}"
    return _unsupported(module)


def _unsupported(backend: str) -> str:
    return (
        f"the Keras backend {backend!r}, chosen by KERAS_BACKEND or ~/.keras/keras.json, is not "
        f"supported; set KERAS_BACKEND to {' or '.join(BACKENDS)}"
    )


# TensorFlow would print a warning each time that it retraces a function.
logging.getLogger("tensorflow").setLevel(logging.ERROR)
_import_keras()
