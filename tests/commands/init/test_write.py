"""`init`: ten lines, a folder's own recipe, or every field; each can be run as it stands."""

import json
import re
from pathlib import Path

import pytest

from secondhalf.cli import main
from secondhalf.corpus.readers.items import ReadText, Shard
from secondhalf.corpus.readers.pydoc import read as read_topics
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.recipe import load_recipe
from secondhalf.recipe.recipe import Recipe
from support import ROOT
from support.office_files import letter, sheet, word

ENGLISH = "The council of the town met on Monday, number {0}. It decided that the library {0} will move to a new building. The old one is to be sold for {0} coins."
JAPANESE = "町の会議は{0}回目の月曜日に開かれました。図書館{0}は来年の春に新しい建物へ移ることが決まりました。古い建物は{0}円で売られる予定です。"


def _write(folder: Path, text: str, count: int = 6) -> Path:
    """A folder of documents of several paragraphs each, of several kinds."""
    folder.mkdir()
    for number in range(count):
        paragraphs = [text.format(100 * number + n) * 2 for n in range(12)]
        whole = "\n\n".join(paragraphs)
        data = [word(*paragraphs), whole.encode("cp932"), letter(whole)][number % 3]
        (folder / f"{number}{('.docx', '.txt', '.eml')[number % 3]}").write_bytes(data)
    return folder


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _written_lines(path: str = "my.yaml") -> list[str]:
    """The lines of a recipe that are no comments."""
    return [
        line
        for line in Path(path).read_text("utf-8").splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]


def test_a_short_recipe_is_a_whole_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "my.yaml"]) == 0
    recipe = load_recipe(Path("my.yaml"))
    assert (recipe.name, list(recipe.arms), recipe.data["original"].teach.like) == (
        "my",
        ["untouched", "original", "taught"],
        "taught",
    )
    assert Path("my.yaml").read_text("utf-8").startswith("# secondhalf run my.yaml\n")
    assert len([line for line in _written_lines() if not line.startswith(" ")]) <= 10
    assert "secondhalf doctor my.yaml" in capsys.readouterr().out
    assert main(["init", "my.yaml"]) == 2
    assert "my.yaml exists" in capsys.readouterr().err


@pytest.mark.parametrize("options", [[], ["--full"]])
def test_the_primary_figure_is_that_of_every_shipped_recipe(options: list[str]) -> None:
    assert main(["init", "my.yaml", *options]) == 0
    shipped = {load_recipe(path).evaluate.primary for path in (ROOT / "recipes").glob("*.yaml")}
    assert {load_recipe(Path("my.yaml")).evaluate.primary} == shipped


def test_full_says_the_same_with_every_field(tmp_path: Path) -> None:
    folder = _write(tmp_path / "docs", JAPANESE)
    assert main(["init", "my.yaml", "--from", str(folder)]) == 0
    assert main(["init", "full.yaml", "--from", str(folder), "--full"]) == 0
    short, full = (load_recipe(Path(f"{name}.yaml")) for name in ("my", "full"))
    assert full == short.model_copy(update={"name": "full"})
    assert "max_file_seconds: 120" in Path("full.yaml").read_text("utf-8")


def test_models_that_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(
            [
                "init",
                "my.yaml",
                "--teacher",
                "a model: #1",
                "--student",
                "folder/of a model",
                "--server",
                "http://127.0.0.1:1/v1",
            ]
        )
        == 0
    )
    recipe = load_recipe(Path("my.yaml"))
    assert (recipe.teach.model, recipe.students, recipe.teach.server.urls) == (
        "a model: #1",
        {"base": "folder/of a model"},
        ["http://127.0.0.1:1/v1"],
    )
    assert main(["init", "other.yaml", "--teacher", "http://name:password@host/x"]) == 2
    assert "password" in capsys.readouterr().err
    assert not Path("other.yaml").exists()


