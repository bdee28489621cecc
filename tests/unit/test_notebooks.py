"""The notebooks run from start to finish, here with tiny networks."""

import shutil

import nbformat
import pytest
from nbclient import NotebookClient
from PIL import Image, ImageDraw

from tests.helpers import ROOT, TINY, TINY_AVATARS

PARAMETERS = {
    "own_songs": f'SONGS = "data/lyrics/songbook.csv"\nRUN = "mine"\nFLAGS = "{" ".join(TINY)}'
    ' --epochs 1 --max-songs 40"',
    "own_faces": f'FACES = "toys"\nRUN = "mine"\nFLAGS = "{" ".join(TINY_AVATARS)} --init-from none"',
}
TINY_CELLS = {"INIT =": 'INIT = "--recipe quick"'}  # tiny networks fit no weights of shipped ones


def adapt(cell, parameters):
    """Replace the parameters of a code cell."""
    if "parameters" in cell.metadata.get("tags", []):
        cell.source = parameters
    for start, source in TINY_CELLS.items():
        if cell.source.startswith(start):
            cell.source = source + cell.source[cell.source.index("\n") :]


def draw_toys(folder):
    """Draw a folder of pictures: discs of different colors."""
    folder.mkdir()
    for i in range(24):
        picture = Image.new("RGB", (64, 64), "white")
        ImageDraw.Draw(picture).ellipse((8, 8, 40 + i, 40 + i), fill=(10 * i, 80, 250 - 10 * i))
        picture.save(folder / f"{i}.png")


@pytest.mark.nightly
@pytest.mark.parametrize("name", PARAMETERS)
def test_a_notebook_runs(name, tmp_path):
    project = tmp_path / "gene"
    kept = shutil.ignore_patterns(".*", "node_modules", "build", "dist", "results", "tests", "docs")
    shutil.copytree(ROOT, project, ignore=kept, symlinks=True)
    draw_toys(project / "toys")
    notebook = nbformat.read(project / "notebooks" / f"{name}.ipynb", as_version=4)
    for cell in notebook.cells:
        adapt(cell, PARAMETERS[name])

    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": project}}).execute()

    text = nbformat.writes(notebook)
    assert "error:" not in text and "Traceback" not in text, text
