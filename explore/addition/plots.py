"""The pictures of the addition networks, in one visual language.

Blue is too little, orange too much: the two are told apart by the colour-blind and, with paper between them, in grey.
Sizes of networks go from light to dark.
"""

import csv

import matplotlib
import numpy as np

from common.cli import GeneError
from common.files import atomic

matplotlib.use("Agg")
matplotlib.rcParams["svg.hashsalt"] = "gene"  # the same picture gives the same file

from matplotlib import pyplot  # noqa: E402  (the backend must be chosen first)
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm  # noqa: E402

INK, FAINT, GRID, PAPER, PLUS, MINUS = (
    "#26231e",
    "#6b6558",
    "#d9d6cd",
    "#f7f1e5",
    "#c2602a",
    "#2670a8",
)
ERRORS = LinearSegmentedColormap.from_list("errors", [MINUS, PAPER, PLUS])
SIZES = LinearSegmentedColormap.from_list("sizes", ["#d8b78f", "#a8431f", "#2b1a12"])
DASHES = ["-", (0, (6, 2)), (0, (3, 2)), (0, (1, 1.5)), "-."]


def save(figure, path):
    """Write a figure to path.png and path.svg."""
    for suffix, options in ((".png", {"dpi": 130}), (".svg", {"metadata": {"Date": None}})):
        with atomic(path.with_name(path.name + suffix)) as temporary:
            figure.savefig(temporary, facecolor="white", **options)
    pyplot.close(figure)


def panels(columns=1, width=6.4, height=4.0):
    figure, axes = pyplot.subplots(
        1, columns, figsize=(width, height), layout="constrained", squeeze=False
    )
    for axis in axes[0]:
        _plain(axis)
    return figure, axes[0]


def _plain(axis):
    axis.grid(color=GRID, linewidth=0.6)
    axis.tick_params(colors=FAINT)
    axis.spines[:].set_visible(False)
    axis.xaxis.label.set_color(FAINT)
    axis.yaxis.label.set_color(FAINT)


def entitle(axis, text):
    axis.set_title(text, loc="left", color=INK, fontsize=11)


def _name(stack, i):
    nodes = f"{stack.hidden[i]} node{'s' * (stack.hidden[i] > 1)}{', biases' * stack.biases[i]}"
    return f"{nodes}, sums to {stack.max_sums[i]:,}"


def _ask(stack, i, pairs):
    return np.asarray(stack(np.float32(pairs), network=i)[1], "float64")


def _of_original(stack):
    """The places of the networks without biases, by maximum sum."""
    return {
        m: [i for i in range(len(stack.hidden)) if stack.max_sums[i] == m and not stack.biases[i]]
        for m in sorted(set(stack.max_sums))
    }


