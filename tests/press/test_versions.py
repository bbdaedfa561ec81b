"""A site of several versions: what is put where, what an old page says, and what the workflows run."""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from http.server import ThreadingHTTPServer

import pytest
import yaml
from conftest import ROOT, Quiet

from collapse_lib.errors import InvalidInput
from collapse_lib.press.publish import links, versions
from collapse_lib.press.publish.versions import BANNER

PAGE = (
    '<!DOCTYPE html><html lang="en"><head><title>{name}</title></head><body>{banner}<h1>{name}</h1></body></html>'
)
ADDRESS = "https://example.org/book"


def build(folder, *pages, word="text"):
    """A built site of a few pages, as a versioned build leaves it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("index", "404", *pages):
        text = PAGE.format(name=name, banner=BANNER.format(top="../"))
        (folder / f"{name}.html").write_text(f"{text}<!-- {word} -->", encoding="utf-8")
    (folder / "sitemap.xml").write_text("<urlset/>", encoding="utf-8")
    return folder


@pytest.fixture
def top(tmp_path):
    """A function that publishes a version with these pages, and gives the folder of all versions."""

    def publish(version, *pages, word=""):
        site = build(tmp_path / "built", *pages, word=word or version)
        versions.publish(site, tmp_path / "top", version, address=ADDRESS)
        return tmp_path / "top"

    return publish


def listed(folder):
    return json.loads((folder / "versions.json").read_text(encoding="utf-8"))


def content(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# What goes where --------------------------------------------------------------------------------------------------


def test_before_the_first_release_latest_is_the_main_branch(top):
    folder = top("dev", "one")
    assert listed(folder) == {
        "newest": "dev",
        "releases": [],
        "dev": True,
        "pages": ["404.html", "index.html", "one.html"],
    }
    assert (folder / "latest" / "one.html").read_bytes() == (folder / "dev" / "one.html").read_bytes()


def test_the_newest_release_is_latest_and_older_ones_stay_as_they_were(top):
    before = content(top("0.2.0", "one") / "0.2.0")
    folder = top("0.10.0", "one")
    assert content(folder / "0.2.0") == before
    assert b"0.10.0" in (folder / "latest" / "one.html").read_bytes()
    assert listed(folder)["releases"] == ["0.10.0", "0.2.0"]


def test_a_fix_of_an_old_release_does_not_become_the_latest(top):
    top("0.3.0", "one")
    folder = top("0.2.1", "one")
    assert listed(folder)["newest"] == "0.3.0"
    assert b"0.3.0" in (folder / "latest" / "one.html").read_bytes()


def test_the_main_branch_does_not_become_the_latest_once_there_is_a_release(top):
    top("0.3.0", "one")
    folder = top("dev", "one", "two")
    assert not (folder / "latest" / "two.html").exists()
    assert (folder / "dev" / "two.html").exists()


def test_publishing_a_version_again_replaces_it(top):
    top("dev", "one", "gone")
    folder = top("dev", "one")
    assert not (folder / "dev" / "gone.html").exists()
    assert not (folder / "latest" / "gone.html").exists()


def test_publishing_the_same_again_changes_nothing(top):
    top("0.2.0", "one")
    before = content(top("dev", "one"))
    assert content(top("dev", "one")) == before


def test_the_top_leads_to_the_latest(top):
    folder = top("0.2.0", "one")
    assert 'url=latest/index.html"' in (folder / "index.html").read_text(encoding="utf-8")
    assert (folder / "404.html").read_bytes() == (folder / "latest" / "404.html").read_bytes()
    assert (folder / ".nojekyll").is_file()


def test_only_latest_has_a_sitemap_and_robots_say_where_it_is(top):
    top("0.2.0", "one")
    folder = top("dev", "one")
    assert [path.parent.name for path in folder.rglob("sitemap.xml")] == ["latest"]
    robots = (folder / "robots.txt").read_text(encoding="utf-8")
    assert f"Sitemap: {ADDRESS}/latest/sitemap.xml" in robots
    assert "Disallow: /book/dev/" in robots


@pytest.mark.parametrize("version", ["v0.3.0", "latest", "0.3.0rc1", "3", "../0.3.0", ""])
def test_a_version_that_is_none_is_refused_and_nothing_is_written(tmp_path, version):
    site = build(tmp_path / "built")
    with pytest.raises(InvalidInput, match="the version was"):
        versions.publish(site, tmp_path / "top", version)
    assert not (tmp_path / "top").exists()


def test_a_folder_that_is_no_site_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="no built site"):
        versions.publish(tmp_path, tmp_path / "top", "dev")


def test_the_command_tells_a_mistake_in_a_sentence(tmp_path):
    words = [
        sys.executable,
        "-m",
        "collapse_lib.press.publish.versions",
        str(tmp_path),
        str(tmp_path / "top"),
        "dev",
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no built site" in done.stderr
    assert "Traceback" not in done.stderr


# In a browser -----------------------------------------------------------------------------------------------------


@pytest.fixture
def told(top, launch):
    """A function that tells what the banner of a page says, and where its link leads; None where there is none."""
    top("0.1.0", "one", "gone")
    top("0.2.0", "one")
    folder = top("dev", "one")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with launch() as browser:

        def tell(page, over="http"):
            base = folder.as_uri() if over == "file" else f"http://127.0.0.1:{server.server_port}"
            tab = browser.new_page()
            tab.goto(f"{base}/{page}")
            banner = tab.locator(".version-banner")
            seen = (
                (banner.inner_text(), banner.locator("a").evaluate("a => a.href")) if banner.is_visible() else None
            )
            tab.close()
            return seen and (seen[0], seen[1].removeprefix(f"{base}/"))

        yield tell
    server.shutdown()
    server.server_close()


@pytest.mark.browser
def test_an_old_page_leads_to_the_same_page_of_the_newest_version(told):
    for over in ("http", "file"):
        words, target = told("0.1.0/one.html#a-place", over)
        assert words.startswith("This is version 0.1.0; the newest is 0.2.0.")
        assert target == "latest/one.html#a-place"
        assert told("0.1.0/gone.html", over)[1] == "latest/index.html"
        assert "in the making" in told("dev/one.html", over)[0]
        assert told("0.2.0/one.html", over) is None
        assert told("latest/one.html", over) is None


# The workflows ----------------------------------------------------------------------------------------------------

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
every_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def steps(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_the_workflows_are_there():
    assert {"test", "publish", "links"} <= {path.stem for path in WORKFLOWS}


@every_workflow
def test_a_workflow_pins_its_actions_by_commit_and_limits_its_time(path):
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert {"name", True, "permissions", "jobs"} <= set(workflow)  # YAML reads `on` as true
    for step in steps(workflow):
        assert ("uses" in step) != ("run" in step)
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step.get("uses", f"a/b@{'0' * 40}"))
    assert all(job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())


@every_workflow
def test_what_can_write_builds_nothing_and_what_builds_can_only_read(path):
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert "write" not in workflow["permissions"].values()
    for name, job in workflow["jobs"].items():
        rights = {right for right, kind in job.get("permissions", {}).items() if kind == "write"}
        assert rights == ({"contents"} if (path.stem, name) == ("publish", "publish") else set())
        checkouts = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
        if rights:
            assert not any("make" in step.get("run", "") for step in job["steps"])
        else:
            assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_publishing_takes_the_whole_history_and_both_branches_and_tags():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8"))
    assert set(workflow[True]["push"]) == {"branches", "tags"}
    building = workflow["jobs"]["build"]["steps"]
    [checkout] = [step for step in building if step.get("uses", "").startswith("actions/checkout@")]
    assert checkout["with"]["fetch-depth"] == 0
    [made] = [step for step in building if step.get("run") == "make book"]
    assert set(made["env"]) == {f"COLLAPSE_{name}" for name in ("REPOSITORY", "REVISION", "SITE", "VERSIONS")}


def test_the_job_that_publishes_needs_numpy_and_scipy_of_the_lock_only():
    awk = "/^[a-z]/ { ours = /^(numpy|scipy)==/ } ours"
    assert awk in (ROOT / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8")
    found = subprocess.run(["awk", awk, ROOT / "requirements.txt"], capture_output=True, text=True, check=True)
    assert set(re.findall(r"^([a-z]+)==", found.stdout, re.MULTILINE)) == {"numpy", "scipy"}
    assert found.stdout.count("--hash=sha256:") > 20


def git(folder, *words):
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
    }  # fmt: skip
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True, env=environment)
    return done.stdout.strip()


@pytest.fixture
def publishing(tmp_path):
    """A function that runs `.ci/publish` in a small repository with a remote of its own, and tells what it did."""
    remote, clone = tmp_path / "remote.git", tmp_path / "clone"
    git(tmp_path, "init", "--quiet", "--bare", str(remote))
    git(tmp_path, "init", "--quiet", str(clone))
    (clone / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "publish", clone / ".ci")
    (clone / ".gitignore").write_text("_build/\n", encoding="utf-8")
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "-m", "A commit")
    git(clone, "remote", "add", "origin", str(remote))

    def publish(version, *pages):
        build(clone / "_build" / "html", *pages, word=version)
        environment = {
            **os.environ,
            "PYTHON": sys.executable,
            "PYTHONPATH": str(ROOT),
            "COLLAPSE_SITE": ADDRESS,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
        }  # fmt: skip
        return subprocess.run(
            ["bash", ".ci/publish", version],
            cwd=clone,
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )

    publish.remote, publish.clone = remote, clone
    return publish


@pytest.mark.slow
def test_the_publish_script_keeps_old_versions_on_a_branch_of_one_commit(publishing):
    import collapse_lib

    release = collapse_lib.__version__
    for version in (release, "dev"):
        done = publishing(version, "one")
        assert done.returncode == 0, done.stderr
    tree = git(publishing.remote, "ls-tree", "-r", "--name-only", "gh-pages").splitlines()
    assert {f"{release}/one.html", "dev/one.html", "latest/one.html", "versions.js", ".nojekyll"} <= set(tree)
    assert git(publishing.remote, "rev-list", "--count", "gh-pages") == "1"
    assert f"<!-- {release} -->" in git(publishing.remote, "show", "gh-pages:latest/one.html")
    assert git(publishing.clone, "status", "--porcelain") == ""
    assert len(git(publishing.clone, "worktree", "list").splitlines()) == 1


def test_a_tag_that_is_not_the_librarys_version_is_not_published(publishing):
    done = publishing("9.9.9", "one")
    assert done.returncode == 1
    assert "the tag says 9.9.9" in done.stderr
    assert git(publishing.remote, "for-each-ref") == ""


# Links ------------------------------------------------------------------------------------------------------------


def test_a_broken_link_is_told_with_its_place_and_a_working_one_is_not():
    reports = [
        {"status": status, "filename": "a.md", "lineno": 3, "uri": f"https://{status}.org", "info": "404"}
        for status in ("working", "broken", "ignored", "timeout", "redirected")
    ]
    assert links.broken("\n".join(map(json.dumps, reports))) == ["a.md:3: https://broken.org (404)"]


@pytest.mark.parametrize(
    ("address", "ignored"),
    [("https://doi.org/10.1/x", True), ("claims.html", True), ("https://arxiv.org/abs/2404.05090", False)],
)
def test_addresses_that_turn_programs_away_are_not_asked(address, ignored):
    assert any(re.match(pattern, address) for pattern in links.SETTINGS["linkcheck_ignore"]) == ignored
