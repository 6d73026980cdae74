"""Both languages say the same things, with the same places to fill, and nothing that no page or card says."""

import inspect
import re
from pathlib import Path
from typing import get_args

import pytest
from ruamel.yaml import YAML

from secondhalf.analysis import groups, provenance
from secondhalf.analysis.facts import JudgeWarning, Role, Unchecked, Unit
from secondhalf.analysis.figures import FIGURES
from secondhalf.analysis.overfitting import State, limits_of
from secondhalf.analysis.safety import SAFETY, compared_name
from secondhalf.analysis.summary.points import Mark, Name, Question
from secondhalf.clean import mix
from secondhalf.clean.lists import word_lists
from secondhalf.commands import show
from secondhalf.evaluate.benchmarks import BENCHMARKS
from secondhalf.evaluate.everyday.checks.kinds import KINDS
from secondhalf.evaluate.everyday.probes import probe
from secondhalf.evaluate.everyday.stage import SHARPNESS
from secondhalf.evaluate.invariance import Nuisance
from secondhalf.evaluate.minimal_pairs.build import load_minimal_pairs
from secondhalf.evaluate.settings import EvaluateSettings
from secondhalf.export import card
from secondhalf.recipe.report import LimitSettings
from secondhalf.report import page, screen, summary, text, verdict, view, words
from secondhalf.report.page import render
from secondhalf.report.words import card_words, fill, headed, label, page_words
from secondhalf.runs.labels import SHAPES
from support.recorded import checks
from support.report_facts import rich

FILES = {
    language: YAML(typ="safe", pure=True).load(Path(words.__file__).parent / f"words/{language}.yaml")
    for language in get_args(words.Language)
}
KEYS = [(section, key) for section, entries in FILES["en"].items() for key in entries]
EN = FILES["en"]["page"]
# What a phrase leaves out on purpose: Japanese puts nothing between two sentences, and a count has no unit.
EMPTY = {("ja", "between")} | {
    (language, key) for language in FILES for key in ("difference_count", "brief_count", "brief_nats")
}

MEASURED = {
    *FIGURES,
    *probe("", "", "stop", "en"),
    *SHARPNESS,
    *(f"{benchmark}.{figure}" for benchmark, row in BENCHMARKS.items() for figure in (one.name for one in row.figures)),
    *SAFETY,
}
CHECKS, PAIRS = set(KINDS), {pair.kind for pair in load_minimal_pairs()}
PROBED = set(limits_of(LimitSettings()))
LISTED = {name.rpartition(" ")[0] for names in ("topics", "groups") for name in word_lists(names)}
# Words that stand for names: KIND_NAME for every name of the kind.
NAMED = {
    "figure": MEASURED
    | {"people_prefer"}
    | {compared_name(figure) for figure in SAFETY if compared_name(figure) != figure},
    "means": MEASURED | PROBED,
    "probe": PROBED,
    "check": checks(),
    "stage": set(SHAPES),
    "mix": {*mix.KINDS, *LISTED},
    "entry": set(re.findall(r'^ +"([^"]+)": ', inspect.getsource(provenance.provenance), re.MULTILINE)),
    "role": set(get_args(Role)),
    "difference": set(get_args(Unit)),
    "unchecked": set(get_args(Unchecked)),
    "warning": set(get_args(JudgeWarning)),
    "state": set(get_args(State)),
    "outcome": set(get_args(verdict.Outcome)),
    "nuisance": set(get_args(Nuisance)),
    "by": set(get_args(groups.Kind)),
    "group": set(get_args(groups.Kind)),
    "question": set(get_args(Question)),
    "mark": {f"{question}_{mark}" for question in get_args(Question) for mark in get_args(Mark)} - {"unchecked_yes"},
    "point": set(get_args(Name)),
    "item": {"figure", "met", "comparison", "probe", "group"},
    "brief": set(get_args(Unit)),
    # The heads of the terminal's tables.
    "text": {
        "figure",
        "probe",
        "trained",
        "held_out",
        "untouched",
        "worse_by",
        "limit",
        "state",
        "asked",
        "calls",
        "from_journal",
        "read",
        "written",
        "from_store",
        "in",
        "out",
        "rejected",
        "seconds",
        "stage",
        "why_rejected",
        "met",
    },
    # The kinds of checks and of minimal pairs, the guards, and the categories of MT-Bench.
    "category": {*CHECKS, *PAIRS, "empty", "echo", "loop"}
    | {"writing", "roleplay", "reasoning", "math", "coding", "extraction", "stem", "humanities"},
    "language": {"en", "ja"},
    "claims": set(get_args(EvaluateSettings.model_fields["part"].annotation)),
}


def in_full() -> set[str]:
    """The page's keys that its templates and modules name in full, or with `_lead` and `_out` behind a name."""
    templates = "\n".join(path.read_text("utf-8") for path in Path(page.__file__).parent.glob("*.jinja"))
    headings = set(re.findall(r'section\("(\w+)"', templates)) | {"verdict"}
    without = set(re.findall(r'section\("(\w+)", lead=false', templates)) | {"verdict"}
    states = set(re.findall(r'"(\w+)"', re.findall(r"set state = (.*) %}", templates)[0]))
    modules = "\n".join(inspect.getsource(module) for module in (text, screen, verdict, view, summary, card))
    return (
        set(re.findall(r"\bw\.(\w+)", templates))
        | {key for inside in re.findall(r"\bw\[([^]]+)\]", templates) for key in re.findall(r'(?<!~ )"(\w+)"(?! ~)', inside)}
        | headings | {f"{name}_lead" for name in headings - without}
        | states | {"documents_out", "pairs_out"}
        | in_brackets(modules) & set(EN)
    )  # fmt: skip


