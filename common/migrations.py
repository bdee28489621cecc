"""Read run metadata and weights that were written by earlier versions of Gene.

`meta.json` has a version number, except in version 1, which used other names for keys, classes,
recipes and flags. `migrate_meta` converts older versions in memory; files on disk are rewritten
only when a run is saved again.
"""

from typing import Any

VERSION = 2

# Version 1 -> 2.
KEYS = {
    "network": "task",
    "kind": "class_name",
    "engine": "backend",
    "parameters": "parameter_count",
    "flags": "args",
    "measures": "metrics",
    "seconds": "training_seconds",
}

TASKS = {"features": "attributes"}

CLASS_NAMES = {
    "Stream": "LSTMLanguageModel",
    "Window": "WindowedBiGRU",
    "Lines": "LineSeq2Seq",
    "PlainGenerator": "DCGANGenerator",
    "Classifier": "AttributeClassifier",
    "Sigmoids": "SigmoidMLP",
    "Convolutions": "ConvNet",
}

# {old: new} for groups of model.weights.h5, by the last component of their path.
WEIGHT_GROUPS = {"tied_words": "tied_embedding"}

# class -> {old group of model.weights.h5: new group}, for attributes that were renamed.
WEIGHT_PATHS: dict[str, dict[str, str]] = {
    "LineSeq2Seq": {"layers/gru": "encoder", "layers/gru_1": "decoder"},
}

# task -> {old recipe: new recipe}
RECIPES: dict[str, dict[str, str]] = {
    "addition": {"seed": "original"},
    "digits": {"seed": "original"},
}

# task -> {old run name: new run name}, for runs that come with Gene.
RUN_NAMES: dict[str, dict[str, str]] = {
    "addition": {"seed": "original"},
    "digits": {"seed": "original"},
}

# task -> {old flag: new flag}, for the saved command-line arguments.
ARGS: dict[str, dict[str, str]] = {
    "digits": {
        "average": "ema_decay",
        "batch": "batch_size",
        "fooled": "fooling_images",
        "halved": "downsample",
        "kind": "model",
        "replays": "replay_steps",
        "shift": "translation",
        "smooth": "label_smoothing",
        "strength": "epsilon",
        "stretch": "shear_zoom",
        "turn": "rotation",
        "unchecked": "allow_other_digits",
    },
    "attributes": {
        "batch": "batch_size",
        "count": "max_images",
        "size": "embedding_dim",
        "widths": "channels",
    },
    "avatars": {
        "batch": "batch_size",
        "count": "max_images",
        "kind": "model",
        "nearness": "l1_weight",
        "penalty": "gradient_penalty",
        "widths": "channels",
    },
    "lyrics": {
        "bands": "condition_on_artist",
        "begin_with": "init_from",
        "by_heart": "stop_at_train_accuracy",
        "first": "first_rows",
        "kind": "model",
        "lanes": "batch_size",
        "limit": "max_songs",
        "most_artists": "top_artists",
        "sampled": "num_sampled",
        "width": "embedding_dim",
        "words_of": "vocabulary_from",
    },
}

# task -> {flag: {old value: new value}}
ARG_VALUES: dict[str, dict[str, dict[str, str]]] = {
    "digits": {"model": {"sigmoids": "sigmoid-mlp", "convolutions": "convnet"}},
    "avatars": {"model": {"paired": "relativistic", "plain": "dcgan"}},
    "lyrics": {
        "model": {"stream": "lstm", "window": "bigru", "lines": "seq2seq"},
        "songs": {"datasets/songbook.csv": "data/lyrics/songbook.csv"},
        "vocabulary_from": {"datasets/songbook.csv": "data/lyrics/songbook.csv"},
    },
}

# task -> {old key: new key}, for the description of the data.
DATA: dict[str, dict[str, str]] = {
    "digits": {"fooled": "fooling_images"},
    "attributes": {"features": "attributes"},
    "avatars": {"features": "attributes", "pictures": "images"},
    "lyrics": {
        "bands": "artists",
        "first": "first_rows",
        "limit": "max_songs",
        "most_artists": "top_artists",
    },
}

