"""Export trained runs to TensorFlow.js, for the site.

    python -m export.tfjs                   every run in checkpoints/ that the site has a page for
    python -m export.tfjs lyrics/quick      this one; the others stay as they are

Each run becomes web/models/<network>/<run>-<fingerprint>/ with its weights in the forms that the network's room names,
each weight stored once. The files are read back, run beside Keras and compared; a difference above the bound is an
error. index.json, written last, names every file with its size and sha256: the page loads what it names and nothing
else, so an export that fails leaves the site as it was.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

import hashlib
import shutil
from pathlib import Path

from common.cli import GeneError, Parser, run_cli
from common.files import atomic_folder, read_json, sha256, write_json
from export import addition, avatars, digits, graph, lyrics

NETWORKS = {"lyrics": lyrics, "addition": addition, "avatars": avatars, "digits": digits}
SPARE = (
    1.05  # of the weights may be stored: constants that the converter folds, but no weight twice
)


def main(argv):
    parser = Parser(__doc__, prog="python -m export.tfjs")
    parser.add_argument(
        "runs", nargs="*", metavar="NETWORK/RUN", help="what to export (default: every run)"
    )
    parser.add_argument(
        "--checkpoint-dir", metavar="DIR", default="checkpoints", help="where runs live"
    )
    parser.add_argument(
        "--out", metavar="DIR", default="web/models", help="where the site looks for models"
    )
    args = parser.parse_args(argv)
    out = Path(args.out)
    entries = _index(out) if args.runs else {}
    for name in args.runs or _all_runs(Path(args.checkpoint_dir)):
        entries[name] = export_run(Path(args.checkpoint_dir), name, out)
    write_json(
        out / "index.json", {"version": 1, "models": [entries[name] for name in sorted(entries)]}
    )
    _sweep(out, entries.values())


def _index(out):
    """The entries of the models that are there already, whole."""
    if not (out / "index.json").exists():
        return {}
    entries = read_json(out / "index.json").get("models", [])
    return {
        f"{entry['task']}/{entry['run']}": entry
        for entry in entries
        if (out / entry["folder"]).is_dir()
    }


def _all_runs(checkpoints):
    runs = sorted(
        str(path.parent.relative_to(checkpoints))
        for network in NETWORKS
        for path in checkpoints.glob(f"{network}/*/model.keras")
    )
    shown = [run for run in runs if _shown(checkpoints, run)]
    if not shown:
        raise GeneError(
            f"{checkpoints}: no run to export; train one first, e.g. python -m train.lyrics"
        )
    return shown


def _shown(checkpoints, run):
    room = NETWORKS[run.partition("/")[0]]
    shown = not hasattr(room, "shown") or room.shown(checkpoints / run)
    if not shown:
        print(f"{run}  not for the page, left out")
    return shown


def export_run(checkpoints, name, out):
    """Write one run's folder under `out`; returns its entry for index.json."""
    network, _, run = name.strip("/").partition("/")
    if network not in NETWORKS or not run or "/" in run:
        raise GeneError(
            f"{name}: name a run as NETWORK/RUN, with NETWORK one of {', '.join(NETWORKS)}"
        )
    room, source = NETWORKS[network], checkpoints / network / run
    keras_model, meta = room.load(source)
    function = room.graph(keras_model)
    staging = out / network / f".{run}"
    with atomic_folder(staging) as temporary:
        forms, outputs = {}, {}
        for form in room.BOUNDS:
            forms[form], outputs = _export_form(
                room, keras_model, function, temporary / form, form, name
            )
        for file in room.FILES:
            shutil.copyfile(source / file, temporary / file)
        if hasattr(room, "add_files"):
            room.add_files(source, temporary)
        page_meta = {
            key: meta[key]
            for key in (
                "task",
                "recipe",
                "class_name",
                "config",
                "parameter_count",
                "data",
                "metrics",
                "training_seconds",
                "sample",
            )
            if key in meta
        }
        write_json(
            temporary / "meta.json", page_meta | {"run": run, "outputs": outputs, "exported": forms}
        )
    return _settle(staging, out, network, run)


def _export_form(room, keras_model, function, folder, form, name):
    outputs = graph.convert(function, keras_model, folder, form)
    stored, parameters = graph.stored(folder), keras_model.count_params()
    if stored > SPARE * parameters:
        raise GeneError(
            f"{name}: {form} stores {stored:,} weights where the network has {parameters:,}"
        )
    difference = room.compare(keras_model, graph.load(folder, outputs))
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(
        f"{name}  {form}  {size / 1e6:.2f} MB  largest difference from Keras {difference:.2g} "
        f"(bound {room.BOUNDS[form]})",
        flush=True,
    )
    if not difference <= room.BOUNDS[form]:
        raise GeneError(
            f"{name}: {form} differs from Keras by {difference:.2g}, more than {room.BOUNDS[form]}"
        )
    return {"bytes": size, "difference": difference}, outputs


def _settle(staging, out, network, run):
    """Give the folder the name of its content's fingerprint; returns the entry."""
    files = [
        {
            "path": str(path.relative_to(staging)),
            "bytes": path.stat().st_size,
            "sha256": sha256(path),
        }
        for path in sorted(staging.rglob("*"))
        if path.is_file()
    ]
    digest = hashlib.sha256("".join(file["sha256"] for file in files).encode()).hexdigest()[:12]
    folder = staging.with_name(f"{run}-{digest}")
    if folder.exists():
        shutil.rmtree(staging)
    else:
        staging.rename(folder)
    return {"task": network, "run": run, "folder": str(folder.relative_to(out)), "files": files}


def _sweep(out, entries):
    """Delete folders that the index names no more."""
    named = {entry["folder"] for entry in entries}
    for folder in out.glob("*/*"):
        if str(folder.relative_to(out)) not in named:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    run_cli(main)
