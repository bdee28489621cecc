"""Publishing: next to other files, repeatedly, from another folder, through git, and reproducibly."""

import os
import shutil
import subprocess

import pytest

from common.files import read_json, sha256
from export import bundle, dist, precache, verify
from tests.helpers import assert_main_refuses


@pytest.fixture
def web(exported, tmp_path, monkeypatch):
    """A copy of the site with two tiny networks, in the working directory."""
    shutil.copytree(exported, tmp_path / "work" / "web")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work" / "web"


def hashes(folder):
    return {
        path.relative_to(folder).as_posix(): sha256(path)
        for path in folder.rglob("*")
        if path.is_file()
    }


def git(folder, *arguments):
    command = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *arguments]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_same_site_gives_the_same_names_and_bytes(web, tmp_path, monkeypatch):
    dist.main(["--out", str(tmp_path / "first")])
    shutil.copytree(web, tmp_path / "my génè #1 50%" / "web")
    monkeypatch.chdir(tmp_path / "my génè #1 50%")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dist.main(["--out", str(tmp_path / "second")])
    first = hashes(tmp_path / "first")
    assert first == hashes(tmp_path / "second") and len(first) > 30
    assert len(read_json(tmp_path / "first" / "version.json")["version"]) == 12


def test_everything_that_a_page_loads_is_named_after_its_content(web, tmp_path):
    dist.main(["--out", str(tmp_path / "site")])
    before = hashes(tmp_path / "site")
    for path in web.glob("[!mt]*/*.js"):
        if path.parent.name != "vendor":
            path.write_text(path.read_text() + "\nglobalThis.changed = 1;\n")
    with open(web / "vendor" / "tfjs.js", "a") as file:
        file.write("\n// changed\n")
    dist.main(["--out", str(tmp_path / "site")])
    after = hashes(tmp_path / "site")
    changed = {path for path, digest in before.items() if after.get(path) != digest}
    pages = {path.name for path in web.glob("*.html")}
    assert changed == pages | {dist.MANIFEST, "version.json", precache.MANIFEST}


def test_a_changed_worker_changes_its_page(web, tmp_path):
    dist.main(["--out", str(tmp_path / "site")])
    worker = web / "lyrics" / "worker.js"
    worker.write_text(worker.read_text() + "\nglobalThis.changed = 1;\n")
    dist.main(["--out", str(tmp_path / "site")])
    for name in ("page", "worker"):
        assert len(list((tmp_path / "site" / "lyrics").glob(f"{name}-*.js"))) == 2, "old and new"
    assert len(list((tmp_path / "site" / "avatars").glob("page-*.js"))) == 1


def test_files_of_earlier_versions_go_at_last(web, tmp_path):
    pages = []
    for version in range(dist.KEPT_VERSIONS + 2):
        worker = web / "lyrics" / "worker.js"
        worker.write_text(worker.read_text() + f"\nglobalThis.version = {version};\n")
        dist.main(["--out", str(tmp_path / "site")])
        pages.append(set((tmp_path / "site" / "lyrics").glob("page-*.js")))
    dist.main(["--out", str(tmp_path / "site")])
    pages.append(set((tmp_path / "site" / "lyrics").glob("page-*.js")))
    assert len(pages[-1]) == dist.KEPT_VERSIONS + 1
    assert pages[-1] == pages[-2] and not pages[0] & pages[-1]


def test_a_checkout_stays_whole_and_git_serves_the_bytes_that_were_written(web, tmp_path):
    pages = tmp_path / "pages"
    (pages / "blog").mkdir(parents=True)
    theirs = {"CNAME": "example.org", "blog/post.html": "hi", "README.md": "# Pages"}
    for name, text in theirs.items():
        (pages / name).write_text(text)
    git(pages, "init", "-q")
    git(pages, "add", ".")
    git(pages, "commit", "-qm", "theirs")
    dist.main(["--out", str(pages)])
    assert all((pages / name).read_text() == text for name, text in theirs.items())
    assert (pages / ".nojekyll").read_text() == "" and not list(pages.rglob(".lock"))
    git(pages, "add", ".")
    git(pages, "commit", "-qm", "site")
    git(tmp_path, "-c", "core.autocrlf=true", "clone", "-q", "pages", "windows")
    for path, digest in read_json(pages / dist.MANIFEST)["files"].items():
        assert sha256(tmp_path / "windows" / path) == digest, path
    dist.main(["--out", str(pages)])
    assert git(pages, "status", "--porcelain") == ""


