"""Whatever stands in a recipe: it loads, and loads again as it was written out, or one sentence names what to mend. At once."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondhalf.cli import main
from secondhalf.errors import UserError
from secondhalf.recipe import load_recipe
from secondhalf.recipe.file import read_overrides, write_yaml
from secondhalf.text.yaml_text import MOST_BYTES, load_yaml
from support import ROOT
from support.recipes import tiny_recipe

ATTACKS = Path(__file__).parent / "attacks"
VALUES = [
    "[a]", "{a: b}", "", "~", "true", "no", "0", "-1", "1.5", ".inf", "-.inf", ".nan", "1e999", "9" * 30, "9" * 5000, "0x" + "f" * 40,
    "2001-01-01", "2001-99-99", "2001-01-01T00:00:00Z", "1:30", "1_000", '"x\\n"', '"\\0"', '"\\ud800"', '"\\u202e"', "a/b", "../..",
    "x" * 5000, "'5'", "!!python/object:os.system {}", "!!int x", "!a b", "!!binary aGk=", "!!set {a}", "*none", "&a [*a]", "&b {<<: *b}",
    "&c {k: *c}", "[" * 60 + "]" * 60, "{<<: [1, 2]}", "{<<: 5}", "{1: a, '1': b}", "{? [a, b] : c}", "{true: 1, null: 2}",
    "https://u:pass@h/v1", "~nobody/x", "$(id)", "%s{}{text}", "|\n  x\n y", "- a\n- b", ": :", "@x", "`x`", "\t", "'", '"', "…", "か",
    "\\x", '"\\U00110000"', "! x", "null", "=", "<<", "hf:a/b\n", "arm:taught", "arm:", "original", "dummy", "[[], {}]", "{}",
]  # fmt: skip


OBJECTS = [
    None, [], {}, ["a"], {"a": 1}, 0, True, "x\n", "", -1, 2**62, 2**64, 1e308, [[1]], "a\x1b/../b" * 50, float("nan"), {1: 2}, (), b"x",
    "\0", "\ud800", {"\ud800": "a"}, 10**5000,
]  # fmt: skip


def fields(value: Any, path: str = "") -> list[str]:
    """The path of every field, as `--set` takes it."""
    inner = value.items() if isinstance(value, dict) else []
    return [path] * bool(path) + [below for key, item in inner for below in fields(item, f"{path}.{key}".lstrip("."))]


def sentence_of(path: Path, overrides: Iterable[tuple[str, object]] = ()) -> str:
    """Loads the recipe, in under a second of this process; the sentence that refuses it, or ""."""
    start = time.process_time()
    refused = ""
    try:
        load_recipe(path, overrides)
    except UserError as error:
        refused = str(error)
    assert time.process_time() - start < 1
    named = str(path) in refused or refused.endswith(" is a value, not a stage.")
    assert not refused or (named and refused.endswith((".", "?")))
    return refused


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe with data sets and arms."""
    return tiny_recipe(tmp_path_factory.mktemp("fuzz") / "r.yaml", student="/nowhere")


@pytest.fixture(scope="module")
def names(tiny: Path) -> list[str]:
    """Every field of that recipe, defaults too."""
    return fields(load_yaml(write_yaml(load_recipe(tiny), comments=False), "r"))


@settings(max_examples=100)
@given(data=st.data())
def test_any_value_in_any_field(data: st.DataObject, tiny: Path, names: list[str]) -> None:
    values = st.sampled_from(VALUES) | st.text(max_size=5)
    sets = data.draw(st.lists(st.tuples(st.sampled_from(names), values), min_size=1, max_size=3))
    refused = ""
    try:
        overrides = read_overrides([f"{field}={value}" for field, value in sets])
    except UserError as error:
        refused = str(error)
        assert refused.startswith("--set ")
    assert refused.endswith((".", "?")) if refused else sentence_of(tiny, overrides) is not None


@settings(max_examples=100)
@given(data=st.data())
def test_any_object_in_any_field(data: st.DataObject, tiny: Path, names: list[str]) -> None:
    sets = data.draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(OBJECTS)), min_size=1, max_size=3))
    sentence_of(tiny, sets)


@settings(max_examples=100)
@given(data=st.data())
def test_any_characters_anywhere(data: st.DataObject, tiny: Path) -> None:
    text = tiny.read_text("utf-8")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.sampled_from([0, 0, 1, 20]))
        text = text[:at] + data.draw(st.sampled_from(VALUES) | st.text(max_size=5)) + text[at + cut :]
    path = tiny.with_name("text.yaml")
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    sentence_of(path)


