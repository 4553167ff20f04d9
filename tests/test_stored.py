import sys
import zipfile

import pytest

from models import stored


@pytest.fixture(params=["folder", "archive"])
def package(request, tmp_path, monkeypatch):
    """A package with one text, as it lies in a clone and as it lies in the live page."""
    files = {"__init__.py": "", "words.txt": "Größe\n"}
    if request.param == "archive":
        with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
            for name, text in files.items():
                archive.writestr(f"shelf/{name}", text)
        monkeypatch.syspath_prepend(tmp_path / "code.zip")
    else:
        (tmp_path / "shelf").mkdir()
        for name, text in files.items():
            (tmp_path / "shelf" / name).write_text(text, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
    yield "shelf"
    sys.modules.pop("shelf", None)


def test_a_text_is_found_beside_the_code(package):
    assert stored.text(package, "words.txt") == "Größe\n"


@pytest.mark.parametrize("name", ["other.txt", "words"])
def test_a_missing_file_is_named(package, name):
    with pytest.raises(FileNotFoundError, match=f"shelf: no file {name}"):
        stored.text(package, name)
