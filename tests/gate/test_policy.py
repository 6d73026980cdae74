"""Policies as files: what ships, and every mistake in one with its line and the nearest name."""

import re
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.gate.policy import PolicyText
from secondhalf.gate.policy_file import load_policy, shipped
from support import ROOT
from support.policies import policy_file


@pytest.mark.parametrize("name", ["first_trial", "production"])
def test_shipped_policies_load_and_say_why_in_both_languages(name: str) -> None:
    policy, text = load_policy(name)
    assert policy.name == name
    assert text.startswith(f"# secondhalf gate RUN --policy {name}\n")
    for limit in policy.limits:
        for phrase in (limit.reason, limit.owner):
            assert phrase.en
            assert phrase.ja
            assert phrase.en != phrase.ja
    assert shipped() == ["first_trial", "production"]


def test_production_asks_for_all_that_a_first_trial_asks_for_and_no_less() -> None:
    first, last = ({limit.figure: limit for limit in load_policy(name)[0].limits} for name in shipped())
    assert first.keys() <= last.keys()
    for figure, limit in last.items():
        if figure in first:
            assert (limit.at_least or 0) >= (first[figure].at_least or 0), figure
            assert (limit.at_most or 0) <= (first[figure].at_most or 0), figure
            assert limit.severity == "must"


def test_a_policy_is_called_as_its_file_unless_it_says_otherwise(tmp_path: Path) -> None:
    path = policy_file(tmp_path / "ours.yaml", "figure: pairs, at_least: 5")
    assert load_policy(str(path))[0].name == "ours"
    path.write_text("name: theirs\n" + path.read_text("utf-8"), "utf-8")
    assert load_policy(str(path))[0].name == "theirs"


@pytest.mark.parametrize(
    ("file", "usable"), [("公開基準", True), ("our policy", False), (".hidden", False), ("x" * 65, False)]
)
def test_a_name_is_in_any_script_and_a_file_without_one_says_what_to_write(
    tmp_path: Path, file: str, usable: bool
) -> None:
    limits = "limits:\n  - {figure: pairs, at_least: 3, reason: a, owner: b}\n"
    path = tmp_path / f"{file}.yaml"
    path.write_text(limits, "utf-8")
    if usable:
        assert load_policy(str(path))[0].name == file
        return
    with pytest.raises(UserError, match=r"write one into it \(name: ours\)"):
        load_policy(str(path))
    path.write_text("name: 基準-1\n" + limits, "utf-8")
    assert load_policy(str(path))[0].name == "基準-1"


def test_a_text_serves_both_languages_and_one_serves_the_other() -> None:
    assert PolicyText.model_validate("why").in_language("ja") == "why"
    assert PolicyText(en="why\n so").in_language("ja") == "why so"
    assert PolicyText(en="why", ja="理由").in_language("ja") == "理由"


LINES = [
    ("figure: gains, at_least: 0", "did you mean gain?"),
    ("figure: forgeting, at_most: 0.1", "did you mean forgetting?"),
    ("figure: safety.refused_harmles, at_most: 0.1", "did you mean safety.refused_harmless?"),
    ("figure: contamination.ifevall, at_most: 0", "did you mean contamination.ifeval?"),
    ("figure: xyzzy, at_most: 0", "docs/gate.md lists them"),
    ("figure: gain, at_most: 0", "wrong way round: of gain more is better; write at_least"),
    ("figure: forgetting, at_least: 0.1", "wrong way round: of forgetting less is better; write at_most"),
    ("figure: instruction_share, at_least: 0.1", "write at_most"),
    ("figure: pairs, at_most: 80", "write at_least"),
    ("figure: hours, at_least: 3", "write at_most"),
    ("figure: ifeval.no_answer, at_least: 0.3", "write at_most"),
    ("figure: gain", "no limit on gain; write at_least or at_most"),
    ("figure: entropy, at_least: 3, at_most: 2", "at least 3 and at most 2"),
    ("figure: pairs, at_least: many", "valid number"),
    ("figure: pairs, at_least: true", "not true or false"),
    ("figure: pairs, at_least: [1]", "valid number"),
    ("figure: pairs, at_least: .nan", "no number that a field takes"),
    ("figure: pairs, at_least: .inf", "no number that a field takes"),
    ("figure: pairs, at_least: 1e999", "no number that a field takes"),
    ("figure: pairs, at_least: 'nan'", "finite number"),
    ("figure: pairs, at_least: 'inf'", "finite number"),
    ("figure: pairs, at_least: -1", "never below 0"),
    ("figure: leaks, at_most: 5", "is a share, 0 to 1 (5 % is 0.05)"),
    ("figure: leaks, at_most: -0.1", "is a share, 0 to 1"),
    ("figure: minimal_pairs, against: untouched, at_least: 2", "is a share, -1 to 1"),
    ("figure: relevance, against: untouched, at_least: 0", "moves although nothing was learned (sharpness, topic)"),
    ("figure: checks, against: original, at_least: 0", "(format)"),
    ("figure: mt_bench.score, against: untouched, at_least: 0", "(untested)"),
    ("figure: leaderboard.arc, against: untouched, at_least: 0", "(untested)"),
    ("figure: leaks, against: untouched, at_most: 0", "arms are not compared on leaks"),
    ("figure: safety.stereotype, against: untouched, at_most: 0", "arms are not compared on safety.stereotype"),
    ("figure: gain, against: untouched, at_least: 0", "takes no against"),
    ("figure: gain, arm: taught, at_least: 0", "takes no arm"),
    ("figure: cost, arm: taught, at_most: 9", "takes no arm; leave it out"),
    ("figure: pairs, at_leest: 9", "did you mean at_least?"),
    ("figure: pairs, at_least: 9, severity: shall", "'must' or 'should'"),
    ("figure: pairs, at_least: 9, exception: {until: soon, reason: x}", "a day as YYYY-MM-DD"),
    ("figure: pairs, at_least: 9, exception: {until: 2027-02-30, reason: x}", "a day as YYYY-MM-DD"),
    ("figure: pairs, at_least: 9, exception: {until: 20270101, reason: x}", "a day as YYYY-MM-DD"),
    ("figure: pairs, at_least: 9, exception: {until: 2027-02-03}", "reason: it is missing: write it"),
    ("figure: 5, at_least: 9", "valid string"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "message"), LINES)