def test_settings_of_the_host_and_an_error_page_that_are_there_stay(web, tmp_path):
    (tmp_path / "pages" / ".git").mkdir(parents=True)
    theirs = {".gitattributes": "*.png filter=lfs", "404.html": "<h1>Lost?"}
    for name, text in theirs.items():
        (tmp_path / "pages" / name).write_text(text)
    for _ in range(2):
        dist.main(["--out", str(tmp_path / "pages")])
    assert all((tmp_path / "pages" / name).read_text() == text for name, text in theirs.items())
    assert ".nojekyll" in hashes(tmp_path / "pages")


@pytest.mark.parametrize("out", [".", "web", "web/models", "checkpoints", "/"])
def test_no_source_is_written_to(web, out, capsys):
    (web.parent / "checkpoints").mkdir()
    before = hashes(web)
    assert_main_refuses(capsys, dist.main, ["--out", out], "--out")
    assert hashes(web) == before


def test_someones_folder_and_someones_page_are_refused(web, tmp_path, capsys):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "index.html").write_text("mine")
    assert_main_refuses(capsys, dist.main, ["--out", tmp_path / "photos"], "other files")
    (tmp_path / "photos" / ".git").mkdir()
    line = ["index.html", "not written by this command"]
    assert_main_refuses(capsys, dist.main, ["--out", tmp_path / "photos"], *line)
    assert hashes(tmp_path / "photos").keys() == {"index.html"}


def test_only_listed_models_and_visible_files_are_published(web, tmp_path):
    (web / "models" / "lyrics" / "orphan-0123456789ab").mkdir()
    (web / "models" / "lyrics" / "orphan-0123456789ab" / "meta.json").write_text("{}")
    (web / "models" / ".lock").touch()
    (web / ".DS_Store").touch()
    dist.main(["--out", str(tmp_path / "site")])
    paths = hashes(tmp_path / "site")
    assert not [path for path in paths if "orphan" in path or "DS_Store" in path or "lock" in path]
    models = read_json(tmp_path / "site" / "models" / "index.json")["models"]
    assert [model["run"] for model in models] == ["glance", "tiny"]
    expected = {"task", "run", "folder", "files", "card", "own_data"}
    assert {*models[0]} == expected, "what pages read"


def test_files_are_readable_whatever_the_umask(web, tmp_path):
    before = os.umask(0o077)
    try:
        dist.main(["--out", str(tmp_path / "new" / "site")])
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "new").rglob("*")}
    assert modes == {0o644, 0o755} and (tmp_path / "new").stat().st_mode & 0o777 == 0o755


def test_a_site_of_an_earlier_release_is_taken_over(web, tmp_path):
    """It had no manifest, but lists of its files for the service worker and for the pages."""
    old = tmp_path / "old"
    shutil.copytree(
        web, old, ignore=shutil.ignore_patterns("vendor-sources", "exported-files.json")
    )
    precache.write_manifest(old)
    (old / "CNAME").write_text("example.org")
    dist.main(["--out", str(old)])
    assert (old / "CNAME").exists() and "page-" in (old / "lyrics.html").read_text()
    assert (old / "lyrics" / "page.js").exists(), "for visitors who have the old page open"
    worker = web / "lyrics" / "worker.js"
    for version in range(dist.KEPT_VERSIONS):
        worker.write_text(worker.read_text() + f"\nglobalThis.version = {version};\n")
        dist.main(["--out", str(old)])
    assert not (old / "lyrics" / "page.js").exists() and (old / "CNAME").exists()


def test_a_failing_bundle_leaves_the_site(web, tmp_path, capsys, monkeypatch):
    site = tmp_path / "site"
    dist.main(["--out", str(site)])
    before = hashes(site)
    page = web / "lyrics" / "page.js"
    text = page.read_text()
    page.write_text(text + "\nconst const;\n")
    assert_main_refuses(capsys, dist.main, ["--out", site], "esbuild", "page.js")
    page.write_text(text + '\nimport "./gone.js";\n')
    assert_main_refuses(capsys, dist.main, ["--out", site], "gone.js", "does not exist")
    page.write_text(text)
    monkeypatch.setattr(bundle, "ESBUILD", tmp_path / "none" / "esbuild")
    assert_main_refuses(capsys, dist.main, ["--out", site], "not installed", "make dist", "npm ci")
    assert hashes(site) == before


def test_files_are_written_before_what_refers_to_them():
    names = ["sw.js", "a.html", "z/b.js", "precache-manifest.js", "models/index.json", "models/x/y"]
    order = list(dist._in_order({name: None for name in names}))
    assert order == [
        *("models/x/y", "z/b.js", "models/index.json", "a.html"),
        *("precache-manifest.js", "sw.js"),
    ]


@pytest.mark.nightly
def test_two_builds_from_clean_clones_are_the_same(capfd):
    verify.main([])
    assert "files are the same in both builds" in capfd.readouterr().out