# task -> {old constructor argument: new one}, for the saved model configuration.
CONFIG: dict[str, dict[str, str]] = {
    "digits": {"widths": "channels", "halved": "downsample"},
    "attributes": {"side": "image_side", "size": "embedding_dim", "widths": "channels"},
    "avatars": {
        "activation": "output_activation",
        "labels": "num_labels",
        "latent": "latent_dim",
        "style": "style_dim",
        "widths": "channels",
    },
    "lyrics": {
        "bands": "num_artist_tokens",
        "reach": "max_line_length",
        "span": "context_length",
        "vocabulary": "vocabulary_size",
        "width": "embedding_dim",
    },
}

# task -> {old metric: new metric}, at any depth of `metrics`.
METRICS: dict[str, dict[str, str]] = {
    "attributes": {"features": "attributes", "worst": "worst_attribute"},
    "avatars": {
        "copied_features": "copied_embeddings",
        "frechet_of_rival": "frechet_vs_baseline",
        "made": "generated",
        "nearer_features": "nearer_embeddings",
        "pictures": "images",
        "undrawn": "missing_variants",
    },
    "lyrics": {
        "of the 5-gram model's": "perplexity_ratio_5gram",
        "perplexity, the band told": "perplexity_artist_given",
        "5-gram model's accuracy": "accuracy_5gram",
        "accuracy on training songs": "accuracy_training_songs",
        "words it can say": "vocabulary_coverage",
        "loops, randomness 0": "loop_rate_greedy",
        "loops, randomness 0.5": "loop_rate_temperature_05",
        "loops, randomness 1": "loop_rate_temperature_1",
        "loops, randomness 0, no guard": "loop_rate_greedy_unguarded",
        "loops, the page's settings": "loop_rate_default",
        "distinct-2": "distinct_2",
        "distinct-3": "distinct_3",
        "self-BLEU": "self_bleu",
        "copied words": "copied_words",
        "longest copied run": "longest_copied_phrase",
        "rhymed pairs of lines": "rhyme_rate",
        "words a line": "words_per_line",
        "their spread": "words_per_line_std",
    },
}

# {old: new} for columns of history.csv and keys of `best`.
HISTORY: dict[str, str] = {
    "nats": "cross_entropy",
    "val_nats": "val_cross_entropy",
    "nearness": "reconstruction",
    "penalty": "gradient_penalty",
}


# {old: new} for flags that are not saved in meta.json.
FLAGS: dict[str, str] = {
    "cache": "cache_dir",
    "checkpoints": "checkpoint_dir",
    "coordinator": "coordinator_address",
    "fresh": "overwrite",
    "index": "process_id",
    "processes": "num_processes",
}


def renamed_flags(flag: str) -> list[str]:
    """Return the current names of a flag of an earlier version.

    Args:
        flag: The old flag, such as "--fresh".

    Returns:
        The current names, such as ["--overwrite"]. There may be several, one per task.
    """
    old = flag.removeprefix("--").replace("-", "_")
    names = [table[old] for table in (FLAGS, *ARGS.values()) if old in table]
    return [f"--{name.replace('_', '-')}" for name in dict.fromkeys(names)]


def migrate_meta(meta: dict[str, Any]) -> dict[str, Any]:
    """Return run metadata in the current version.

    Args:
        meta: The parsed content of a meta.json of any version; not modified.

    Returns:
        The metadata in version `VERSION`.
    """
    if meta.get("version", 1) != 1:
        return meta

    new: dict[str, Any] = {KEYS.get(key, key): value for key, value in meta.items()}
    saved_task = _renamed(new.get("task"), TASKS)
    task = saved_task if isinstance(saved_task, str) else ""

    new["version"] = VERSION
    new["task"] = saved_task
    new["class_name"] = current_class_name(new.get("class_name"))
    new["recipe"] = _renamed(new.get("recipe"), RECIPES.get(task, {}))
    _rename_in(new, "config", CONFIG.get(task, {}))
    _rename_in(new, "best", HISTORY)
    _rename_in(new, "metrics", METRICS.get(task, {}))
    _rename_in(new, "args", {"network": "task"} | ARGS.get(task, {}))
    _rename_in(new, "data", DATA.get(task, {}))
    if isinstance(new.get("args"), dict):
        new["args"] = _migrate_values(new["args"], ARG_VALUES.get(task, {}))
        new["args"] |= {"task": saved_task, "recipe": new["recipe"]}
        if task == "digits":
            new["args"] = _split_digit_units(new["args"])
        if task == "avatars":
            new["args"] = _replace_ema_horizon(new["args"])
        if task == "lyrics":
            _split_length(new["args"])
    _add_missing_filter(new)
    return {key: value for key, value in new.items() if value is not None}


