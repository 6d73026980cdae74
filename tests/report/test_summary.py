"""The first screen in words: five answers, natural in both languages, and nothing that is bad is left to what stands below."""

import re
from html.parser import HTMLParser

import pytest

from secondhalf.analysis.facts import Account, Arm, Facts, FunnelStep, Grouped, InstructionShare, Probe, Within
from secondhalf.analysis.overfitting import limits_of
from secondhalf.analysis.safety import SAFETY, compared_name
from secondhalf.analysis.summary.faults import is_worse
from secondhalf.recipe.report import LimitSettings
from secondhalf.report.page import render
from secondhalf.report.summary import worded_answers
from secondhalf.report.words import label, page_words
from support.report_facts import rich
from support.summary_facts import comparison, of_taught, probe, share

COMPARED = ["constraints", "checks_cut", "ranking", "stops", "repeats", "language_kept"]


class FirstScreen(HTMLParser):
    """The text of the page's first section, without what is folded away."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.folded = "", 0
        self.feed(page[page.index('<section id="verdict"') : page.index("</section>")])

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.folded += tag == "details"

    def handle_endtag(self, tag: str) -> None:
        self.folded -= tag == "details"

    def handle_data(self, data: str) -> None:
        # Figures are tied to their signs by narrow blanks.
        self.text += "" if self.folded else data.replace("\u202f", " ")


def all_bad(language: str = "en", uncovered: bool = False) -> Facts:
    """A run of which everything is bad that can be: figures, errors, limits, groups, judges, rows."""
    arms = [
        Arm(name="untouched", role="untouched", student="s"),
        *(
            Arm(
                name=name,
                role=role,
                student="s",
                seeds=[1] if uncovered else [1, 2, 3],
                pairs=90,
                figures=[
                    share("checks", 0.0, 0.1),
                    share("ifeval.strict", 0.1, 0.3).model_copy(update={"contaminated": 3}),
                ],
                errors=[share("safety.refused_harmful", 0.1, 0.2), share("safety.broken", 0.7, 0.9)],
                probes=[share("stops", 0, 0.1), share("next_turn", 0.6, 0.9), share("echo", 0.8, 0.9)],
            )
            for name, role in (("taught", "taught"), ("original", "control"))
        ),
    ]
    noise = {"noise": uncovered, "uncovered": uncovered}
    rows = {"begin": Within(difference=-0.2, low=-0.3, high=-0.1, p=0.01, prompts=9, noise=False)}
    return of_taught(
        language=language,
        claims="choose",
        arms=arms,
        comparisons=[
            comparison(figure, -0.3, -0.1, arm=arm, moves_with=[] if figure == "minimal_pairs" else ["format"], **noise)
            for figure in ["minimal_pairs", *COMPARED]
            for arm in ("taught", "original")
        ],
        errors=[comparison(compared_name(one), -0.3, -0.1, contaminated=0, **noise) for one in SAFETY],
        overfitting=[
            probe(state, arm, figure)
            for figure in limits_of(LimitSettings())
            for arm, state in (("taught", "over"), ("original", "undecided"))
        ],
        groups=[
            Grouped(figure="constraints", kind="category", arm="taught", against="untouched", differ=0.1, rows=rows),
            Grouped(figure="constraints", kind="language", arm="taught", against="untouched", differ=0.1, rows={"ja": rows["begin"]}),
        ],
        judges=[Account(judge="my judge", items=9, read=0.4, warnings=["same_family", "blind", "unread", "flips"], family="F")],
        instructions=[InstructionShare(data="d", language="en", pairs=9, flagged=1, left=0.1, left_low=0.02, left_high=0.2)],
        funnel=[FunnelStep(stage="audit", rows_in=1009, rows_out=6)],
        unchecked=["answers", "benchmarks", "hidden_instructions", "names", "names_light", "names_presidio", "safety", "repetition", "forgetting"],
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("uncovered", [False, True])
def test_whatever_is_bad_stands_on_the_first_screen(language: str, uncovered: bool) -> None:
    facts = all_bad(language, uncovered)
    words = page_words(facts.language)
    screen = FirstScreen(render(facts)).text
    missing = [
        (c.arm, c.figure)
        for c in (*facts.comparisons, *facts.errors)
        if is_worse(c) and label(words, "figure", c.figure) not in screen
    ]
    assert not missing
    assert not [one for one in facts.overfitting if label(words, "probe", one.figure) not in screen]
    figures = ("checks", "ifeval.strict", "safety.refused_harmful", "safety.broken", "stops", "next_turn", "echo")
    assert not [name for name in figures[1:] if label(words, "figure", name) not in screen]
    for part in (
        "my judge",
        "“original”" if language == "en" else "「original」",
        words["point_chosen_on"],
        words["category_begin"],
    ):
        assert part in screen
    assert words["language_ja"] in screen
    assert "1,003" in screen  # rows unaccounted for
    assert not [name for name in facts.unchecked if words[f"unchecked_{name}"] not in screen]
    for warning in ("same_family", "blind", "unread", "flips"):
        assert words[f"warning_{warning}"].partition("{")[0].strip() in screen
    assert "10.0" in screen  # the share of instruction-like content that is left


def test_a_fault_that_is_not_there_is_not_on_the_screen() -> None:
    """The walk above can fail: without the facts the words are not there."""
    facts = all_bad().model_copy(update={"overfitting": [], "judges": [], "groups": [], "funnel": []})
    screen = FirstScreen(render(facts)).text
    assert label(page_words("en"), "probe", "forgotten_en") not in screen
    assert "my judge" not in screen
    assert "1,003" not in screen


@pytest.mark.parametrize("language", ["en", "ja"])
def test_no_statistics_on_the_first_screen_but_one_click_below(language: str) -> None:
    page = render(rich(language))
    screen = FirstScreen(page).text
    assert not re.search(r"\bp [=<]|p 値|Holm|95 % (interval|信頼区間|区間)", screen)
    folded = page[page.index("<details", page.index('id="verdict"')) : page.index("</details>")]
    assert "120" in folded


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_answer_has_its_mark_and_a_sentence(language: str) -> None:
    for facts in (rich(language), rich(language, 1), all_bad(language), Facts(name="x", language=language)):
        for answer in worded_answers(facts):
            assert answer.outcome
            assert answer.question == "next" or answer.points
            assert not [
                one for one in answer.points if "{" in one.text or "None" in one.text or one.text.count("%") > 40
            ]


def test_english_and_japanese_by_hand() -> None:
    facts = of_taught(comparisons=[comparison("minimal_pairs", 0.01, 0.11)], overfitting=[probe("over")])
    worked, safe = (worded_answers(facts)[index] for index in (0, 1))
    assert (worked.title, worked.outcome) == ("Did it work?", "Yes")
    assert worked.points[0].text == (
        "Better than “untouched” (not trained) on minimal pairs: +6 percentage points (1 to 11)."
    )
    assert safe.points[0].text == "Over the recipe’s limit: forgetting: English prose +0.20 (0.10 to 0.30; limit 0.10)."
    worked, safe = (worded_answers(facts.model_copy(update={"language": "ja"}))[index] for index in (0, 1))
    assert (worked.title, worked.outcome) == ("効果は出たか？", "効果あり")
    assert (
        worked.points[0].text
        == "「最小対」では、「untouched」（学習なし）を上回りました：+6 パーセントポイント（1〜11）。"
    )
    assert safe.points[0].text == "レシピの上限を超えています：忘却：英語の文章 +0.20（0.10〜0.30、上限 0.10）。"


def test_a_probe_of_another_unit_keeps_it() -> None:
    leak = Probe.model_validate(probe("over", figure="leak_reply").model_dump() | {"unit": "share"})
    [point] = [one for one in worded_answers(of_taught(overfitting=[leak]))[1].points if "limit" in one.text]
    assert "passages of the training reply +20 points (10 to 30; limit 10)" in point.text