def in_brackets(source: str) -> set[str]:
    """The keys that a module takes from its words."""
    return {
        key
        for inside in re.findall(r"\bwords\[([^]]+)\]", source)
        for key in re.findall(r"(?<!f)(?<!== )[\"'](\w+)[\"']", inside)
    }


def test_same_keys_in_the_same_order() -> None:
    keys = [[(section, key) for section, entries in file.items() for key in entries] for file in FILES.values()]
    assert keys[0] == keys[1]


@pytest.mark.parametrize(("section", "key"), KEYS)
def test_every_text_is_one_with_the_same_places(section: str, key: str) -> None:
    texts = {language: file[section][key] for language, file in FILES.items()}
    assert all(isinstance(phrase, str) for phrase in texts.values())
    assert [(language, key) for language, phrase in texts.items() if not phrase and (language, key) not in EMPTY] == []
    places = [set(re.findall(r"{(\w+)}", form)) for phrase in texts.values() for form in phrase.split("|")]
    if section == "card":  # its tables are written with bars
        places = [set(re.findall(r"{(\w+)}", phrase)) for phrase in texts.values()]
    assert all(one == places[0] for one in places)
    assert not [phrase for phrase in texts.values() if re.search(r"[{}]", re.sub(r"{\w+}", "", phrase))]


@pytest.mark.parametrize("kind", NAMED)
def test_a_word_for_every_name_and_a_name_for_every_word(kind: str) -> None:
    own = {key.removeprefix(f"{kind}_") for key in EN if key.startswith(f"{kind}_")}
    assert NAMED[kind] <= own
    assert {f"{kind}_{name}" for name in own - NAMED[kind]} <= in_full()


def test_every_other_key_is_used_and_every_key_used_is_there() -> None:
    named = {f"{kind}_{name}" for kind, names in NAMED.items() for name in names}
    assert set(EN) - named == in_full() - named
    assert in_full() <= set(EN)


def test_the_terminal_uses_all_its_words_and_no_other() -> None:
    source = inspect.getsource(text) + inspect.getsource(show)
    used = set(re.findall(r"text_(\w+)['\"]\]", source)) | {
        name
        for group in re.findall(r"f\"text_{name}\"\] for name in \(([^)]*)\)", source)
        for name in re.findall(r'"(\w+)"', group)
    }
    assert used | {"met"} == NAMED["text"]


def test_the_card_uses_all_its_keys_and_no_other() -> None:
    source = inspect.getsource(card)
    forms = {"adapter", "merged", "gguf", "ollama"}
    assert set(FILES["en"]["card"]) == in_brackets(source) | forms
    assert forms <= set(re.findall(r'"(\w+)"', source))


def test_no_key_hides_behind_a_method() -> None:
    assert not [key for key in EN if hasattr(dict, key)]


def test_japanese_speaks_in_one_style_and_one_term_for_one_thing() -> None:
    phrases = {
        key: phrase
        for section in ("page", "search", "card", "published")
        for key, phrase in FILES["ja"][section].items()
    }
    sentences = [
        (key, sentence)
        for key, phrase in phrases.items()
        for sentence in re.sub(r"（[^（）]*）", "", phrase).split("。")
        if "。" in phrase and sentence
    ]
    # A sentence ends in です or ます, or in a noun: never in a plain verb, an adjective or である.
    polite = r"(ます|です|ません|ました|でした|ください|か|[^ぁ-ん])$"
    assert not [one for one in sentences if not re.search(polite, one[1])]
    words = ["監査", "漏えい", "アーム", "利用者の", "ナット", "自ら終える", "上限以内", "保留ペア"]
    assert not [(key, word) for key, phrase in phrases.items() for word in words if word in phrase]


def test_japanese_is_japanese() -> None:
    latin = {"entry_python", "check_magpie", "ollama"}
    texts = {key: phrase for section in FILES["ja"].values() for key, phrase in section.items() if phrase}
    assert {key for key, phrase in texts.items() if re.fullmatch(r"[\x00-\x7f]+", phrase)} <= latin
    assert all(re.search("[ぁ-んァ-ヶ一-龠]", phrase) for phrase in FILES["ja"]["reasons"].values())


def test_the_page_and_the_card_read_these_files() -> None:
    for language, file in FILES.items():
        assert page_words(language) == file["page"]
        assert card_words(language) == file["card"]


def test_fill_and_labels() -> None:
    assert fill("{n} pair|{n} pairs", n="1") == "1 pair"
    assert fill("{n} pair|{n} pairs", n="1,000") == "1,000 pairs"
    assert fill("{n} ペア", n=3) == "3 ペア"
    assert fill("{name}", name="{0} {x}") == "{0} {x}"
    assert label(EN, "figure", "margin") == "margin of the right response"
    assert headed(EN, "figure", "margin") == "Margin of the right response"
    assert headed(EN, "figure", "my_own") == "my_own"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["both of the Mistral family", "only 97\u202f% of its judgments", "Standard benchmarks other than"]),
        ("ja", ["どちらも Mistral 系列", "判定のうち 97\u202f% しか", "ここに示した以外の標準ベンチマーク"]),
    ],
)
def test_warnings_and_what_was_not_checked_are_said_by_the_page(language: str, expected: list[str]) -> None:
    assert [phrase for phrase in expected if phrase not in render(rich(language))] == []