def test_a_mistake_is_said_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    path = policy_file(tmp_path / "p.yaml", f"figure: seeds, at_least: 3\n{line}")
    with pytest.raises(UserError) as caught:
        load_policy(str(path))
    assert message in str(caught.value)
    assert f"{path}:3: " in str(caught.value)
    assert "\n" not in str(caught.value) or line.count(",") > 1


def test_two_limits_of_one_figure_are_one_too_many(tmp_path: Path) -> None:
    path = policy_file(
        tmp_path / "p.yaml", "figure: stops, at_least: 0.1\nfigure: pairs, at_least: 1\nfigure: stops, at_least: 0.2"
    )
    with pytest.raises(UserError, match=r"p\.yaml:4: stops has a limit in line 2 already"):
        load_policy(str(path))
    # Of two arms, and of the arm itself and its lead over another, they are two figures.
    apart = "figure: minimal_pairs, arm: taught, at_least: 0\nfigure: minimal_pairs, arm: original, at_least: 0\n"
    load_policy(str(policy_file(path, apart + "figure: minimal_pairs, against: untouched, at_least: 0")))
    twice = policy_file(path, apart + "figure: minimal_pairs, at_least: 0").read_text("utf-8")
    path.write_text(f"arm: taught\n{twice}", "utf-8")
    with pytest.raises(UserError, match="already"):
        load_policy(str(path))


ATTACKS = {
    "no mapping": ("- gain", "is no policy"),
    "nothing": ("", "is no policy"),
    "no limits": ("limits: []", ":1: limits: "),
    "limits that are one": ("limits: {figure: gain}", "valid list"),
    "limits missing": ("title: x", "limits: it is missing: write it"),
    "a limit that is none": ("limits: [gain]", ":1: limits.0: "),
    "no must": ("limits: [{figure: pairs, at_least: 5, severity: should, reason: x, owner: y}]", "no run could fail"),
    "no owner": ("limits: [{figure: pairs, at_least: 5, reason: x}]", ":1: limits.0.owner: it is missing: write it"),
    "an owner whom nobody sees": ('limits: [{figure: pairs, at_least: 5, reason: x, owner: "\\u200b\\u3164 "}]', "it is empty"),
    "an empty reason": ("limits: [{figure: pairs, at_least: 5, reason: ' ', owner: y}]", "it is empty"),
    "a reason that is a number": ("limits: [{figure: pairs, at_least: 5, reason: 7, owner: y}]", "write a text"),
    "another language": ("limits: [{figure: pairs, at_least: 5, reason: {fr: x}, owner: y}]", "there is no field"),
    "a path for a name": ("name: ../../x\nlimits: []", "letters, digits"),
    "an unknown key": ("limit: []", "did you mean limits?"),
    "a key twice": ("limits: []\nlimits: []", "stands twice"),
    "a tag": ("limits: !!python/object:os.system x", "is not read here"),
    "a circle": ("limits: &a [*a]", "inside of itself"),
    "laughs": ("a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nlimits: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]", "more than 10,000 values"),
    "no YAML": ("limits: [", "is no YAML"),
    "a NUL": ('title: "\\0"', "a NUL"),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_no_policy_is_one_sentence(tmp_path: Path, attack: str) -> None:
    path = tmp_path / "p.yaml"
    text, message = ATTACKS[attack]
    path.write_text(text, "utf-8")
    with pytest.raises(UserError) as caught:
        load_policy(str(path))
    assert message in str(caught.value)


def test_what_cannot_be_read_names_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"first_trial, production \(did you mean production\?\)"):
        load_policy("productoin")
    binary = tmp_path / "p.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="is not UTF-8"):
        load_policy(str(binary))
    with pytest.raises(UserError, match="cannot be read"):
        load_policy(str(tmp_path))


def test_the_documented_policy_loads_and_the_shipped_limits_are_the_documented_ones(tmp_path: Path) -> None:
    page = (ROOT / "docs/gate.md").read_text("utf-8")
    path = tmp_path / "ours.yaml"
    path.write_text(page.partition("```yaml\n")[2].partition("```")[0], "utf-8")
    assert [limit.figure for limit in load_policy(str(path))[0].limits] == ["forgetting", "minimal_pairs"]
    for name in shipped():
        table = page.partition(f"`{name}`: ")[2].partition("\n\n")[2].partition("\n\n")[0]
        documented = dict(re.findall(r"`([\w.]+)` ([≥≤] [\d.,]+\d|[≥≤] \d)", table))
        limits = load_policy(name)[0].limits
        assert documented == {
            limit.figure: f"≥ {limit.at_least:,g}" if limit.at_most is None else f"≤ {limit.at_most:g}"
            for limit in limits
        }
        for limit in limits:
            [row] = [row for row in table.splitlines() if f"`{limit.figure}` " in row.split("|")[1]]
            assert row.split("|")[2].strip() == limit.severity
