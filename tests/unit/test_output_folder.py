"""Exports leave existing files alone, and delete only what their own manifest lists."""

import json
import os
import subprocess

import pytest

from common.cli import GeneError
from common.runs import PROJECT_FOLDER
from export import output_folder
from export.output_folder import PROJECT_PARTS, OutputFolder
from tests.helpers import ROOT

MANIFEST = "files.json"


@pytest.fixture
def source(tmp_path):
    """Write files with the given texts; return their paths by name."""

    def write(**texts):
        folder = tmp_path / "source"
        folder.mkdir(exist_ok=True)
        paths = {}
        for i, (name, text) in enumerate(texts.items()):
            path = folder / f"{i}-{text}"
            path.write_text(text)
            paths[name.replace("__", "/").replace("_", ".")] = path
        return paths

    return write


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


def test_what_another_wrote_stays_and_what_is_no_longer_needed_goes(tmp_path, source):
    folder = tmp_path / "pages"
    theirs = {".git/HEAD": "ref", "CNAME": "example.org", ".nojekyll": "", "blog/2024/a.html": "hi"}
    for path, text in theirs.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    (folder / "photos" / "empty").mkdir(parents=True)
    output = OutputFolder(folder, MANIFEST)
    output.check()
    output.publish(source(index_html="one", lyrics__page_js="old", blog__ours_js="old"))
    assert contents(folder) == theirs | {
        "index.html": "one",
        "lyrics/page.js": "old",
        "blog/ours.js": "old",
    }
    output.check()
    output.publish(source(index_html="two"))
    assert contents(folder) == theirs | {"index.html": "two"}
    assert (folder / "photos" / "empty").is_dir() and not (folder / "lyrics").exists()


def test_a_file_in_the_way_is_refused_before_anything_is_written(tmp_path, source):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "b.html").write_text("mine")
    with pytest.raises(GeneError, match=r"b\.html: already exists"):
        OutputFolder(tmp_path / "out", MANIFEST).publish(source(a_html="new", b_html="new"))
    assert os.listdir(tmp_path / "out") == ["b.html"]


def test_a_file_that_was_changed_is_not_deleted(tmp_path, source):
    output = OutputFolder(tmp_path / "out", MANIFEST)
    output.publish(source(a_html="a", b_html="b"))
    (tmp_path / "out" / "b.html").write_text("edited by hand")
    output.publish(source(a_html="a"))
    assert contents(tmp_path / "out") == {"a.html": "a", "b.html": "edited by hand"}


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_leaves_the_previous_version(tmp_path, source, monkeypatch, error):
    output = OutputFolder(tmp_path / "out", MANIFEST)
    first = source(a_js="a", b_html="b")
    output.publish(first)
    (tmp_path / "out" / "theirs.js").write_text("c")
    atomic = output_folder.atomic

    def full(path, **options):
        if path.name == "d.html":
            raise error
        return atomic(path, **options)

    monkeypatch.setattr(output_folder, "atomic", full)
    with pytest.raises(type(error)):
        output.publish(source(theirs_js="c", new__c_js="c", d_html="d"))
    assert contents(tmp_path / "out") == {"a.js": "a", "b.html": "b", "theirs.js": "c"}
    assert list(json.loads((tmp_path / "out" / MANIFEST).read_text())) == ["files", "older"]
    with pytest.raises(type(error)):
        output.publish(source(a_js="a2", d_html="d"))
    monkeypatch.undo()
    output.publish(source(b_html="b"))
    (tmp_path / "out" / "theirs.js").unlink()
    assert contents(tmp_path / "out") == {"b.html": "b"}, "what was replaced is still known"


def test_what_a_killed_export_left_is_removed_by_the_next(tmp_path, source, monkeypatch):
    output = OutputFolder(tmp_path / "out", MANIFEST)
    output.publish(source(a_html="a"))
    with monkeypatch.context() as patch, pytest.raises(SystemError):
        patch.setattr(OutputFolder, "_delete", lambda *_: (_ for _ in ()).throw(SystemError))
        output.publish(source(a_html="a", orphan__x_js="x"))
    assert "orphan/x.js" in contents(tmp_path / "out"), "as if the process had been killed"
    output.check()
    output.publish(source(a_html="a2"))
    assert contents(tmp_path / "out") == {"a.html": "a2"}


