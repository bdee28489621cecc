"""Read and write .gene files: untrusted containers that hold one network each.

A .gene file is a zip archive of these files, in this order:

    config.json             {"format": "gene", "version": 1, "class_name": ..., "config": {...}}
    meta.json               how the network was trained, as in a run folder
    card.json               optional: title, description and license, shown on the page
    generation_config.json  how songs are written
    vocabulary.tsv          the tokens
    model.safetensors       the weights, float32
    song-index.bin          optional: to find phrases that are copied from the training songs

The files are stored uncompressed and with a fixed date. So Python and JavaScript write the same
bytes for the same network, and unpacking never takes more memory than the archive itself. Weights
would hardly shrink anyway. `web/shared/gene-archive.js` is the JavaScript version.
"""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from common.cli import GeneError, printable
from common.files import atomic, parse_json
from common.runs import GENE_SUFFIX

FORMAT = "gene"
VERSION = 1
MAX_BYTES = 128 << 20  # 32 million weights; a browser has to hold several copies of them
GET_ANOTHER_COPY = "get another copy, or export it again with python -m export.gene"

CONFIG = "config.json"
META = "meta.json"
CARD = "card.json"
GENERATION = "generation_config.json"
VOCABULARY = "vocabulary.tsv"
WEIGHTS = "model.safetensors"
SONG_INDEX = "song-index.bin"
# Maximum size of each file, in bytes.
PARTS = {
    CONFIG: 1 << 16,
    META: 1 << 20,
    CARD: 1 << 16,
    GENERATION: 1 << 16,
    VOCABULARY: 16 << 20,
    WEIGHTS: MAX_BYTES,
    SONG_INDEX: 1 << 20,
}
OPTIONAL = {CARD, SONG_INDEX}
# Parts of a file with signs that a visitor taught the digits page (see web/digits/sign-file.js).
SIGN_PARTS = {CONFIG, META, WEIGHTS}

_FIXED_DATE = (1980, 1, 1, 0, 0, 0)
_VERSION = 20  # of the zip format
_ENCRYPTED = 1  # bit of a file's flags
_FILE_TYPE = 0o170000  # bits of a Unix mode
_REGULAR = (0, 0o100000)  # types of regular files: 0 in archives that were not made on Unix


def write_archive(path: str | Path, parts: Mapping[str, bytes]) -> None:
    """Write a .gene file atomically.

    Args:
        path: The file.
        parts: Content of the files in the archive, by name, in any order.

    Raises:
        GeneError: If the network is too large for the format.
    """
    for name, limit in PARTS.items():
        if len(parts.get(name, b"")) > limit:
            raise GeneError(
                f"{path}: {name} would be {len(parts[name]):,} bytes long, but the limit is "
                f"{limit:,}; train a smaller network"
            )
    with atomic(path) as temporary:
        temporary.write_bytes(encode(parts))


def encode(parts: Mapping[str, bytes]) -> bytes:
    """Return the content of a .gene file with these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in PARTS:
            if name in parts:
                archive.writestr(_header(name), parts[name])
    return buffer.getvalue()


def _header(name: str) -> zipfile.ZipInfo:
    """Return a header that does not depend on the system, the time or the permissions."""
    header = zipfile.ZipInfo(name, _FIXED_DATE)
    header.create_system = 0
    header.create_version = _VERSION
    return header


def read_archive(path: str | Path) -> dict[str, bytes]:
    """Read a .gene file; its parts never take more memory than the size of the file.

    Returns:
        Content of the files in the archive, by name. Only the version in config.json has been
            checked, not the other content.

    Raises:
        GeneError: If the file is missing, damaged, from a later version, or not a .gene file.
    """
    path = Path(path)
    if not path.is_file():
        raise GeneError(f"{path}: no such file; give a run or an existing {GENE_SUFFIX} file")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise GeneError(
            f"{path}: {size:,} bytes long, but the limit for .gene files is {MAX_BYTES:,}; use a "
            "smaller network"
        )
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_members(path, members)
            if sum(member.file_size for member in members) > size:
                raise GeneError(f"{path}: damaged (overlapping files); {GET_ANOTHER_COPY}")
            parts = {member.filename: archive.read(member) for member in members}
    except GeneError:
        raise
    except Exception as error:  # a damaged zip file raises a dozen types of errors
        reason = printable(error) if isinstance(error, zipfile.BadZipFile) else type(error).__name__
        raise GeneError(
            f"{path}: not a .gene file, or damaged ({reason}); {GET_ANOTHER_COPY}"
        ) from None
    _check_version(path, parse_json(parts[CONFIG], f"{path}: {CONFIG}"))
    return parts


def _check_members(path: Path, members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    if set(names) == SIGN_PARTS:
        raise GeneError(
            f"{path}: contains signs, which only the digits page can open; use a .gene file "
            "with a network that writes songs"
        )
    for name in PARTS:
        if names.count(name) != 1 and (name not in OPTIONAL or name in names):
            problem = f"contains {name} twice" if name in names else f"lacks {name}"
            raise GeneError(f"{path}: {problem}; {GET_ANOTHER_COPY}")
    for member in members:
        problem = _problem(member)
        if problem:
            raise GeneError(
                f"{path}: {printable(repr(member.filename))} {problem}; {GET_ANOTHER_COPY}"
            )


def _problem(member: zipfile.ZipInfo) -> str:
    """Return what is wrong with a file in an archive, or ""."""
    if member.filename not in PARTS:
        return "does not belong in a .gene file"
    if member.compress_type != zipfile.ZIP_STORED:
        return "is compressed, probably because the archive was repacked"
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if member.external_attr >> 16 & _FILE_TYPE not in _REGULAR:
        return "is a link or a device"
    if member.file_size > PARTS[member.filename]:
        return f"is larger than {PARTS[member.filename]:,} bytes"
    return ""


def _check_version(path: Path, config: dict) -> None:
    version = config.get("version")
    if config.get("format") != FORMAT or type(version) is not int or version < 1:
        raise GeneError(f"{path}: its {CONFIG} was not written by Gene; {GET_ANOTHER_COPY}")
    if version > VERSION:
        raise GeneError(
            f"{path}: format version {printable(version)} is not supported; this version of Gene "
            f"reads versions up to {VERSION}, so update Gene"
        )
