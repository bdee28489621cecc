"""The kernels of web/vendor-sources/slices.js take the same pieces out of tensors as NumPy."""

import numpy as np
import pytest

# Loads TensorFlow.js as the pages do and calls one of its functions with a tensor.
CALL = """async ([name, x, shape, ...rest]) => {
  const tf = await import(new URL("vendor/tfjs.js", location.href).href);
  const { startBackend } = await import(new URL("shared/model.js", location.href).href);
  await startBackend(tf);
  const before = tf.memory().numTensors;
  const found = tf.tidy(() => [tf[name](tf.tensor(x, shape), ...rest)].flat());
  const parts = found.map((part) => [[...part.dataSync()], part.shape]);
  tf.dispose(found);
  return { parts, leaked: tf.memory().numTensors - before };
}"""


def call(page, address, name, x, *rest):
    """The arrays that a function of TensorFlow.js returns."""
    page.goto(f"{address}songbook.html")  # a page that may run WebAssembly but does not
    result = page.evaluate(CALL, [name, x.ravel().tolist(), list(x.shape), *rest])
    assert result["leaked"] == 0
    return [np.array(values, "float32").reshape(shape) for values, shape in result["parts"]]


def numbers(*shape):
    """An array of different numbers."""
    return np.arange(np.prod(shape), dtype="float32").reshape(shape)


@pytest.mark.parametrize("shape, axis", [((6,), 0), ((6, 4), 0), ((3, 8), 1), ((2, 3, 4), 2)])
def test_split(page, address, shape, axis):
    x = numbers(*shape)
    parts = call(page, address, "split", x, 2, axis)
    for part, expected in zip(parts, np.split(x, 2, axis), strict=True):
        np.testing.assert_array_equal(part, expected)


def test_a_split_into_parts_of_different_sizes(page, address):
    x = numbers(3, 7)
    parts = call(page, address, "split", x, [1, 4, 2], 1)
    for part, expected in zip(parts, np.split(x, [1, 5], 1), strict=True):
        np.testing.assert_array_equal(part, expected)


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("indices", [[2], [0, 3, 3, 1]])
def test_rows_and_columns_of_a_matrix(page, address, indices, axis):
    x = numbers(4, 5)
    [part] = call(page, address, "gather", x, indices, axis)
    np.testing.assert_array_equal(part, np.take(x, indices, axis))


def test_a_column_that_is_not_there_is_refused(page, address):
    with pytest.raises(Exception, match="index value 5 is not in"):
        call(page, address, "gather", numbers(4, 5), [0, 5], 1)
