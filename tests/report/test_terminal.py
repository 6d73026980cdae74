"""The terminal in Japanese: each sentence of the table is one that the code says, and a failing command says it with stage and mend."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

import secondhalf
from secondhalf.cli import main
from secondhalf.export.parity import Parity
from secondhalf.models.server.refusals import ServerAddress, failure
from secondhalf.report import terminal
from secondhalf.report.terminal import spoken, spoken_error
from secondhalf.teach.ranking import TeacherFit, _difference
from support.recipes import tiny_recipe

TABLE = terminal._table()
SENTENCES = {english: said for part in TABLE if part != "frame" for english, said in TABLE[part].items()}
SOURCES = [ast.parse(path.read_text("utf-8")) for path in Path(secondhalf.__file__).parent.rglob("*.py")]
ENGLISH = re.compile(r"[a-z]+ [a-z]+ [a-z]+ [a-z]+")


def _text(node: ast.AST) -> str:
    """A text of the code with {} for its places."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join("{}" if isinstance(part, ast.FormattedValue) else _text(part) for part in node.values)
    return ""


CODE = "\n".join({re.sub(r"%(\.\d)?[sdgf]", "{}", _text(node)) for tree in SOURCES for node in ast.walk(tree)})


@pytest.mark.parametrize("english", TABLE["sentences"])
def test_the_code_says_each_sentence_of_the_table(english: str) -> None:
    for part in re.split(r"{\w+}", english):
        # A condition in the code may stand where the table has words: what is between two places is looked for.
        assert part.strip(" .;:,") in CODE


@pytest.mark.parametrize(
    ("english", "japanese"),
    [
        (failure(401, b"no", ServerAddress("http://a/v1", "k", "MY_KEY")), "環境変数 MY_KEY のキーを受け付けません"),
        (failure(401, b"no", ServerAddress("http://a/v1")), "server.key_env を指定してください"),
        (_difference(TeacherFit("a", "b", "c", 9, 1, 1, -1, 0.1, -0.1, 0.3, 9, noise=True)), "9 件、差は確認できず"),
        ("about 1.0 to teach, 2.0 to train on 4 cores without bf16 (rough)", "4 コア、bf16 なし"),
        ("corpus: 9 files are read, 3 are not (2 .png (pictures: OCR first), 1 .zip (unpack first))", "（2 .png（画像、先に OCR が必要）, 1 .zip（先に展開が必要））"),
        ("Not read: 1 .pdf (corpus.reader: folder or pdf), 1 README.", "1 .pdf（corpus.reader を folder または pdf にすると読みます）, 1 README。"),
        ("Could not be read: 2 broken file, 1 empty text.", "ファイルが壊れている 2 件、本文が空 1 件。"),
        ("audit taught refused all of its 9 rows: 8 unfinished (audit.keep_unfinished); 2 reasons more. Change the field that is named, and run again: `secondhalf show a audit` has examples.", "応答が終わっていない 8 件（audit.keep_unfinished）、ほか 2 種類の理由。"),
        ("ja.yaml: evaluate.primary: no figure is called 'x'; there are a, b and 4 more.", "使えるのは a, b、ほか 4 件 です。"),
        (Parity("gguf f16", 6, 6, 2, 0, 8, 9, 0.01, 0.02, 0.5).summary(), "gguf f16：検査に合格。プロンプトは 6 件中 6 件、貪欲法の回答は 8 件中 8 件が"),
        ("taught/a b.json: 3 of 8 fields are not known: owners, licence.", "8 項目のうち 3 項目が不明です（owners, licence）。"),
        ("budget: stops at about 40%: budget.tokens is 9", "予算：約 40% で止まります（budget.tokens は 9）"),
    ],
)  # fmt: skip
def test_sentences_that_are_put_together(english: object, japanese: str) -> None:
    said = spoken(str(english), "ja")
    assert japanese in said
    assert not ENGLISH.search(re.sub("`.*?`", "", said))


@pytest.mark.parametrize("english", SENTENCES)
def test_a_translation_fills_places_that_the_english_has(english: str) -> None:
    said = SENTENCES[english]
    assert set(re.findall(r"{(\w+)}", said)) <= set(re.findall(r"{(\w+)}", english))
    assert not english.endswith(".") or "。" in said or english.startswith("{")


def test_a_name_in_a_place_is_not_translated() -> None:
    assert spoken("There is no run memory in runs; there are data, what.", "ja") == (
        "runs に memory という実行はありません。あるのは data, what です。"
    )


def test_lines_are_translated_each_and_keep_what_is_unknown() -> None:
    text = "a.yaml: there is no field lr; did you mean learning_rate?\n  unknown words\n  installed"
    assert spoken(text, "ja").split("\n") == [
        "a.yaml：lr という項目はありません。learning_rate ではありませんか。", "  unknown words", "  インストール済み",
    ]  # fmt: skip
    assert spoken(text, "en") == text


def test_an_unknown_error_stands_in_a_japanese_frame() -> None:
    said = spoken_error("Something odd.", "train taught 1", "ja")
    assert said.startswith("「train taught 1」の段階で止まりました。")
    assert "\nSomething odd.\n次にすること：" in said
    assert spoken_error("Something odd.", "train taught 1", "en") == "Something odd."


