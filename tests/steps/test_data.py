"""Functions outside the package, named by a recipe, carried through clean, split, teach and audit."""

import json
from pathlib import Path

import pytest

from secondhalf.cli import main
from secondhalf.rows import Pair, from_table
from secondhalf.store import Stage
from support.user_module import write_module

RECIPE = """\
name: mine
corpus: {reader: jsonl, path: texts.jsonl, sample: 40}
clean:
  length: {min_words: 10}
  filters: ["my_filter:no_seventh"]
  gopher_repetition: {enabled: false}
  gopher_quality: {enabled: false}
  c4: {enabled: false}
  fineweb: {enabled: false}
  near_duplicates: {enabled: false}
  passages: {enabled: false}
split: {rule: "my_rule:commas"}
teach: {model: dummy, replies: 3, choose: "my_choice:longest"}
audit: {checks: ["my_check:says_bridge"]}
data: {taught: {}}
"""
MODULES = {
    "my_filter": """
        from secondhalf.rows import Verdict
        def no_seventh(document):
            odd = " 7th " in document.text
            return Verdict(document.id, "", not odd, float(odd), "speaks of the seventh" if odd else "")
        """,
    "my_rule": """
        def commas(text):
            if " 8th " in text:
                raise ValueError("not the eighth")
            ends = [place + 1 for place, sign in enumerate(text) if sign == ","]
            return [(end, units) for units, end in enumerate([*ends, len(text)], start=1)]
        """,
    "my_choice": """
        def longest(pair, candidates):
            return max(range(len(candidates)), key=lambda place: len(candidates[place].response))
        """,
    "my_check": """
        from secondhalf.rows import Verdict
        def says_bridge(pair):
            return Verdict(pair.id, "", "bridge" in pair.response, 1.0, "says no bridge")
        """,
}
STAGES = ("clean", "split", "teach", "audit")


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    texts = [
        f"The {n}th bridge over the river was built of stone, as its keeper {'very ' * (n % 5)}often said, beside a mill of "
        f"{n} wheels, where people from {n * 3} farms brought corn, left with flour and news, and came back before the winter."
        for n in range(12)
    ]
    Path("texts.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf-8")
    Path("r.yaml").write_text(RECIPE, "utf-8")
    for name, source in MODULES.items():
        write_module(source, name)


def _stage_keys() -> dict[str, set[str]]:
    """The keys of the whole stages."""
    return {name: {path.parent.name for path in Path("store", name).glob("*/manifest.json")} for name in STAGES}


def _stage(name: str) -> Stage:
    """The one stage of a folder; of clean the part that looks at one document."""
    stages = [Stage(path) for path in Path("store", name).iterdir()]
    return next(stage for stage in stages if name != "clean" or "length" in stage.manifest["settings"])


def test_each_function_does_its_part(capsys) -> None:
    assert main(["audit", "r.yaml"]) == 0
    assert [row["reason"] for row in _stage("clean").read("rejects").to_pylist()] == ["speaks of the seventh"]
    pairs = from_table(Pair, _stage("split").read())
    assert {pair.rule for pair in pairs} == {"my_rule:commas"}
    assert all(pair.prompt.endswith(",") for pair in pairs)
    (refused,) = _stage("split").read("rejects").to_pylist()
    assert (refused["check"], refused["reason"]) == (
        "my_rule:commas",
        "my_rule.commas raised ValueError: not the eighth",
    )
    assert len(pairs) == 10
    candidates = _stage("teach").read("candidates").to_pylist()
    longest = {pair.id: max(len(row["response"]) for row in candidates if row["id"] == pair.id) for pair in pairs}
    assert {row["id"]: len(row["response"]) for row in _stage("teach").read().to_pylist()} == longest
    verdicts = [row for row in _stage("audit").read("verdicts").to_pylist() if row["check"] == "my_check:says_bridge"]
    assert len(verdicts) == 10
    capsys.readouterr()
    assert main(["show", "mine", "split"]) == 0
    assert "my_rule.commas raised ValueError" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("module", "first"), [("my_filter", 0), ("my_rule", 1), ("my_choice", 2), ("my_check", 3)], ids=[*MODULES]
)
def test_an_edit_of_a_module_makes_its_stage_anew_and_none_before_it(module: str, first: int) -> None:
    assert main(["audit", "r.yaml"]) == 0
    before = _stage_keys()
    assert main(["audit", "r.yaml"]) == 0
    assert _stage_keys() == before
    write_module(MODULES[module] + "# edited", module)
    assert main(["audit", "r.yaml"]) == 0
    after = _stage_keys()
    assert [after[name] != before[name] for name in STAGES] == [index >= first for index in range(4)]


def test_keys_without_functions_are_what_they_were() -> None:
    plain = [line for line in RECIPE.splitlines() if not line.startswith(("  filters", "split", "audit"))]
    Path("r.yaml").write_text("\n".join(plain).replace(', choose: "my_choice:longest"', ""), "utf-8")
    assert main(["audit", "r.yaml"]) == 0
    inputs = {name: set(_stage(name).manifest["inputs"]) for name in STAGES}
    assert inputs == {
        "clean": {"documents"},
        "split": {"documents"},
        "teach": {"pairs", "model"},
        "audit": {"evaluated", "pairs"},
    }
    assert "filters" not in _stage("clean").manifest["settings"]
    assert "checks" not in _stage("audit").manifest["settings"]


@pytest.mark.parametrize(
    ("module", "source", "sentence"),
    [
        ("my_check", None, "audit.checks: there is no module my_check"),
        ("my_choice", "def longestt(pair, candidates): ...", "teach.choose: the module my_choice"),
        ("my_rule", "commas = 3", "split.rule: my_rule:commas is 3, which cannot be called"),
        ("my_filter", "1 / 0", "clean.filters: the module my_filter raised ZeroDivisionError: division by zero"),
    ],
)
def test_what_is_missing_is_named_before_anything_is_read(
    module: str, source: str | None, sentence: str, capsys
) -> None:
    if source is None:
        Path(f"{module}.py").unlink()
    else:
        write_module(source, module)
    assert main(["corpus", "r.yaml"]) == 2
    assert f"secondhalf: {sentence}" in capsys.readouterr().err
    assert not Path("store", "corpus").exists()


@pytest.mark.parametrize(
    ("module", "source", "sentence"),
    [
        ("my_filter", "def no_seventh(document): return document.txt", "clean.filters: my_filter:no_seventh failed on every"),
        ("my_rule", "def commas(text): return text.commas()", "split.rule: my_rule:commas failed on every row"),
        ("my_choice", "def longest(candidates): ...", "teach.choose: my_choice:longest failed on every row"),
        ("my_check", "def says_bridge(pair): return pair[0]", "audit.checks: my_check:says_bridge failed on every row"),
        ("my_check", "def says_bridge(pair): return 1", "audit.checks: my_check:says_bridge returned 1; it must return"),
    ],
)  # fmt: skip
def test_a_function_that_is_wrong_for_every_row_stops_and_the_mended_one_goes_on(
    module: str, source: str, sentence: str, capsys
) -> None:
    write_module(source, module)
    assert main(["audit", "r.yaml"]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert "Traceback" not in error
    write_module(MODULES[module], module)
    assert main(["audit", "r.yaml"]) == 0