def _replace_ema_horizon(args: dict) -> dict:
    """Replace --memory, the number of steps that a moving average covers, with --ema-decay."""
    args = dict(args)
    horizon = args.pop("memory", None)
    if not isinstance(horizon, int) or horizon < 1:
        return args
    return args | {"ema_decay": 1 - 1 / horizon}


def migrate_record(record: Any) -> Any:
    """Rename the metrics in a record, the JSON part of a state.npz, to their current names."""
    return rename_keys(record, HISTORY)


def _migrate_values(args: dict, values: dict[str, dict[str, str]]) -> dict:
    return {
        name: values[name].get(value, value) if name in values and isinstance(value, str) else value
        for name, value in args.items()
    }


def _split_digit_units(args: dict) -> dict:
    """Replace --units, which listed channels and hidden units, with --channels and --hidden."""
    args = dict(args)
    units = args.pop("units", None)
    if not isinstance(units, list) or not units:
        return args
    if args.get("model") == "convnet":
        return args | {"channels": units, "hidden": None}
    return args | {"channels": units[:-1] or None, "hidden": units[-1], "downsample": None}


def current_class_name(name: Any) -> Any:
    """Return the current name of a model class, given a name from any version."""
    return _renamed(name, CLASS_NAMES)


def _renamed(name: Any, names: dict[str, str]) -> Any:
    """Return the current name; a value from a damaged file that is not a string is unchanged."""
    return names.get(name, name) if isinstance(name, str) else name


def rename_weights(file, class_name: str) -> None:
    """Rename the groups of an HDF5 weights file in place, from old names to current ones.

    Keras names groups after the attributes and classes of the layers, so renaming one of those in
    the code would otherwise make old checkpoints unreadable.

    Args:
        file: An `h5py.File` that is open for writing.
        class_name: Current name of the model's class.
    """
    for old, new in WEIGHT_PATHS.get(class_name, {}).items():
        if old in file and new not in file:
            file.move(old, new)
    groups: list[str] = []
    file.visit(groups.append)
    for old in sorted(groups, key=len, reverse=True):
        parent, _, name = old.rpartition("/")
        if name in WEIGHT_GROUPS:
            file.move(old, f"{parent}/{WEIGHT_GROUPS[name]}")


def rename_keys(value: Any, names: dict[str, str]) -> Any:
    """Rename dictionary keys at any depth of a JSON value."""
    if isinstance(value, dict):
        return {names.get(key, key): rename_keys(part, names) for key, part in value.items()}
    if isinstance(value, list):
        return [rename_keys(part, names) for part in value]
    return value


def _rename_in(meta: dict, key: str, names: dict[str, str]) -> None:
    if key in meta:
        meta[key] = rename_keys(meta[key], names)


def _split_length(args: dict) -> None:
    """Replace `--length` with --sequence-length (lstm) or --context-length (other models)."""
    if "length" in args:
        is_lstm = args.get("model") == "lstm"
        length = args.pop("length")
        args["sequence_length"] = length if is_lstm else None
        args["context_length"] = None if is_lstm else length


def _add_missing_filter(meta: dict) -> None:
    """Add `top_artists`, which the first runs did not save, so that they can be resumed."""
    data = meta.get("data")
    if meta["task"] == "lyrics" and isinstance(data, dict):
        filters = data.get("filters")
        if isinstance(filters, dict):
            filters.setdefault("top_artists", None)
