"""Files of the live page are checked before they are opened; what is wrong is one sentence."""

import hashlib
import json
import os
import subprocess

import pytest

from book._live import fetch
from tools import book


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, and an 'official release' of one small file."""
    content = b"genuine"
    digest = hashlib.sha256(content).hexdigest()
    entry = {"file_name": "small-1-py3-none-any.whl", "sha256": digest}
    official = {"core": {}, "packages": {"small": entry}}
    monkeypatch.setattr(fetch, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(fetch, "OFFICIAL", official)
    own = tmp_path / "own"
    own.mkdir()
    (own / entry["file_name"]).write_bytes(content)
    monkeypatch.setenv("PYODIDE_DIST", str(own))
    return own / entry["file_name"]


def test_a_distribution_of_the_readers_own_serves(cache):
    assert (fetch.pyodide_files() / cache.name).read_bytes() == b"genuine"


def test_an_address_serves_too(cache, monkeypatch):
    monkeypatch.setenv("PYODIDE_DIST", cache.parent.as_uri())
    assert (fetch.pyodide_files() / cache.name).read_bytes() == b"genuine"


def test_what_is_there_is_not_fetched_again(cache):
    fetch.pyodide_files()
    cache.unlink()
    assert (fetch.pyodide_files() / cache.name).exists()


def test_a_changed_file_is_refused_and_deleted(cache):
    cache.write_bytes(b"changed")
    with pytest.raises(fetch.FetchError, match=r"small-1.* is not the official file.*not opened"):
        fetch.pyodide_files()
    assert not (fetch.CACHE / "official" / cache.name).exists()


def test_a_file_damaged_in_the_cache_is_fetched_again(cache):
    (fetch.pyodide_files() / cache.name).write_bytes(b"damaged")
    assert (fetch.pyodide_files() / cache.name).read_bytes() == b"genuine"


def test_a_missing_file_is_named(cache):
    cache.unlink()
    with pytest.raises(fetch.FetchError, match="has no file small-1"):
        fetch.pyodide_files()


def test_a_missing_network_is_one_sentence(tmp_path, monkeypatch):
    failed = subprocess.CompletedProcess([], 1, "", "npm ERR! getaddrinfo ENOTFOUND somewhere")
    monkeypatch.setattr(fetch, "CACHE", tmp_path)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(fetch.FetchError, match=r"Connect to the network and run .* again"):
        fetch.npm_packages()
    assert not (tmp_path / "npm" / "installed").exists()


@pytest.mark.parametrize(
    ("fetching", "what"),
    [
        (fetch.npm_packages, "JavaScript packages"),
        (fetch.pyodide_files, "JavaScript packages"),
        (lambda: fetch.pure_wheels(["comm"]), "Python packages"),
    ],
)
def test_registries_that_refuse_are_one_sentence(tmp_path, monkeypatch, fetching, what):
    """The real clients, on a first build, with registries where nobody listens."""
    monkeypatch.setattr(fetch, "CACHE", tmp_path)
    monkeypatch.delenv("PYODIDE_DIST", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("npm_config_registry", "PIP_INDEX_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    for name in ("npm_config_fetch_retries", "PIP_RETRIES"):
        monkeypatch.setenv(name, "0")
    with pytest.raises(fetch.FetchError, match=rf"{what}.* could not be fetched\. Connect to the"):
        fetching()


def test_the_command_says_it_without_a_traceback(tmp_path, monkeypatch, capsys):
    def refuse():
        raise fetch.FetchError("The page's files could not be fetched.")

    monkeypatch.setattr(book, "fetch_all", refuse)
    assert book.main(["--out", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "book: The page's files could not be fetched.\n"


def test_a_package_that_is_not_pinned_is_refused():
    with pytest.raises(fetch.FetchError, match="does not pin nosuchpackage"):
        fetch.pinned("nosuchpackage")


def test_a_pin_has_its_hashes():
    requirement, hashes = fetch.pinned("comm")
    assert requirement.startswith("comm==")
    assert all(len(each) == 64 for each in hashes)
    assert hashes


def test_the_committed_list_is_the_official_lock():
    """`official.json` is a part of the lock that npm's integrity hash covers."""
    lock = fetch.npm_packages() / "pyodide" / "pyodide-lock.json"
    whole = json.loads(lock.read_text("utf8"))
    assert fetch.OFFICIAL["info"] == whole["info"]
    for name, entry in fetch.OFFICIAL["packages"].items():
        assert entry == whole["packages"][name]


def test_the_committed_npm_lock_names_no_address():
    lock = json.loads((fetch.HERE / "package-lock.json").read_text("utf8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert not [name for name, entry in packages.items() if "integrity" not in entry]
