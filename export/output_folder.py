"""Write files to a folder that may contain other files, without touching those.

A manifest in the folder lists the files that were written to it. Only listed files are replaced,
and only listed files whose content has not changed since are deleted. A new version is written file
by file, each one atomically, and old versions are deleted last. So if an export fails or is killed,
the previous version remains usable.

    {"files": {path: sha256},           the current version
     "older": [{path: sha256}, ...],    older versions, newest first, kept for visitors who opened
                                        their pages
     "unfinished": {path: sha256}}      a version that is being written, or was being written when
                                        the process was killed
"""

import contextlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from common.cli import GeneError
from common.files import LOCK_NAME, atomic, locked, read_json, set_mode, sha256, write_json
from common.runs import PROJECT_FOLDER

Files = dict[str, str]  # SHA-256 by path

# Folders of the project that no export may write to: tracked by git, or created by `make`.
PROJECT_PARTS = (
    *(".cache", ".ci", ".git", ".github", ".venv", "bench", "build", "checkpoints", "common"),
    *("data", "docs", "explore", "export", "generate", "metrics", "models", "node_modules"),
    "notebooks",
    *("results", "tests", "train", "web"),
)
# Folders in the working directory that the exports read, wherever the code is installed.
INPUTS = ("checkpoints", "web")


def _nothing(folder: Path) -> Files:
    """Return no files; the default for `legacy_files`."""
    return {}


