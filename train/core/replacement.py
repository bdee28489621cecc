"""Keep an earlier run until the one that replaces it has finished its first epoch.

    checkpoints/<task>/<run>/        the earlier run
    checkpoints/<task>/.new/<run>/   the new run, until its first epoch is finished
    checkpoints/<task>/.old/<run>/   the earlier run, while the new one takes its place

If the process is killed at any moment, `recover` restores the earlier run at the next start.
"""

import contextlib
import os
import shutil
from pathlib import Path

# The files that training writes. All other files belong to the user and are kept.
RUN_FILES = frozenset(
    [
        *("meta.json", "model.keras", "state.npz", "history.csv", "history.png", "samples"),
        *("preview.html", "logs"),
        *("vocabulary.tsv", "generation_config.json"),  # lyrics
        *("table.csv", "table.md", "losses.csv"),  # addition; explore also writes table.md
        ".lock",  # written by earlier versions
    ]
)


class Replacement:
    """Replaces an earlier run with a new one, which is in a temporary folder until then.

    Args:
        folder: The folder of the earlier run; `finish` moves the new run there.

    Attributes:
        new: The temporary folder of the new run.
    """

    def __init__(self, folder: Path):
        self.folder = folder.resolve()  # rename the target of a symbolic link, not the link
        self.new = self.folder.parent / ".new" / self.folder.name
        self._old = self.folder.parent / ".old" / self.folder.name

    def recover(self) -> None:
        """Clean up after a killed process, so that the earlier run is complete again."""
        if self._old.exists() and not self.folder.exists():
            self._old.rename(self.folder)
        self._clean_up()

    def finish(self) -> None:
        """Replace the earlier run with the new one."""
        self._old.parent.mkdir(exist_ok=True)
        self.folder.rename(self._old)
        self.new.rename(self.folder)
        self._clean_up()

    def discard(self) -> None:
        """Delete the new run if it is still in its temporary folder."""
        shutil.rmtree(self.new, ignore_errors=True)
        _remove_if_empty(self.new.parent)

    def _clean_up(self) -> None:
        if self._old.exists():
            self._remove_old()
        _remove_if_empty(self._old.parent)
        self.discard()

    def _remove_old(self) -> None:
        """Move the user's own files to the new run, and delete the earlier run."""
        for path in self._old.iterdir():
            if path.name not in RUN_FILES:
                path.rename(self.folder / path.name)
            elif path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        self._old.rmdir()


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        os.rmdir(folder)