@settings(max_examples=8)
@given(data=st.data())
def test_what_loads_loads_again_as_it_was_written_out(data: st.DataObject, tiny: Path) -> None:
    texts = st.text(max_size=9) | st.sampled_from(
        [
            "2001-01-01",
            "1e3",
            "~",
            "no",
            "0x1F",
            "<<",
            "- a",
            "a: b",
            " x\n\n y \n",
            "#",
            "\r\n",
            "\f\n",
            "\x85\n",
            "a\x85",
            "\u2028\n",
            "\ufeff\n",
        ]
    )
    notices = data.draw(st.lists(texts, min_size=5, max_size=30))
    try:
        recipe = load_recipe(tiny, [("notices", notices), ("teach.server.extra", {"a": notices})])
    except UserError:
        return
    again = tiny.with_name("again.yaml")
    again.write_text(write_yaml(recipe, comments=False), "utf-8")
    assert load_recipe(again) == recipe


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "must hold `key: value` lines"),
        (b"- a", "must hold `key: value` lines"),
        (b"a", "must hold `key: value` lines"),
        (b"\xff\xfen\x00", "is not UTF-8"),
        (b"name: \xe3\x81", "is not UTF-8"),
        (b"name: a\x00b", "special characters"),
        (b"data: [a]", "data: Input should be a valid dictionary"),
        (b"data: {a: [b]}", "data.a: Input should be"),
        (b"arms: 5", "arms: Input should be a valid dictionary"),
        (b"arms: {a: 5}", "arms.a: Input should be"),
        (b"data: {a: {teach: false}}", "data.a.teach: Input should be"),
        (b"seed: -1", "seed: Input should be greater than or equal to 0"),
        (b"train: {seeds: [4294967296]}", "train.seeds.0: Input should be less than 4294967296"),
        (b"seed: true", "seed: Input should be a number, not true or false"),
        (b"train: {seeds: [true]}", "train.seeds.0: Input should be a number, not true or false"),
        (b"seed: " + b"9" * 5000, "larger number than any field takes"),
        (b"seed: '" + b"9" * 30 + b"'", "seed: Input should be"),
        (b"teach: {budget: {dollars: .inf}}", ".inf is no number"),
        (b"teach: {budget: {dollars: 'inf'}}", "finite number"),
        (b"report: {hourly_price: 1e400}", "1e400 is no number"),
        (b"name: 2024-06-01", "2024-06-01 is a date to YAML"),
        (b"name: a\nname: b", "the key name stands twice"),
        (b'"nam\\u0065": a\nname: b', "the key name stands twice"),
        (b"name: !!python/name:os.system x", "the tag"),
        (b"a: &a {b: *a}", "a stands inside of itself"),
        (b"a: &a {<<: *a}", "a stands inside of itself"),
        (b"a: {<<: b}", "merges mappings alone"),
        (b"? [a]\n: b", "a key is a list"),
        (b"a: " + b"[" * 100_000, "nested more than 40 deep"),
        (b"a0: &a0 [1]\n" + b"".join(b"a%d: &a%d [*a%d]\n" % (n, n, n - 1) for n in range(1, 3000)), "nested more than 40 deep"),
        (b"%YAML 1.1\n---\nname: a", "another YAML than 1.2"),
        (b"name: a\n---\nname: b", "another document"),
        (b"name: " + b"!" * 100_000, "a tag"),
        (b"x" * 300 + b": 1", "longer than any field's name"),
        (b"#" * 100_000_000, "is larger than 500 kB"),
        (b"name: a/b", "must be letters, digits"),
        (b"name: " + b"a" * 65, "64 at most"),
        ("name: 日本語 の実行".encode(), "must be letters, digits"),
        ("name: ../日本語".encode(), "must be letters, digits"),
        (b"name: " + "語".encode() * 51, "Japanese: 50"),
        ("name: a\u202eb".encode(), "must be letters, digits"),
        (b"data: {'a\\n': {}}", "no name for a data set"),
        (b'arms: {"a\\n": {student: s}}', "no name for a data set or an arm"),
        (b"corpus: {path: 'ftp://me:secret@host/x'}", "corpus.path: an address must hold no name and no password (ftp://[login]@host/x)"),
        (b"teach: {server: {key_env: sk-secret-key}}", "and never the key itself"),
        (b"teach: {server: {urls: ['https://me:secret@h/v1']}}", "no name and no password"),
        (b"teach: {server: {urls: ['https://me:sec/ret@h/v1']}}", "what holds an @ is no address"),
        (b"teach: {server: {urls: ['https://h/v1?key=secret']}}", "an address must hold no key"),
        (b"corpus: {path: '~nobody-of-that-name/x'}", ""),
    ],
)  # fmt: skip
def test_one_sentence_names_what_to_mend(content: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_bytes(content)
    refused = sentence_of(path)
    assert sentence in refused
    assert "secret" not in refused
    assert len(refused) < 700


def test_a_byte_order_mark_and_references_are_read(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(
        "\ufeffname: a\nseed: &s 7\ntrain: {seeds: [*s]}\nsplit: &p {max_prompt_words: 9}\ndata: {d: {split: {<<: *p}}}",
        "utf-8",
    )
    recipe = load_recipe(path)
    assert (recipe.seed, recipe.train.seeds, recipe.data["d"].split.max_prompt_words) == (7, [7], 9)


@pytest.mark.parametrize("name", ["bomb.yaml", "date.yaml", "name_newline.yaml"])
def test_the_attacks_that_broke_it_are_a_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    start = time.process_time()
    assert main(["corpus", str(ATTACKS / name)]) == 2
    assert time.process_time() - start < 1
    err = capsys.readouterr().err
    assert err.startswith("secondhalf: ")
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["/dev/zero", "/proc/self/mem", ".", "x" * 300, "a/b/c"])
def test_what_is_no_file_is_a_sentence(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=r"recipe"):
        load_recipe(Path(path))


def test_a_recipe_as_large_as_may_be_is_read_in_time(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("notices:\n" + "- a word\n" * 4000 + "#" * (MOST_BYTES - 50_000), "utf-8")
    assert sentence_of(path) == ""


def test_every_recipe_of_ours_is_read() -> None:
    for path in sorted((ROOT / "recipes").rglob("*.yaml")):
        assert load_yaml(path.read_text("utf-8"), str(path))