def losses(stack, folder):
    """The held-out loss over the epochs, a panel a maximum sum."""
    try:
        with open(folder / "losses.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError:
        raise GeneError(
            f"{folder / 'losses.csv'}: no such file; recipe solve has no losses, name another --run"
        ) from None
    groups = {m: places for m, places in _of_original(stack).items() if places}
    figure, axes = panels(max(1, len(groups)), 4 * max(1, len(groups)) + 0.5, 3.6)
    for axis, (max_sum, places) in zip(axes, groups.items()):
        for k, i in enumerate(places):
            values = [float(text) for row in rows if (text := row[f"{stack.hidden[i]}-{max_sum}"])]
            axis.plot(
                range(1, len(values) + 1),
                values,
                color=SIZES(k / max(1, len(places) - 1)),
                linewidth=1.6,
                linestyle=DASHES[k % len(DASHES)],
                label=f"{stack.hidden[i]}",
            )
        low, high = axis.get_ylim()
        axis.set_yscale("log" if high > 3 * low else "linear")
        axis.set_xlabel("epoch")
        entitle(axis, f"held-out loss, sums to {max_sum:,}")
    axes[0].legend(title="nodes", frameon=False, labelcolor=INK)
    return figure


def _around_zero(errors):
    return TwoSlopeNorm(0, min(-0.5, errors.min()), max(0.5, errors.max()))


def surface(stack, i):
    """The error over every pair of numbers up to half of the maximum sum."""
    top = stack.max_sums[i] // 2
    points = np.unique(np.linspace(0, top, min(top + 1, 33)).round())
    a, b = np.meshgrid(points, points, indexing="ij")
    errors = _ask(stack, i, np.stack([a.ravel(), b.ravel()], axis=1)).reshape(a.shape) - a - b
    figure = pyplot.figure(figsize=(6.4, 5), layout="constrained")
    axis = figure.add_subplot(projection="3d", computed_zorder=False)
    drawn = axis.plot_surface(
        a,
        b,
        errors,
        cmap=ERRORS,
        norm=_around_zero(errors),
        rcount=33,
        ccount=33,
        linewidth=0.2,
        edgecolor="#26231e40",
    )
    axis.view_init(24, -68)
    axis.set_xlabel("a")
    axis.set_ylabel("b")
    axis.tick_params(colors=FAINT, labelsize=8)
    for side in (axis.xaxis, axis.yaxis, axis.zaxis):
        side.set_pane_color((1, 1, 1, 0))
        side._axinfo["grid"].update(color=GRID, linewidth=0.6)
    bar = figure.colorbar(
        drawn, shrink=0.55, pad=0.1, label="error", format=lambda x, _: f"{x:,g}".replace("-", "−")
    )
    bar.outline.set_visible(False)
    axis.set_title(_name(stack, i), loc="left", color=INK, fontsize=11)
    return figure


def section(stack, i, total):
    """The error of every pair with one sum: a cut through the surface."""
    first = np.arange(total + 1.0)
    errors = _ask(stack, i, np.stack([first, total - first], axis=1)) - total
    figure, (axis,) = panels()
    axis.axhspan(-0.5, 0.5, color=PAPER)
    axis.plot(first, errors, color=GRID, linewidth=1)
    axis.scatter(
        first,
        errors,
        c=errors,
        cmap=ERRORS,
        norm=_around_zero(errors),
        s=26,
        edgecolors=INK,
        linewidths=0.4,
        zorder=3,
    )
    axis.set_xlabel(f"a, where a + b = {total}")
    axis.set_ylabel("error (within the band the answer rounds right)")
    entitle(axis, f"{_name(stack, i)}: the sum {total}")
    return figure


def network(stack, i, a, b):
    """The network as a graph, with its weights and the values that flow through it."""
    first, bias, last, offset = (np.asarray(part) for part in stack.pick(i))
    size = stack.hidden[i]
    nodes, sums = (np.asarray(part)[0] for part in stack(np.float32([[a, b]]), network=i))
    figure, axis = pyplot.subplots(figsize=(7, max(3.4, 0.62 * size)), layout="constrained")
    axis.axis("off")
    places = np.linspace(1, -1, size) * (0.55 + 0.25 * size / 2) if size > 1 else np.zeros(1)
    inputs = [0.8, -0.8]
    for j in range(size):
        for k, weight in enumerate(first[:, j]):
            most = np.abs(first[:, :size]).max()
            _edge(axis, (0, inputs[k]), (2, places[j]), weight, most, size <= 4, 0.8 - 0.16 * k)
        _edge(axis, (2, places[j]), (4, 0), last[j], np.abs(last[:size]).max(), size <= 8, 0.5)
    for x, y, value in [
        (0, inputs[0], f"{a:g}"),
        (0, inputs[1], f"{b:g}"),
        (4, 0, f"{sums:.4g}"),
        *((2, places[j], f"{nodes[j]:.2f}") for j in range(size)),
    ]:
        axis.text(
            x,
            y,
            value,
            ha="center",
            va="center",
            color=INK,
            fontsize=10,
            zorder=4,
            bbox={"boxstyle": "circle,pad=0.45", "facecolor": "white", "edgecolor": INK},
        )
    axis.set_xlim(-0.4, 4.5)
    axis.margins(y=0.14)
    axis.set_title(_name(stack, i), loc="left", color=INK, fontsize=11)
    if stack.biases[i]:
        said = (
            f"biases {', '.join(f'{value:.3g}' for value in bias[:size])}; at the end {offset:.3g}"
        )
        axis.text(
            0.5, 0, said, transform=axis.transAxes, ha="center", color=FAINT, fontsize=9, wrap=True
        )
    return figure


def _edge(axis, start, end, weight, most, labelled, place):
    axis.plot(
        *zip(start, end),
        color=PLUS if weight > 0 else MINUS,
        linestyle="-" if weight > 0 else (0, (5, 2)),
        linewidth=0.6 + 3 * abs(weight) / most,
        zorder=1,
    )
    if labelled:
        x, y = (s + place * (e - s) for s, e in zip(start, end))
        axis.text(
            x,
            y,
            f"{weight:.3g}",
            ha="center",
            va="center",
            color=FAINT,
            fontsize=9,
            zorder=3,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )


def outputs(stack, folder):
    """How the weights to the end pair up: those that add against those that take away, for every size."""
    groups = {m: places for m, places in _of_original(stack).items() if places}
    figure, axes = panels(len(groups), 4 * len(groups) + 0.5, 3.6)
    for axis, (max_sum, places) in zip(axes, groups.items()):
        for k, i in enumerate(places):
            weights = np.sort(np.asarray(stack.last[i])[: stack.hidden[i]])
            for sign, colour in ((1, PLUS), (-1, MINUS)):
                ends = (
                    np.cumsum(np.abs(weights[weights * sign > 0])[:: -1 if sign > 0 else 1]) * sign
                )
                for start, end in zip([0, *ends], ends):
                    axis.barh(
                        k,
                        end - start,
                        left=start,
                        height=0.6,
                        color=colour,
                        edgecolor="white",
                        linewidth=0.8,
                        hatch="" if sign > 0 else "///",
                    )
        axis.axvline(0, color=INK, linewidth=0.8)
        axis.set_yticks(range(len(places)), [f"{stack.hidden[i]}" for i in places])
        axis.set_xlabel("weights to the end, laid end to end")
        entitle(axis, f"sums to {max_sum:,}")
    axes[0].set_ylabel("nodes")
    return figure


def tanh(stack, folder):
    """Two mirrored sigmoids make a hyperbolic tangent, straight where it is small."""
    x = np.linspace(-6, 6, 401)
    figure, (left, right) = panels(2, 8.6, 3.6)
    for sign, colour, style in ((1, PLUS, "-"), (-1, MINUS, (0, (5, 2)))):
        left.plot(
            x,
            1 / (1 + np.exp(-sign * x)),
            color=colour,
            linestyle=style,
            label=f"S({'−' * (sign < 0)}x)",
        )
    left.plot(x, np.tanh(x / 2), color=INK, linewidth=2, label="S(x) − S(−x) = tanh(x / 2)")
    left.legend(frameon=False, labelcolor=INK, fontsize=8, loc="lower right")
    entitle(left, "one S less its mirror image")
    total = np.linspace(0, 16, 201)
    for k, strength in enumerate((16, 26, 60)):
        width = _best_width(strength, total)
        right.plot(
            total,
            strength * np.tanh(width * total / 2) - total,
            color=SIZES(k / 2),
            linestyle=DASHES[k],
            label=f"{strength}",
        )
    right.axhspan(-0.5, 0.5, color=PAPER)
    right.legend(title="weight to the end", frameon=False, labelcolor=INK)
    right.set_xlabel("a + b")
    entitle(right, "its error, sums to 16")
    return figure


def _best_width(strength, total):
    """The first weight with the smallest largest error, on a fine grid."""
    widths = 2 / strength * np.linspace(0.9, 1.6, 2001)
    errors = strength * np.tanh(widths[:, None] * total / 2) - total
    return widths[np.abs(errors).max(axis=1).argmin()]


def growth(stack, folder):
    """How large the weights to the end must be for two nodes without biases to add, and how large they are."""
    sums = np.array([16, 64, 256, 1024, 4096, 16384, 65536.0])
    figure, (axis,) = panels()
    axis.plot(sums, np.sqrt(sums**3 / 6), color=INK, label="needed: √(M³ / 6)")
    for max_sum, places in _of_original(stack).items():
        for i in (place for place in places if stack.hidden[place] == 2):
            axis.scatter(
                max_sum,
                np.abs(np.asarray(stack.last[i])[:2]).max(),
                color=PLUS,
                s=50,
                zorder=3,
                label=f"reached by {folder.name}" if max_sum == min(stack.max_sums) else None,
            )
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlabel("maximum sum M")
    entitle(axis, "weight to the end, two nodes without biases")
    axis.legend(frameon=False, labelcolor=INK)
    return figure


def float32(stack, folder):
    """How many sums up to 65,536 two nodes without biases get right as their weights to the end grow, by precision."""
    total, strengths = np.arange(65537.0), np.geomspace(3e6, 5e7, 181)
    shares = [
        [_share_right(strength, total, single) for strength in strengths]
        for single in (np.float64, np.float32)
    ]
    figure, (axis,) = panels()
    for share, label, colour, style in zip(shares, ("float64", "float32"), (INK, PLUS), DASHES):
        axis.plot(strengths, np.multiply(share, 100), color=colour, linestyle=style, label=label)
    best = int(np.argmax(shares[1]))
    axis.scatter(
        strengths[best],
        100 * shares[1][best],
        color=PLUS,
        s=40,
        zorder=3,
        label=f"best of float32: {100 * shares[1][best]:.1f} %",
    )
    axis.axvline(
        np.sqrt(65536**3 / 6), color=FAINT, linewidth=0.8, linestyle=DASHES[3], label="√(M³ / 6)"
    )
    axis.set_xscale("log")
    axis.set_xticks([], minor=True)
    axis.set_xticks([4e6, 1e7, 4e7], ["4 million", "10 million", "40 million"])
    axis.set_xlabel("weight to the end")
    axis.set_ylabel("% of the sums that round right")
    axis.legend(frameon=False, labelcolor=INK, loc="lower right")
    entitle(axis, "A tanh, two nodes without biases, sums to 65,536")
    return figure


def _share_right(strength, total, single):
    """The share of right sums of strength S(w s) - strength S(-w s), weights and every result rounded by `single`.

    The slope w makes the largest error least: what tanh lacks to a line is a cube, and Chebyshev's polynomial of the
    third degree is the cube with the least largest value.
    """

    def rounded(values):
        return single(values).astype("float64")

    width = rounded(2 / strength * (1 + (total[-1] / strength) ** 2 / 4))
    sides = [
        rounded(strength) * rounded(1 / (1 + np.exp(-sign * rounded(width * total))))
        for sign in (1, -1)
    ]
    return np.mean(np.abs(rounded(sides[0] - sides[1]) - total) < 0.5)
