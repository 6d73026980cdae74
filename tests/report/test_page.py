"""The page: well-formed, self-contained, safe with hostile texts, whole in both languages and with parts missing."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from secondhalf.analysis.facts import Arm, Cost, Curve, Facts, Figure, FunnelStep, Point, Reason
from secondhalf.report.page import render, write
from support.report_facts import rich

VOID = {"meta", "br", "hr", "img", "input", "link"}
HOSTILE = (
    "\"'><img src=x onerror=alert(1)></svg></style></title><script>alert(1)</script>"
    "{{ 7*7 }}%s{0}\u202egnp\u2066\x07\x1b[31m"
)
SHOWN = "<script>alert(1)</script>{{ 7*7 }}%s{0}⟨U+202E⟩gnp⟨U+2066⟩⟨U+0007⟩⟨U+001B⟩[31m"


class Page(HTMLParser):
    """Reads a page and notes what a browser would see; `broken` names the first tag that does not balance."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.broken = ""
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        self.broken = self.broken or ", ".join(self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self.texts += [value for _, value in attrs if value]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.broken = self.broken or tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every string of a dumped Facts; a key of a dictionary of texts is told by `=` and its name."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inside in items:
        yield from leaves(inside, (*path, key))
    # Names that the page's own words stand for hold no text of a run.
    if isinstance(value, str) and not {"language", "role", "unit", "kind", "unchecked", "warnings"} & set(path):
        yield path


def put(value: Any, path: tuple[Any, ...], text: str) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = text


def patterns() -> list[tuple[Any, ...]]:
    """One path for every field that holds a string, list indices aside."""
    seen: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for path in leaves(rich().model_dump()):
        seen.setdefault(tuple("*" if isinstance(key, int) else key for key in path), path)
    return list(seen.values())


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("seeds", [1, 3])
def test_well_formed_and_self_contained(language: str, seeds: int) -> None:
    text = render(rich(language, seeds))
    page = Page(text)
    assert not page.broken
    assert page.tags[0] == ("html", {"lang": language})
    policy = next(a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert not {t for t, _ in page.tags} & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    assert all(a["href"].startswith("#") for _, a in page.tags if "href" in a)
    assert not [name for _, a in page.tags for name in a if name in {"src", "style"} or name.startswith("on")]
    assert not re.search(r"url\(|@import|expression\(", text)
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for _, a in page.tags if "href" in a} == set(ids)


@pytest.mark.parametrize("path", patterns(), ids=lambda path: ".".join(map(str, path)))
def test_every_text_is_shown_and_none_is_obeyed(path: tuple[Any, ...]) -> None:
    facts = rich().model_dump()
    plain = {tag for tag, _ in Page(render(rich())).tags} | {"pre", "p"}
    put(facts, path, HOSTILE)
    text = render(Facts.model_validate(facts))
    page = Page(text)
    assert not page.broken
    assert {tag for tag, _ in page.tags} <= plain
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on") or name == "src"]
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", text)
    assert path == ("primary",) or any(SHOWN in shown for shown in page.texts)


def test_hostile_everywhere_at_once() -> None:
    facts = rich().model_dump()
    for path in leaves(facts):
        put(facts, path, f"{HOSTILE}{'.'.join(map(str, path))}")
    for sample in facts["answers"]:
        sample["answers"] = {HOSTILE + arm: text for arm, text in sample["answers"].items()}
    page = Page(render(Facts.model_validate(facts)))
    assert not page.broken
    assert "script" not in {tag for tag, _ in page.tags}


def test_lone_surrogates_do_not_stop_the_page(tmp_path: Path) -> None:
    facts = Facts(name="x", note="a\ud800b")
    page = write(facts, tmp_path)
    assert "a\\ud800b" in page.read_text("utf-8")


def test_write_is_whole_and_repeated_as_json(tmp_path: Path) -> None:
    facts = rich("ja")
    page = write(facts, tmp_path / "report")
    assert page == tmp_path / "report" / "index.html"
    first = page.read_bytes()
    assert write(facts, tmp_path / "report").read_bytes() == first
    assert sorted(p.name for p in page.parent.iterdir()) == ["checksums.txt", "facts.json", "index.html"]
    assert Facts.model_validate(json.loads((page.parent / "facts.json").read_text("utf-8"))) == facts


def test_order_of_the_page() -> None:
    ids = [a["id"] for t, a in Page(render(rich())).tags if t == "section"]
    parts = "verdict arms differences errors groups judges people funnel losses answers probes costs unchecked notices provenance"
    assert ids == parts.split()


@pytest.mark.parametrize(("primary", "first"), [("margin", "Margin"), ("checks", "Checks"), ("ranking", "Ranking")])
def test_the_primary_figure_comes_first(primary: str, first: str) -> None:
    text = render(rich().model_copy(update={"primary": primary}))
    heads = re.findall(r'<h3>([^<]*) ?(<span class="tag">primary</span>)?</h3>', text.partition('id="differences"')[2])
    assert heads[0][0].startswith(first)
    assert [bool(tag) for _, tag in heads[:3]] == [True, False, False]
    columns = re.findall(r'<th scope="col" class="number">([^<]*)', text.partition('id="arms"')[2])
    assert columns[0].startswith(first)


def test_the_least_that_facts_can_hold() -> None:
    page = Page(render(Facts(name="empty")))
    assert not page.broken
    assert [a["id"] for t, a in page.tags if t == "section"] == ["verdict", "arms", "unchecked"]
    assert any("makes no claim" in shown for shown in page.texts)


ONE = Figure(name="margin", unit="nats", mean=0.2, low=0.2, high=0.2, prompts=2)
MISSING = {
    "one arm": {"arms": [Arm(name="a", student="s", figures=[ONE])], "primary": "margin"},
    "an arm without figures": {"arms": [Arm(name="a", student="s", figures=[ONE]), Arm(name="b", student="s")]},
    "an empty step": {"funnel": [FunnelStep(stage="clean", rows_in=0, rows_out=0)]},
    "a curve without points": {"losses": [Curve(arm="a", seed=1)]},
    "a curve of one point": {"losses": [Curve(arm="a", seed=1, points=[Point(step=0, loss=1.0)])]},
    "held-out only": {"losses": [Curve(arm="a", seed=1, points=[Point(step=9, held_out=1.0)])]},
    "costs without money": {"costs": [Cost(stage="train", seconds=1)]},
    "a price without costs": {"cost_per_pair": 0.0},
    "the person's price alone": {"human_cost_per_pair": 5.0},
}


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("parts", MISSING.values(), ids=MISSING)
def test_missing_parts(parts: dict[str, Any], language: str) -> None:
    text = render(Facts(name="x", language=language, **parts))
    assert not Page(text).broken
    assert "None" not in text
    assert "nan" not in re.findall(r'[xydr][12]?="([^"]*)"', text)


def test_numbers_of_the_plots_are_finite() -> None:
    facts = rich()
    odd = [
        c.model_copy(update={"low": -1e15, "high": 1e15, "difference": 1e-12, "noise": True}) for c in facts.comparisons
    ]
    for shown in (facts, facts.model_copy(update={"comparisons": odd})):
        marks = [a for t, a in Page(render(shown)).tags if t in {"line", "circle", "rect", "path", "text", "svg"}]
        values = [
            v
            for a in marks
            for k, v in a.items()
            if k in {"x", "y", "x1", "x2", "y1", "y2", "r", "d", "width", "height"}
        ]
        assert len(values) > 100
        assert not [v for v in values if re.search(r"nan|inf|e[+-]?\d", v)]
        inside = [float(v[:-1]) for v in values if v.endswith("%")]
        assert all(0 <= v <= 100 for v in inside)


def test_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        Figure(name="x", mean=float("nan"), low=0, high=0, prompts=2)


def test_rows_that_got_lost_are_counted() -> None:
    lost = FunnelStep(stage="audit", unit="pairs", rows_in=10, rows_out=7, rejects=[])
    assert "Unaccounted for: 3" in render(Facts(name="x", funnel=[lost]))
    assert "Unaccounted" not in render(rich())


def test_choosing_prompts_carry_a_warning() -> None:
    assert "no claim can rest" in render(rich().model_copy(update={"claims": "choose"}))
    assert "no claim can rest" not in render(rich())


def test_a_sum_with_unknown_parts_is_a_lower_bound() -> None:
    text = render(rich())
    assert "≥ 0.68\u202fUSD" in text


def test_long_answers_are_kept_whole() -> None:
    facts = rich()
    long = "".join(f"{i:04d}" for i in range(1000))
    sample = facts.answers[0].model_copy(update={"answers": {"taught": long}})
    text = "".join(Page(render(facts.model_copy(update={"answers": [sample]}))).texts)
    assert long[:280] in text
    assert long[280:] in text


def test_reasons_are_given_in_the_page_s_language() -> None:
    reasons = [
        Reason(check="near_duplicate", reason="near-duplicate", count=2),
        Reason(check="mine", reason="my <own>", count=1),
    ]
    funnel = [FunnelStep(stage="clean", rows_in=5, rows_out=2, rejects=reasons)]
    page = render(Facts(name="x", language="ja", funnel=funnel))
    assert "他の文書とほぼ同一" in page
    assert "my &lt;own&gt;" in page
    assert "near-duplicate" in render(Facts(name="x", funnel=funnel))
