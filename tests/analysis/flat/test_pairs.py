"""What an arm's pairs hold that they must not: what the audit left in them counts, of all its data sets and languages the worst."""

from pathlib import Path

from secondhalf.analysis.facts import InstructionShare
from secondhalf.analysis.flat.pairs import everyday_contamination, instruction_shares_of_arms
from secondhalf.analysis.tables import RunTables
from secondhalf.api import find_run
from secondhalf.audit import contamination
from secondhalf.audit.overlap import EvaluatedText, Overlap
from secondhalf.cli import main
from secondhalf.evaluate.everyday.prompts import load_everyday
from secondhalf.recipe import Recipe
from support.recipes import tiny_recipe
from support.report_facts import rich

RECIPE = Recipe.model_validate(
    {
        "students": {"base": "x"},
        "data": {
            "taught": {},
            "other": {},
            "raw": {"audit": {"refuse": False}},
            "lenient": {"audit": {"refuse_instructions": False}},
            "original": {"teach": {"model": "original", "like": "taught"}},
        },
        "arms": {
            "untouched": {"student": "base"},
            "both": {"student": "base", "data": {"taught": 1, "other": 1}},
            **{name: {"student": "base", "data": {name: 1}} for name in ("taught", "raw", "lenient", "original")},
        },
    }
)


def _share(data: str, language: str = "en", **ends: float | None) -> InstructionShare:
    known = {"share": 0.3, "low": 0.2, "high": 0.4, "left": 0.02, "left_low": 0.01, "left_high": 0.03}
    return InstructionShare(data=data, language=language, pairs=100, flagged=30, **{**known, **ends})


def test_what_refusing_leaves_counts_where_the_audit_refuses() -> None:
    rows = [_share(name) for name in RECIPE.data]
    shares = instruction_shares_of_arms(rich().model_copy(update={"instructions": rows}), RECIPE)
    left, all_of_it = (0.02, 0.01, 0.03), (0.3, 0.2, 0.4)
    assert shares == {"both": left, "taught": left, "raw": all_of_it, "lenient": all_of_it, "original": all_of_it}


def test_the_worst_language_counts_and_one_without_a_share_is_none_at_all() -> None:
    rows = [_share("taught"), _share("taught", "ja", left=0.01, left_high=0.09), _share("other", left_high=None)]
    shares = instruction_shares_of_arms(rich().model_copy(update={"instructions": rows}), RECIPE)
    assert shares == {"taught": (0.02, 0.01, 0.09)}


def test_prompts_in_pairs_that_passed_count(tmp_path: Path, monkeypatch) -> None:
    """The control mirrors the taught data set's ids, so nothing is refused of it; of the taught one nothing is left."""

    def hold(self: object, prompt: str, response: str) -> list[Overlap]:  # every pair is taken to hold one
        text = EvaluatedText(("everyday", "ifeval")[len(prompt) % 4 == 3], f"p{len(prompt) % 4}", "prompt", "")
        return [Overlap(text, 0.9, 0, 1)]

    monkeypatch.setattr(contamination.OverlapIndex, "find", hold)
    recipe = tiny_recipe(tmp_path / "r.yaml", data={"taught": {"audit": {"refuse": False}}}, students={"base": "x"}, arms={
        "untouched": {"student": "base"}, "taught": {"student": "base", "data": {"taught": 1}},
    })  # fmt: skip
    where = {"store": str(tmp_path / "store"), "runs": str(tmp_path / "runs")}
    assert main(["audit", str(recipe), "--store", where["store"], "--runs", where["runs"]]) == 0
    shares = everyday_contamination(RunTables(find_run("tiny", **where)))
    assert shares == {"taught": 3 / len(load_everyday())}
