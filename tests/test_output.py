"""One place prints, and what it prints commands no terminal and holds no secret."""

import ast
import json
import os
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import secondhalf
from secondhalf.cli import main
from secondhalf.commands import store
from secondhalf.output import INVERSE, PLAIN, print_json, print_result, print_text, printable
from support.recipes import tiny_recipe

HOSTILE = "\x1b[2J\x9b31m\u202e\x07\x08\x7f"
OBEYED = frozenset("\x1b\x9b\u202e\x85\x07\x08\x7f")
PRINTS = {"print", "sys.stdout.write", "sys.stderr.write", "sys.stdout.buffer.write", "tqdm.write", "tqdm"}


def test_no_other_place_prints() -> None:
    places = set()
    for path in sorted(Path(secondhalf.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in PRINTS:
                places.add((path.name, ast.unparse(node.func)))
    # Bars and the messages above them are tqdm's, given what `printable` made of them (test_progress.py).
    # Processes of their own answer their parent in JSON of ASCII letters.
    assert places == {
        ("output.py", "print"),
        ("progress.py", "tqdm"),
        ("progress.py", "tqdm.write"),
        ("render_process.py", "sys.stdout.write"),
        ("worker.py", "sys.stdout.write"),
    }


@given(st.text())
def test_what_is_printed_is_letters_and_layout(text: str) -> None:
    shown = printable(text)
    assert not any((ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160 for c in shown)
    assert printable(shown) == shown
    shown.encode("utf-8")


def test_only_our_own_style_is_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    print_text(f"{INVERSE}a\x1b[31m{PLAIN}", styled=True)
    assert capsys.readouterr().out == f"{INVERSE}a⟨U+001B⟩[31m{PLAIN}\n"
    print_text(f"{INVERSE}a{PLAIN}")
    assert capsys.readouterr().out == "⟨U+001B⟩[7ma⟨U+001B⟩[27m\n"


@given(value=st.dictionaries(st.text(), st.text() | st.floats(allow_nan=False) | st.none()))
def test_json_says_the_same_and_commands_nothing(value: dict[str, object]) -> None:
    out = StringIO()
    with redirect_stdout(out):
        print_json(value)
    assert json.loads(out.getvalue()) == value
    assert not any((ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 for c in out.getvalue())


def test_json_is_masked_too(capsys: pytest.CaptureFixture[str]) -> None:
    print_result(json.dumps({"url": "https://u:p@h", "other": "a@b"}, indent=1), as_json=True)
    assert json.loads(capsys.readouterr().out) == {"url": "https://[login]@h", "other": "a@b"}


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(
    "arguments",
    [
        ["run", f"{HOSTILE}.yaml"],
        ["run", "r.yaml", "--set", f"{HOSTILE}=1"],
        ["run", "r.yaml", "--set", f"corpus.{HOSTILE}=1"],
        ["corpus", "r.yaml", "--set", "corpus.reader=text", "--set", f"corpus.path={HOSTILE[:2]}"],
        ["teach", "r.yaml", "--set", "teach.model=/no/such\u202e\x85.gguf"],
        ["doctor", "r.yaml", "--set", "teach.model=/no/such\u202e.gguf"],
        ["show", HOSTILE],
        ["compare", HOSTILE, HOSTILE],
        ["chat", HOSTILE, "--arm", HOSTILE],
        ["score", HOSTILE, HOSTILE],
        ["score", "hostile.jsonl", "hostile.jsonl"],
        ["journal", "--older-than", HOSTILE],
        ["journal", "--model", HOSTILE],
        ["journal", "--export", HOSTILE],
        ["sweep", "r.yaml", "--over", HOSTILE],
        ["search", "r.yaml", "--over", HOSTILE],
        ["init", f"/no/such/{HOSTILE}"],
        ["evaluate", HOSTILE],
        ["show", "r", HOSTILE],
        ["show", "r", "clean", HOSTILE],
        [HOSTILE],
    ],
)
def test_names_of_strangers_command_no_terminal(
    arguments: list[str],
    as_json: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    tiny_recipe(tmp_path / "r.yaml")
    (tmp_path / "hostile.jsonl").write_text(json.dumps({"key": HOSTILE, HOSTILE: 1}) + f"\n{HOSTILE}\n", "utf-8")
    try:
        code = main([*arguments, "--json"] if as_json else arguments)
    except SystemExit as error:
        code = int(error.code or 0)
    out, err = capsys.readouterr()
    assert code == 2, err
    assert not OBEYED & set(out + err)
    assert out + err
    assert "Traceback" not in err


def test_names_of_files_command_no_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    os.makedirs(f"runs/{HOSTILE}")
    Path(f"runs/{HOSTILE}/recipe.yaml").write_text("name: [")
    assert main(["show", HOSTILE]) == main(["show", "none"]) == 2
    out, err = capsys.readouterr()
    assert err.count("⟨U+001B⟩") == 2
    assert not OBEYED & set(out + err)


def test_a_fault_of_ours_is_printed_as_text_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(options: object) -> None:
        raise RuntimeError(f"the server said {HOSTILE}")

    monkeypatch.setattr(store, "main", broken)
    assert main(["store"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("Traceback")
    assert "the server said ⟨U+001B⟩" in err
    assert not OBEYED & set(err)