def test_english_documents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = _write(tmp_path / "docs", ENGLISH)
    (folder / "photo.png").write_bytes(b"\x89PNG")
    (folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    (folder / "broken.docx").write_bytes(b"x")
    assert main(["init", "my.yaml", "--from", str(folder)]) == 0
    recipe, text = load_recipe(Path("my.yaml")), Path("my.yaml").read_text("utf-8")
    assert (recipe.corpus.reader, recipe.corpus.path, recipe.clean.language.allowed) == ("folder", str(folder), ["en"])
    assert (recipe.evaluate.languages, recipe.report.language, recipe.corpus.section_words) == (["en"], "en", 120)
    printed = capsys.readouterr().out
    for part in (
        "3 docx, 2 text, 2 mail",
        "1 .png (pictures: OCR first)",
        "1 .doc (save as .docx)",
        "1 broken file",
        "No pair is to be expected: the filters refuse every one of ",
    ):
        assert part in printed
        assert part in text.replace("\n#   ", " ")


def test_japanese_documents_are_asked_for_in_japanese(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = _write(tmp_path / "文書", JAPANESE)
    assert main(["init", "手引き.yaml", "--from", str(folder)]) == 0
    assert "文書の言語に合ったモデルを指定してください" in capsys.readouterr().out
    recipe = load_recipe(Path("手引き.yaml"))
    assert recipe.clean.language.allowed == recipe.evaluate.languages == ["ja"]
    assert (recipe.report.language, recipe.corpus.section_words, recipe.corpus.path) == ("ja", 240, str(folder))
    assert recipe.data["taught"].teach.continue_text.startswith("次の文章の続きを")
    assert "{text}" in recipe.teach.continue_text
    text = Path("手引き.yaml").read_text("utf-8")
    reasons = re.findall(r"  # (.*)", text[text.index("\nname:") :])
    assert len(reasons) > 6
    assert all(re.search("[ぁ-ん]", reason) for reason in reasons)
    assert main(["init", "b.yaml", "--from", str(folder), "--teacher", "dummy", "--student", "x"]) == 0
    assert "Name models" not in capsys.readouterr().out


def test_many_short_documents_stay_whole_and_one_kind_needs_one_reader(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [["nr", "text"], *([n, ENGLISH.format(n) * 2] for n in range(1200))]
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.xlsx").write_bytes(sheet(rows))
    assert main(["init", "my.yaml", "--from", "docs", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    recipe = load_recipe(Path("my.yaml"))
    assert (recipe.corpus.reader, recipe.corpus.section_words, recipe.corpus.sample) == ("xlsx", None, 1400)
    assert summary["survey"]["kinds"] == {"xlsx": 1}


def test_the_pairs_that_it_expects_come(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "docs").mkdir()
    for item in list(read_topics(Shard("pydoc", "pydoc"), CorpusSettings()))[:15]:
        if isinstance(item, ReadText):
            (tmp_path / "docs" / f"{item.location.removeprefix('pydoc:')}.docx").write_bytes(
                word(*item.text.split("\n\n"))
            )
    assert main(["init", "my.yaml", "--from", "docs", "--teacher", "dummy"]) == 0
    printed = capsys.readouterr().out
    expected = int(re.search(r"Expect about ([\d,]+) pairs", printed)[1].replace(",", ""))  # type: ignore[index]
    alike = [f"--set=clean.{name}.enabled=false" for name in ("near_duplicates", "passages")]
    assert main(["split", "my.yaml", "--json", *alike]) == 0
    funnel = {step["stage"]: step["rows"] for step in json.loads(capsys.readouterr().out)["funnel"]}
    assert expected == pytest.approx(funnel["deduplicate"], rel=0.1)
    assert expected > 10
    # A reference of a language is full of names and signs: what the rules of web pages refuse is loosened, with the figure.
    recipe = Path("my.yaml").read_text("utf-8")
    assert re.search(r"gopher_quality: \{min_letter_words: 0\.6\}  # \d+% fail the limit of web pages", recipe)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "holds no known file"),
        ({"a.png": b"\x89PNG"}, "1 .png (pictures: OCR first)"),
        ({"a.docx": b"x"}, "none of its 1 files has a text that can be read (1 broken file)"),
    ],
)
def test_a_folder_without_documents_is_one_sentence(
    tmp_path: Path, files: dict[str, bytes], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "docs").mkdir()
    for name, data in files.items():
        (tmp_path / "docs" / name).write_bytes(data)
    assert main(["init", "my.yaml", "--from", "docs"]) == 2
    assert sentence in capsys.readouterr().err
    assert not Path("my.yaml").exists()


def test_a_folder_whose_name_is_empty_is_no_recipe_without_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path / "my.yaml"), "--from", ""]) == 2
    assert "argument --from: its value is empty" in capsys.readouterr().err
    assert not (tmp_path / "my.yaml").exists()


def test_names_of_strangers_stay_in_their_place(tmp_path: Path) -> None:
    folder = _write(tmp_path / "a: {b}\n# c\u202e", ENGLISH)
    assert main(["init", "my.yaml", "--from", str(folder)]) == 0
    assert load_recipe(Path("my.yaml")).corpus.path == str(folder)
    assert "\u202e" not in Path("my.yaml").read_text("utf-8")
    assert isinstance(load_recipe(Path("my.yaml")), Recipe)


def test_a_server_needs_the_teacher_s_name_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "my.yaml", "--server", "https://host/v1"]) == 2
    assert "add --teacher NAME" in capsys.readouterr().err
    assert main(["init", "my.yaml", "--server", "nonsense", "--teacher", "big"]) == 2
    assert "secondhalf: teach.server.urls: nonsense is no address" in capsys.readouterr().err
    assert not Path("my.yaml").exists()


def test_documents_of_which_nothing_is_left_are_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    Path("lists").mkdir()
    for number in range(4):
        Path(f"lists/{number}.txt").write_text("\n".join(f"{number}-{n} = {{{n}}}" for n in range(200)), "utf-8")
    assert main(["init", "my.yaml", "--from", "lists"]) == 0
    shown = capsys.readouterr().out
    assert "No pair is to be expected: the filters refuse every one of " in shown
    assert "Loosen the rules that are named" in shown
    assert "Expect about" not in shown


@pytest.mark.parametrize("more", [[], ["--full"]])
def test_the_next_command_can_be_typed_as_it_stands(more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "my recipe.yaml", *more]) == 0
    assert "Next: secondhalf doctor 'my recipe.yaml'" in capsys.readouterr().out
    assert Path("my recipe.yaml").read_text("utf-8").startswith("# secondhalf run 'my recipe.yaml'\n")