def test_braces_in_what_a_stranger_wrote_are_text() -> None:
    assert "{0} {x}" in spoken("There is no run {0} {x} in runs; there are none.", "ja")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"corpus.pathh": "x"}, "corpus.pathh という項目はありません"),
        ({"train.epochs": "x"}, "r.yaml: train.epochs は整数で指定してください（現在の値：'x'）"),
        ({"train.rank": "0"}, "train.rank は 1 以上にしてください"),
        ({"train.method": "lor"}, "のいずれかを指定してください（現在の値：'lor'）。lora ではありませんか。"),
        ({"corpus.reader": "text", "corpus.path": "nowhere"}, "nowhere がありません。corpus.path を直してください"),
        ({"teach.model": "m", "teach.server.urls": "[http://127.0.0.1:9/v1]", "teach.server.key_env": "NO_KEY"}, "export NO_KEY=..."),
        ({"teach.model": "m", "teach.server.urls": "[http://127.0.0.1:9/v1]", "teach.server.start_patience": "0.2"}, "に 0.2 秒間接続できませんでした"),
        ({"split.rule": "wordz"}, "split.rule には words, characters"),
        ({"teach.server.key_env": "sk-proj-abcdefghijklmnopqrstuvwx1234567890"}, "API キーのようです。"),
        ({"pilot.pairs": "10", "pilot.max_rejected": "0"}, "試験（パイロット）の結果が pilot.max_rejected = 0.0 を超えた"),
        ({"clean.length.min_words": "9000"}, "件すべてが除外されました：短すぎる 30 件（clean.length）"),
    ],
)  # fmt: skip
def test_the_most_common_errors_are_japanese_where_the_recipe_is(
    changes: dict[str, str],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_KEY", raising=False)
    report: dict[str, Any] = {"language": "ja"}
    tiny_recipe(Path("r.yaml"), corpus={"sample": 30}, report=report)
    sets = [part for field, value in changes.items() for part in ("--set", f"{field}={value}")]
    assert main(["teach", "r.yaml", *sets]) == 2
    error = capsys.readouterr().err.rpartition("secondhalf: ")[2]
    assert says in error
    assert not ENGLISH.search(re.sub("`.*?`", "", error))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("serv proof", "はありません。serve ではありませんか。`secondhalf --help` で使い方を確認できます。"),
        ("run r.yaml --sett a=b", "--sett というオプションはありません。--set ではありませんか。"),
        ("run", "次の引数を指定してください：recipe。"),
        ("run r.yaml --set", "--set には値を 1 つ指定してください。"),
        ("compare", "次の引数を指定してください：RUN。"),
        ("compare --arm", "--arm には値を 1 つ指定してください。"),
        ("chat a --arm b --seed x", "--seed は整数で指定してください（現在の値：'x'）。"),
        ("chat a --arm b --temperature x", "--temperature：0 以上の数値を指定してください（現在の値：'x'）。"),
        ("data a --out x --data b --arm c", "--arm と --data は同時に指定できません。"),
        ("show a clean b", "余分な引数があります：b。"),
        ("show a --full=1", "--full に値は指定できません（現在の値：'1'）。"),
        ("serve a --port 70000", "--port：'70000' はポート番号ではありません。"),
        ("serve a --re x", "--re だけでは --requests-per-minute, --revoke-key のどれか分かりません。"),
        ("data a --as share-gpt --out x", "はありません。sharegpt ではありませんか。"),
        ("run none.yaml", "none.yaml を読めません（ファイルがありません）。レシピのファイル名を指定するか"),
        ("show none", "runs に none という実行はありません。まだ何も実行していません。"),
    ],
)  # fmt: skip
def test_a_command_line_that_is_none_is_japanese_where_the_machine_is(
    words: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    assert main(words.split()) == 2
    usage, _, error = capsys.readouterr().err.rpartition("secondhalf: ")
    assert says in error
    assert not usage or usage.startswith("使い方：secondhalf")
    assert not re.search("[a-z]{2,} [a-z]{2,} [a-z]{2,}", re.sub("`.*?`", "", error))


def test_a_document_is_explained_in_japanese(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("docs").mkdir()
    Path("docs/川.txt").write_text("length\nKept: every verdict passed. The river rises and falls again.", "utf-8")
    tiny_recipe(
        Path("r.yaml"), corpus={"reader": "text", "path": "docs", "sample": 1}, report={"language": "ja"},
        clean={"length": {"min_words": 9000}},
    )  # fmt: skip
    main(["clean", "r.yaml", "--explain", "川.txt"])
    text, _, read = capsys.readouterr().out.rpartition("除外：長さ (length)：")
    assert "  除外  長さ (length)" in text
    assert "短すぎる：" in text
    assert "文字（読み込み時）" in text
    # What the document says itself stays what it is.
    assert "\nlength\nKept: every verdict passed." in read.replace("⟦", "").replace("⟧", "")


def test_programs_read_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    tiny_recipe(Path("r.yaml"), report={"language": "ja"})
    assert main(["teach", "r.yaml", "--json", "--set", "corpus.pathh=x"]) == 2
    assert "there is no field corpus.pathh" in capsys.readouterr().out


def test_what_was_refused_and_why_it_stopped_is_japanese_in_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    tiny_recipe(Path("r.yaml"), corpus={"sample": 30}, report={"language": "ja"}, clean={"length": {"min_words": 9000}})
    assert main(["teach", "r.yaml"]) == 2
    capsys.readouterr()
    assert main(["show", "tiny", "clean"]) == 0
    text = capsys.readouterr().out
    assert "（下限 9000、clean.length.min_words）" in text
    assert main(["show", "tiny"]) == 0
    assert "前回のコマンドは途中で止まりました" in capsys.readouterr().out