@dataclass(frozen=True)
class OutputFolder:
    """A folder for generated files that may also contain other files.

    Args:
        folder: The folder; it need not exist.
        manifest: Name of the manifest in the folder.
        own_part: Path inside the project to which this command may write anyway.
        kept_versions: Number of older versions whose files are kept.
        legacy_files: Function that returns the files that an earlier release wrote without a
            manifest.
    """

    folder: Path
    manifest: str
    own_part: str | None = None
    kept_versions: int = 0
    legacy_files: Callable[[Path], Files] = _nothing

    def check(self) -> None:
        """Check that files may be written to the folder.

        Raises:
            GeneError: If the folder is part of the project, contains the project or the home
                folder, or contains other files and is not a git checkout.
        """
        self._refuse_project()
        if self.folder.exists() and not self.folder.is_dir():
            raise GeneError(f"--out {self.folder}: not a folder; choose another --out")
        others = {path.name for path in self.folder.glob("*")} - {LOCK_NAME}
        is_known = self.manifest in others or ".git" in others or self._versions()
        if others and not is_known:
            raise GeneError(
                f"--out {self.folder}: contains other files; choose a new or empty folder, or the "
                "top folder of a git checkout"
            )

    def _refuse_project(self) -> None:
        if _contains(self.folder, Path.home()):
            raise GeneError(f"--out {self.folder}: contains your home folder; choose another --out")
        for root, parts in ((PROJECT_FOLDER, PROJECT_PARTS), (Path.cwd(), INPUTS)):
            if _contains(self.folder, root):
                raise GeneError(
                    f"--out {self.folder}: contains the project; choose a separate folder for "
                    "the exported files"
                )
            if self.own_part and self.folder.resolve() == (root / self.own_part).resolve():
                return
            for name in parts:
                if _contains(root / name, self.folder):
                    raise GeneError(
                        f"--out {self.folder}: {name} is part of the project; choose another --out"
                    )

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold an exclusive lock on the folder; other processes wait and print a message."""
        _make_folder(self.folder)
        with locked(self.folder):
            yield

    def publish(self, files: Mapping[str, Path]) -> None:
        """Make `files` the current version.

        Args:
            files: {path in the folder: file to copy}. They are written in this order, so put pages
                after the files that they refer to. A file may be its own source.

        Raises:
            GeneError: If a file with one of these paths exists and is not listed in the manifest.
                In that case, nothing is changed.
        """
        new = {path: sha256(source) for path, source in files.items()}
        versions = self._versions()
        unfinished = self._unfinished()
        owned = _hashes_by_path([*versions, unfinished])
        if versions[:1] == [new] and not unfinished and self._is_complete(new):
            return
        self._check_collisions(new, owned)
        missing = {path: {new[path]} for path in new if not (self.folder / path).exists()}
        self._write_manifest(versions, unfinished | new)
        try:
            for path, source in files.items():
                self._write(path, source, new[path])
        except BaseException:
            self._delete(missing)
            self._note_replaced(new, owned, versions)
            raise
        kept = [new, *(version for version in versions if version != new)][: 1 + self.kept_versions]
        needed = _hashes_by_path(kept)
        self._delete({path: owned[path] for path in owned.keys() - needed.keys()})
        self._write_manifest(kept, {})

    def is_taken(self, path: str) -> bool:
        """Return whether a file at a path exists and is not listed in the manifest."""
        listed = _hashes_by_path([*self._versions(), self._unfinished()])
        return (self.folder / path).exists() and path not in listed

    def _versions(self) -> list[Files]:
        """Return the files of the current version and of the older ones, newest first."""
        path = self.folder / self.manifest
        if not path.exists():
            legacy = self.legacy_files(self.folder)
            return [legacy] if legacy else []
        content = read_json(path)
        versions = [content.get("files"), *_older(content, path)]
        return [_checked(files, path) for files in versions if files != {}]

    def _unfinished(self) -> Files:
        path = self.folder / self.manifest
        return _checked(read_json(path).get("unfinished", {}), path) if path.exists() else {}

    def _is_complete(self, files: Files) -> bool:
        return all(_has_content(self.folder / path, {digest}) for path, digest in files.items())

    def _check_collisions(self, new: Files, owned: Mapping[str, set[str]]) -> None:
        for path, digest in new.items():
            target = self.folder / path
            if path not in owned and target.exists() and not _has_content(target, {digest}):
                raise GeneError(
                    f"{target}: already exists and was not written by this command; move it away, "
                    "or choose another --out"
                )

    def _write_manifest(self, versions: list[Files], unfinished: Files) -> None:
        current, *older = versions or [{}]
        content = {"files": current, "older": older}
        _make_folder(self.folder)
        write_json(
            self.folder / self.manifest,
            content | ({"unfinished": unfinished} if unfinished else {}),
        )

    def _note_replaced(
        self, new: Files, owned: Mapping[str, set[str]], versions: list[Files]
    ) -> None:
        """After a failed export, record the files that have replaced files of older versions."""
        replaced = {
            path: digest
            for path, digest in new.items()
            if digest not in owned.get(path, {digest})
            and _has_content(self.folder / path, {digest})
        }
        with contextlib.suppress(OSError):  # the disk may be full
            self._write_manifest(versions, replaced)

    def _write(self, path: str, source: Path, digest: str) -> None:
        target = self.folder / path
        _make_folder(target.parent)
        if _has_content(target, {digest}):
            set_mode(target, 0o644)
            return
        with atomic(target) as temporary:
            shutil.copyfile(source, temporary)

    def _delete(self, files: Mapping[str, set[str]]) -> None:
        """Delete files that still have one of the given hashes, and folders that become empty."""
        for path, digests in files.items():
            target = self.folder / path
            is_inside = target.resolve().is_relative_to(self.folder.resolve())
            if is_inside and _has_content(target, digests):
                target.unlink()
                _remove_empty(target.parent, self.folder)


def _contains(folder: Path, path: Path) -> bool:
    """Return whether `path` is `folder` or inside it, resolving links and ignoring case."""
    if not folder.exists():
        return False
    path = path.resolve()
    return any(folder.samefile(part) for part in (path, *path.parents) if part.exists())


def _older(content: dict, path: Path) -> list:
    older = content.get("older", [])
    if not isinstance(older, list):
        raise _damaged(path)
    return older


def _checked(files: object, manifest: Path) -> Files:
    """Return the files of a version; raise GeneError if any of them is outside the folder."""
    if not isinstance(files, dict) or not all(map(_is_entry, files.items())):
        raise _damaged(manifest)
    return files


def _is_entry(entry: tuple) -> bool:
    path, digest = entry
    parts = PurePosixPath(path).parts
    is_safe = bool(parts) and parts[0] != "/" and not {"..", ".git"} & set(parts)
    return is_safe and isinstance(digest, str)


def _damaged(manifest: Path) -> GeneError:
    return GeneError(f"{manifest}: damaged; restore it, or choose a new folder with --out")


def _hashes_by_path(versions: Iterable[Files]) -> dict[str, set[str]]:
    hashes: dict[str, set[str]] = {}
    for version in versions:
        for path, digest in version.items():
            hashes.setdefault(path, set()).add(digest)
    return hashes


def _has_content(path: Path, digests: set[str]) -> bool:
    return path.is_file() and sha256(path) in digests


def _make_folder(folder: Path) -> None:
    """Create a folder and its parents, readable by a web server regardless of the umask."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        set_mode(folder, 0o755)


def _remove_empty(folder: Path, root: Path) -> None:
    """Remove a folder and its parents below `root` while they are empty."""
    while folder != root and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
