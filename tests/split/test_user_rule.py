"""A user's function as a rule: its boundaries are cut at as those of any rule, and looked at first."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from secondhalf.errors import UserError
from secondhalf.extensions.function import Extension, RowError
from secondhalf.rows import Document, to_table
from secondhalf.split.settings import RULES, TOKENS, SplitSettings
from secondhalf.split.stage import settings_digest, split_documents
from secondhalf.split.user_rule import make_user_rule
from support.user_module import write_module

TEXT = "one two, three four five six, seven eight nine ten"
COMMAS = """
    def commas(text):
        if "refuse" in text:
            raise ValueError("it holds refuse")
        ends = [offset + 1 for offset, sign in enumerate(text) if sign == ","]
        return [(end, units) for units, end in enumerate([*ends, len(text)], start=1)]
    """


def _rule(gives: object) -> Callable[[str], list[tuple[int, int]]]:
    return make_user_rule(Extension("mine:cut", "split.rule", lambda text: gives, ""))


def test_white_space_before_an_offset_goes_to_the_original_and_no_boundary_is_one_piece() -> None:
    assert _rule([(4, 1), [8, 2]])("one two  ") == [(3, 1), (7, 2)]
    assert _rule([(np.int64(3), np.int64(1)), (9, 2)])("one two  ") == [(3, 1), (7, 2)]
    assert _rule([])("one two  ") == [(7, 1)]


@pytest.mark.parametrize("gives", [None, 3, [3, 7], [(3,)], [("a", 1)], [(3.0, 1)], ((3, 1),), iter([(3, 1)])])
def test_what_is_no_list_of_pairs_stops(gives: object) -> None:
    with pytest.raises(
        UserError, match=r"split\.rule: mine:cut returned .*; it must return a list of \(offset, units\) pairs"
    ):
        _rule(gives)("one two")


@pytest.mark.parametrize("gives", [[(5, 1), (3, 2)], [(3, 2), (5, 1)], [(3, 1), (99, 2)], [(-1, 1)], [(3, 0)]])
def test_boundaries_that_fall_or_lie_outside_fail_the_row(gives: object) -> None:
    with pytest.raises(RowError, match=r"mine\.cut gave boundaries that fall, or lie outside the text"):
        _rule(gives)("one two")


def test_a_rule_outside_the_package_cuts_documents(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = f"{write_module(COMMAS)}:commas"
    settings = SplitSettings(rule=path, min_prompt_words=2, min_original_words=2)
    documents = [
        Document("a", TEXT, "test"),
        Document("b", f"refuse {TEXT}", "test"),
        Document("c", "no comma here", "test"),
    ]
    pairs, rejects, verdicts = split_documents(to_table(Document, documents), settings)
    (pair,) = pairs.to_pylist()
    assert (pair["prompt"], pair["original"], pair["rule"]) == ("one two,", TEXT[8:], path)
    assert [(row["id"], row["check"], row["reason"]) for row in rejects.to_pylist()] == [
        ("b", path, f"{path.replace(':', '.')} raised ValueError: it holds refuse"),
        ("c", "split", f"one piece only under the rule {path.replace(':', '.')}"),
    ]
    assert [(row["id"], row["check"], row["score"]) for row in verdicts.to_pylist()][:2] == [
        ("a", path, 3.0),
        ("a", "split", pytest.approx(1 / 3)),
    ]


def test_another_source_gives_other_ids(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    one, two = (SplitSettings(rule=f"{write_module(COMMAS + more)}:commas") for more in ("", "# more"))
    same = one.model_copy(update={"rule": "words"})
    assert len({settings_digest(one), settings_digest(two), settings_digest(same)}) == 3


def test_every_built_in_rule_stands_in_the_fields_help() -> None:
    help_text = SplitSettings.model_fields["rule"].description or ""
    assert all(name in help_text for name in (*RULES, TOKENS))
