"""Every command of README and docs/ is run, or at least a command line of ours."""

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from secondhalf.probe.texts import load_texts
from support import ROOT
from support.documented import blocks, examples, parse_error
from support.documented_run import Session, matches
from support.office_files import letter, word

pytest.importorskip("torch")

PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "RELEASE.md", *(ROOT / "docs").rglob("*.md")])
_NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


def _japanese_documents(folder: Path) -> None:
    """Six files of three kinds and encodings, of the package's own Japanese texts."""
    texts = [text.text for text in load_texts() if text.language == "ja"]
    (folder / "文書").mkdir()
    for number in range(6):
        paragraphs = [texts[(number + n) % len(texts)] for n in range(5)]
        whole = "\n\n".join(paragraphs)
        data = [word(*paragraphs), whole.encode("cp932"), letter(whole)][number % 3]
        (folder / f"文書/{number}{('.docx', '.txt', '.eml')[number % 3]}").write_bytes(data)


@pytest.fixture(scope="module")
def finished(student: Path, tmp_path_factory: pytest.TempPathFactory) -> Session:
    """The reader who followed the tutorial to its end."""
    session = Session(tmp_path_factory.mktemp("tutorial"), student, {})
    session.follow(ROOT / "docs/tutorial.md")
    return session


@pytest.fixture
def givens(request: pytest.FixtureRequest) -> dict[str, Callable[[Path], None]]:
    """What pages begin with, by name."""

    def tutorial(folder: Path) -> None:
        shutil.copytree(request.getfixturevalue("finished").folder, folder, dirs_exist_ok=True)

    def documents(folder: Path) -> None:
        source = request.getfixturevalue("finished").folder / "texts"
        shutil.copytree(source, folder / "texts")

    return {"tutorial": tutorial, "documents": documents, "文書": _japanese_documents}


# A tiny model is trained: half a minute.
@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", [name for name in _NAMES if any(blocks(ROOT / name))])
def test_the_commands_of_a_page_do_what_it_says(
    page: str, student: Path, tmp_path: Path, givens: dict[str, Callable[[Path], None]], request: pytest.FixtureRequest
) -> None:
    if page == "docs/tutorial.md":
        request.getfixturevalue("finished")
        return
    Session(tmp_path, student, givens).follow(ROOT / page)


@pytest.mark.soak
@pytest.mark.parametrize("page", [name for name in _NAMES if any(b.argument("soak") for b in blocks(ROOT / name))])
def test_what_takes_minutes_does_so_too(
    page: str, student: Path, tmp_path: Path, givens: dict[str, Callable[[Path], None]]
) -> None:
    Session(tmp_path, student, givens, soak=True).follow(ROOT / page)


@pytest.mark.parametrize("page", _NAMES)
def test_examples_between_the_lines_are_command_lines(page: str) -> None:
    wrong = {command: error for command in examples(ROOT / page) if (error := parse_error(command, whole=False))}
    assert wrong == {}


@pytest.mark.parametrize("page", _NAMES)
def test_what_is_only_parsed_says_why(page: str) -> None:
    for block in blocks(ROOT / page):
        for reason in block.argument("parse"):
            assert reason.startswith("only, "), f"{page}:{block.line}"


@pytest.mark.parametrize("page", _NAMES)
def test_what_is_carried_out_elsewhere_names_the_test(page: str) -> None:
    for block in blocks(ROOT / page):
        for test in block.argument("elsewhere"):
            assert (ROOT / test).is_file(), f"{page}:{block.line}"


def test_most_commands_are_run() -> None:
    """Of those in fenced blocks: a page whose commands only parse shows little."""
    counts = Counter[str]()
    for page in _NAMES:
        for block in blocks(ROOT / page):
            if not block.argument("write"):
                how = next((name for name in ("parse", "soak", "elsewhere") if block.argument(name)), "run")
                counts[how] += len(block.steps())
    assert counts["run"] > 3 * max(counts["parse"], counts["soak"]), counts


@pytest.mark.parametrize(
    ("printed", "output", "same"),
    [
        ("a\nb\n", "a\nb", True),
        ("a ... c", "a b c", True),
        ("a\n...\nc", "a\nx\ny\nc\n", True),
        ("a", "b", False),
        ("a.b", "axb", False),
    ],
)
def test_outputs_are_compared(printed: str, output: str, same: bool) -> None:
    assert matches(printed, output) == same


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("secondhalf shwo RUN", "did you mean show?"),
        ("secondhalf show RUN --fulll", "there is no option --fulll; did you mean --full?"),
        ("secondhalf run --again", "the following arguments are required: recipe"),
        ("secondhalf chat RUN --arm ARM --seed N", ""),
        ("secondhalf document RUN [--as FORM] [--seed N] [--language en|ja]", ""),
        ("secondhalf --help", ""),
        ("secondhalf gate", ""),
    ],
)
def test_a_wrong_command_in_a_page_is_seen(command: str, error: str) -> None:
    found = parse_error(command)
    assert error in found if error else found == ""
