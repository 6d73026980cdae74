"""The site that `make docs` builds: whole, and nothing of it loaded from elsewhere."""

import subprocess
import sys
from pathlib import Path

import pytest

from support import ROOT

sys.path.insert(0, str(ROOT / "tools"))

from check_site import faults

SPHINX = ROOT / ".venv-docs/bin/sphinx-build"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<a href="other.html#there">x</a><img src="p.png">', ""),
        ('<a href="gone.html">x</a>', "gone.html leads nowhere"),
        ('<a href="other.html#gone">x</a>', "other.html#gone has no such anchor"),
        ('<a href="#gone">x</a>', "#gone has no such anchor"),
        ('<a href="https://example.com/x">x</a>', ""),
        ('<script src="https://cdn.example.com/a.js"></script>', "a.js is loaded from elsewhere"),
        ('<link rel="stylesheet" href="//fonts.example.com/a.css">', "a.css is loaded from elsewhere"),
        ('<link rel="canonical" href="https://example.com/">', ""),
        ('<img srcset="p.png 1x, https://example.com/q.png 2x">', "q.png is loaded from elsewhere"),
        ('<p style="background: url(https://example.com/b.png)">x</p>', "b.png is loaded from elsewhere"),
        ("<style>@import 'https://example.com/c.css';</style>", "c.css is loaded from elsewhere"),
        ('<img src="gone.png">', "gone.png is not there"),
    ],
)
def test_faults_of_a_site_are_seen(body: str, fault: str, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(f"<html><body>{body}</body></html>", "utf-8")
    (tmp_path / "other.html").write_text('<h1 id="there">x</h1>', "utf-8")
    (tmp_path / "p.png").touch()
    lines = faults(tmp_path)
    assert (len(lines) == 1 and fault in lines[0]) if fault else lines == []


def test_a_style_sheet_that_loads_fonts_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("@font-face { src: url(https://fonts.example.com/a.woff2) }", "utf-8")
    assert faults(tmp_path) == ["a.css: https://fonts.example.com/a.woff2 is loaded from elsewhere"]


@pytest.mark.extras
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    command = [
        SPHINX,
        "--quiet",
        "--fail-on-warning",
        "--keep-going",
        "-d",
        tmp_path / "trees",
        ROOT / "docs",
        tmp_path / "site",
    ]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    assert faults(tmp_path / "site") == []
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")}
    assert {path.stem for path in (tmp_path / "site").glob("*.html")} >= pages