def test_older_versions_stay_and_the_same_version_counts_once(tmp_path, source):
    output = OutputFolder(tmp_path / "out", MANIFEST, kept_versions=2)
    for version in ("1", "2", "2", "3", "3", "4"):
        output.publish(source(**{f"chunk-{version}_js": version, "index_html": version}))
    assert contents(tmp_path / "out") == {
        "index.html": "4",
        **{f"chunk-{i}.js": i for i in ("2", "3", "4")},
    }


def test_files_are_readable_by_a_web_server(tmp_path, source):
    before = os.umask(0o077)
    try:
        OutputFolder(tmp_path / "new" / "out", MANIFEST).publish(source(deep__er__a_html="a"))
    finally:
        os.umask(before)
    paths = [tmp_path / "new", *(tmp_path / "new").rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in paths if path.is_file()} == {0o644}
    assert {path.stat().st_mode & 0o777 for path in paths if path.is_dir()} == {0o755}


@pytest.mark.parametrize(
    "content",
    [
        '{"files": {"../mine.txt": "x"}}',
        '{"files": {"/etc/passwd": "x"}}',
        '{"files": {".git/HEAD": "x"}}',
        '{"files": {"a": 1}}',
        '{"files": [], "older": []}',
        '{"files": {}, "older": {}}',
        '{"files": {}, "older": [], "unfinished": {"a/../../x": "y"}}',
        '{"older": []}',
        "[]",
        "{",
    ],
)
def test_a_damaged_manifest_is_refused(tmp_path, source, content):
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / MANIFEST).write_text(content)
    with pytest.raises(GeneError, match=r"files\.json"):
        OutputFolder(tmp_path / "out", MANIFEST).publish(source(a_html="a"))
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert os.listdir(tmp_path / "out") == [MANIFEST]


def test_nothing_is_deleted_through_a_link_out_of_the_folder(tmp_path, source):
    output = OutputFolder(tmp_path / "out", MANIFEST)
    output.publish(source(sub__a_html="a"))
    (tmp_path / "out" / "sub").rename(tmp_path / "elsewhere")
    (tmp_path / "out" / "sub").symlink_to(tmp_path / "elsewhere")
    output.publish(source(b_html="b"))
    assert (tmp_path / "elsewhere" / "a.html").exists()


def tracked_folders():
    listed = subprocess.run(
        ["git", "ls-tree", "-d", "--name-only", "HEAD"], cwd=ROOT, capture_output=True, text=True
    )
    return listed.stdout.split() if listed.returncode == 0 else []


def test_the_list_of_the_projects_folders_is_complete():
    assert set(tracked_folders()) <= set(PROJECT_PARTS)


def refused(folder):
    with pytest.raises(GeneError) as raised:
        OutputFolder(folder, MANIFEST, own_part="web/models").check()
    line = str(raised.value)
    assert "--out" in line and "\n" not in line
    return line


@pytest.mark.parametrize("name", ["docs", "web", "checkpoints", "data", "web/core", ".git/x", "."])
def test_the_project_is_refused(name, monkeypatch, tmp_path):
    refused(PROJECT_FOLDER / name)
    refused(PROJECT_FOLDER / "web" / ".." / name)
    (tmp_path / "link").symlink_to(PROJECT_FOLDER)
    refused(tmp_path / "link" / name)


def test_what_holds_the_project_or_a_home_is_refused(monkeypatch, tmp_path):
    for folder in ("/", PROJECT_FOLDER.parent, "/" + "/".join(PROJECT_FOLDER.parts[1:2])):
        assert "contains" in refused(type(PROJECT_FOLDER)(folder))
    (tmp_path / "home" / "me").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path / "home" / "me"))
    assert "home" in refused(tmp_path / "home" / "me")
    assert "home" in refused(tmp_path / "home")
    OutputFolder(tmp_path / "home" / "me" / "site", MANIFEST).check()


def test_the_working_directory_and_its_inputs_are_refused(monkeypatch, tmp_path):
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "web").mkdir()
    monkeypatch.chdir(tmp_path)
    folder = type(PROJECT_FOLDER)
    for name in (".", "checkpoints", "checkpoints/x", "web", "web/core"):
        refused(folder(name))
    for name in ("models", "dist", "web/models"):
        OutputFolder(folder(name), MANIFEST, own_part="web/models").check()


def test_a_folder_with_other_content_is_refused_unless_git_keeps_its_history(tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    OutputFolder(photos, MANIFEST).check()
    (photos / "holiday.jpg").write_text("x")
    assert "other files" in refused(photos)
    assert "not a folder" in refused(photos / "holiday.jpg")
    (photos / ".git").write_text("gitdir: elsewhere")
    OutputFolder(photos, MANIFEST).check()
