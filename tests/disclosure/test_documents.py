"""Every document: what is known is in it, what is not is said and counted, and no text of strangers becomes markup."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from secondhalf.disclosure import proof_page
from secondhalf.disclosure.evidence import Evidence, gather
from secondhalf.disclosure.fields import Disclosure
from secondhalf.disclosure.write import OF_DATA, disclosures, write_disclosures
from secondhalf.errors import UserError
from secondhalf.report.words import disclosure_words
from secondhalf.text.visible import escape_invisible
from secondhalf.train.prefer.settings import PeopleSettings, PreferSettings
from support.disclosed_run import HASH, disclosed_run

HOSTILE = (
    "\"'><img src=x onerror=alert(1)></style></script><script>alert(1)</script>\n---\nlicense: mit\n# heading\n"
    '[a](http://b.example) ![c](d) `e` {{ 7*7 }} {0} %s </title> "}], "@id": "x" \u202egnp\x1b[31m\x00 | b'
)
FORMS = ("page", "croissant", "data-card", "ml-bom", "eu-summary", "ab2013")


def gathered(folder: Path, text: str = "plain", **more: Any) -> Evidence:
    """Of a run whose texts are `text`; `language` as one asks for it."""
    language = more.pop("language", "en")
    return gather(disclosed_run(folder, text, **more), "taught", None, language=language)


def made(evidence: Evidence) -> dict[str, Disclosure]:
    return {form: disclosures(evidence, form)[0] for form in FORMS}


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Disclosure]:
    return made(gathered(tmp_path_factory.mktemp("run")))


@pytest.fixture(scope="module", params=["en", "ja"])
def hostile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Disclosure]:
    corpus = {"path": HOSTILE.replace("\x00", ""), "reader": "text"}
    notices = [HOSTILE.replace("\x00", "")]
    folder = tmp_path_factory.mktemp("hostile")
    return made(gathered(folder, HOSTILE, language=request.param, corpus=corpus, notices=notices))


def test_what_is_not_known_is_counted_by_name(documents: dict[str, Disclosure]) -> None:
    unknown = {form: set(document.unknown) for form, document in documents.items()}
    assert {"property", "licensed", "personal", "aggregate", "collected", "first_used"} == unknown["ab2013"]
    assert {"provider", "representative", "market", "code", "reservations"} <= unknown["eu-summary"]
    assert {"url", "creator", "datePublished", "rai:dataBiases", "rai:dataSocialImpact"} <= unknown["croissant"]
    assert {"metadata.supplier", "component.licenses", "model:base.licenses"} <= unknown["ml-bom"]
    assert {"curators", "funders", "contact"} <= unknown["data-card"]
    for document in documents.values():
        assert len(document.unknown) < len(document.fields)
        assert len({field.name for field in document.fields}) == len(document.fields)


def test_ab2013_has_its_twelve_points(documents: dict[str, Disclosure]) -> None:
    words = disclosure_words("en")
    points = [re.match(r"\((\d+)\)", words[f"ab_{field.name}"]) for field in documents["ab2013"].fields]
    assert [int(point[1]) for point in points if point] == [*range(1, 13)]


def test_a_question_that_the_run_can_answer_is_answered(tmp_path: Path) -> None:
    """CPython's own documentation was read: nothing was crawled, licensed or taken from users. Of a folder nobody knows."""
    wanted = ("crawled", "user_model", "licensed", "private")
    pydoc, other = (
        {
            field.name: field.value
            for field in disclosures(gathered(tmp_path / reader, corpus=corpus), "eu-summary")[0].fields
        }
        for reader, corpus in (("pydoc", {"reader": "pydoc"}), ("text", {"reader": "text", "path": "texts"}))
    )
    assert {pydoc[name] for name in wanted} == {"No"}
    assert {other[name] for name in wanted} == {None}
    assert pydoc["synthetic"] == other["synthetic"] == "Yes"
    assert other["synthetic_models"] == [f"dummy (SHA-256 {HASH})"]
    assert str(pydoc["size"]).startswith("less than 1 billion tokens (900 tokens")


def test_what_people_preferred_is_said_and_no_answer_about_users_is_made_up(tmp_path: Path) -> None:
    """An endpoint's flags are users' prompts: with them "nothing was taken from users" is no longer known."""
    before = gathered(tmp_path, corpus={"reader": "pydoc"})
    assert before.model
    arms = before.run.recipe.arms
    arm = arms[before.model.arm].model_copy(
        update={"prefer": PreferSettings(people=PeopleSettings(path="asked.jsonl"))}
    )
    recipe = before.run.recipe.model_copy(update={"arms": {**arms, before.model.arm: arm}})
    after = replace(before, run=replace(before.run, recipe=recipe))
    fields = {field.name: field.value for field in disclosures(after, "eu-summary")[0].fields}
    assert fields["user_model"] is None
    assert fields["other_sources"] == ["What people preferred: asked.jsonl"]
    [card] = disclosures(after, "data-card")
    assert "trained on what people preferred" in str([field.value for field in card.fields])


@pytest.mark.parametrize(
    ("corpus", "data", "synthetic", "public"),
    [
        ({"reader": "pydoc"}, ["original"], "No", "Yes"),
        ({"reader": "hub", "path": "somebody/texts"}, ["original"], None, None),
        ({"reader": "text", "path": "texts"}, ["taught"], "Yes", None),
        ({"reader": "pydoc"}, ["original", "mine"], None, "Yes"),
    ],
)
def test_that_no_model_wrote_here_is_no_answer(
    tmp_path: Path, corpus: dict[str, str], data: list[str], synthetic: str | None, public: str | None
) -> None:
    """Texts of others may be generated, and a data set on a hub may be closed: only of CPython's documentation it is known."""
    arms = {"taught": {"data": {"taught": None} | dict.fromkeys(data, 1), "compare_to": ["untouched"]}}
    more = {"data": {"mine": {"instructions": {"path": "mine.jsonl"}}}} if "mine" in data else {}
    evidence = gathered(tmp_path / "run", corpus=corpus, arms=arms, **more)
    eu, ab = (
        {one.name: one.value for one in disclosures(evidence, form)[0].fields} for form in ("eu-summary", "ab2013")
    )
    assert (eu["synthetic"], eu["public"]) == (synthetic, public)
    assert (eu["synthetic_modality"] is None, eu["synthetic_models"] is None) == (synthetic is None, synthetic is None)
    answer = ab["synthetic"]
    assert (answer[0] if isinstance(answer, list) else answer) == synthetic


def test_instruction_data_has_writers_that_nobody_knows(tmp_path: Path) -> None:
    data = {"mine": {"instructions": {"path": "mine.jsonl"}}}
    arms = {"taught": {"data": {"taught": None, "original": 1, "mine": 1}, "compare_to": ["untouched"]}}
    evidence = gathered(tmp_path / "run", data=data, arms=arms)
    page, ab = disclosures(evidence, "page")[0], disclosures(evidence, "ab2013")[0]
    assert "writers" in page.unknown
    assert "synthetic" in ab.unknown
    assert "Who wrote the instruction data" in ab.text


def test_bill_of_materials(documents: dict[str, Disclosure]) -> None:
    bom = json.loads(documents["ml-bom"].text)
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.7")
    model = bom["metadata"]["component"]
    assert (model["type"], model["name"]) == ("machine-learning-model", "made-taught-1")
    refs = {one["bom-ref"]: one for one in bom["components"]}
    assert set(bom["dependencies"][0]["dependsOn"]) == set(refs)
    assert refs["model:base"]["hashes"] == [{"alg": "SHA-256", "content": HASH}]
    assert refs["package:torch"]["purl"] == "pkg:pypi/torch@2.13.0%2Bcpu"
    assert [row["value"] for row in bom["metadata"]["properties"]] == documents["ml-bom"].unknown
    assert len(model["components"][0]["hashes"][0]["content"]) == 64


def test_croissant_says_what_it_lacks(documents: dict[str, Disclosure]) -> None:
    card = json.loads(documents["croissant"].text)
    assert card["sc:additionalProperty"][0]["value"] == documents["croissant"].unknown
    assert card["rai:dataBiases"] == "not known"
    assert "datePublished" not in card
    assert [field["name"] for field in card["recordSet"][0]["field"]][:3] == ["id", "document", "rule"]


def test_cards_as_the_hub_reads_them(documents: dict[str, Disclosure]) -> None:
    hub = pytest.importorskip("huggingface_hub")
    data = hub.DatasetCard(documents["data-card"].text).data
    assert isinstance(data, hub.DatasetCardData)
    assert (data.license, data.language, data.size_categories) == ("other", ["en"], ["n<1K"])
    assert data.pretty_name == "made-taught-pairs"


@pytest.mark.parametrize(("licence", "expected"), [("Apache-2.0", "apache-2.0"), ("", "unknown"), ("PSF", "other")])
def test_a_licence_is_the_hub_s_only_where_the_texts_have_it(tmp_path: Path, licence: str, expected: str) -> None:
    evidence = gathered(tmp_path)
    for data in evidence.data:
        data.licences.clear()
        data.licences[licence] = data.pairs
    assert f'license: "{expected}"' in disclosures(evidence, "data-card")[0].text
    assert ("license" in disclosures(evidence, "croissant")[0].unknown) == (not licence)


def test_json_of_hostile_texts(hostile: dict[str, Disclosure]) -> None:
    for form in ("croissant", "ml-bom"):
        text = hostile[form].text
        assert not set("<>&\u202e\x1b\x00") & set(text)
        assert "<script>alert(1)</script>" in json.dumps(json.loads(text))
    card = json.loads(hostile["croissant"].text)
    assert {one["@id"] for one in card["recordSet"]} == {"taught"}


def test_markdown_of_hostile_texts(hostile: dict[str, Disclosure]) -> None:
    for form in ("data-card", "eu-summary", "ab2013"):
        body = re.sub(r"\A---\n.*?\n---\n", "", hostile[form].text, flags=re.DOTALL)
        tokens = MarkdownIt("commonmark", {"html": True, "linkify": False}).parse(body)
        kinds = {one.type for token in tokens for one in [token, *(token.children or [])]}
        assert kinds <= {
            "heading_open", "heading_close", "inline", "text", "paragraph_open", "paragraph_close", "bullet_list_open",
            "bullet_list_close", "list_item_open", "list_item_close", "strong_open", "strong_close", "text_special",
        }, form  # fmt: skip
        assert "<script>alert(1)</script>" in "".join(
            child.content for token in tokens for child in token.children or []
        )


def test_the_header_of_a_card_has_our_fields_alone(hostile: dict[str, Disclosure]) -> None:
    hub = pytest.importorskip("huggingface_hub")
    data = hub.DatasetCard(hostile["data-card"].text).data.to_dict()
    assert set(data) == {
        "pretty_name", "license", "language", "language_creators", "annotations_creators", "multilinguality",
        "size_categories", "task_categories", "tags",
    }  # fmt: skip
    assert data["license"] == "other"


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))
        self.open += [tag] if tag != "meta" else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_page_of_hostile_texts(hostile: dict[str, Disclosure]) -> None:
    page = _Page(hostile["page"].text)
    assert not page.open
    assert not {"script", "img", "iframe", "link", "form", "object"} & {tag for tag, _ in page.tags}
    names = {name for _, attrs in page.tags for name, _ in attrs}
    assert not [name for name in names if name.startswith("on")]
    assert all(value and value.startswith("#") for _, attrs in page.tags for name, value in attrs if name == "href")
    assert "default-src 'none'" in hostile["page"].text
    shown = "".join(page.texts)
    assert escape_invisible(HOSTILE)[:80] in shown
    assert "⟨U+202E⟩gnp⟨U+001B⟩[31m" in shown
    assert "\u202e" not in hostile["page"].text


def test_the_page_says_what_was_used_refused_and_found(documents: dict[str, Disclosure]) -> None:
    text = " ".join("".join(_Page(documents["page"].text).texts).split())
    words = disclosure_words("en")
    for name in (*proof_page.PROVES, *(f"not_{name}" for name in proof_page.PROVES_NOT)):
        assert words[f"proof_{name}" if name.startswith("not_") else f"proof_proves_{name}"] in text
    assert "2 pairs are left of 4 documents" in text
    assert HASH in text
    assert "reply plain" in text  # an example of what was refused
    assert [words[f"proof_{name}"] in text for name in documents["page"].unknown] == [True] * len(
        documents["page"].unknown
    )


def test_documents_of_a_model_need_one(tmp_path: Path) -> None:
    evidence = gather(disclosed_run(tmp_path, student=None), None, None)
    for form in ("ml-bom", "model-card", "eu-summary", "ab2013"):
        with pytest.raises(UserError, match="trains no model"):
            disclosures(evidence, form)
    assert len(disclosures(evidence, "all")) == len(OF_DATA)


def test_a_document_that_somebody_completed_is_not_written_over(tmp_path: Path) -> None:
    made_here = disclosures(gathered(tmp_path), "ab2013")
    [path] = write_disclosures(made_here, tmp_path / "out")
    assert write_disclosures(made_here, tmp_path / "out") == [path]
    path.write_text(path.read_text("utf-8").replace("not known", "Example Ltd."), "utf-8")
    with pytest.raises(UserError, match=r"ab2013\.md is not as `secondhalf document` wrote it: move it away"):
        write_disclosures(made_here, tmp_path / "out")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "ab2013.md").write_text("mine", "utf-8")
    with pytest.raises(UserError, match="move it away"):
        write_disclosures(made_here, tmp_path / "other")
    assert (tmp_path / "other" / "ab2013.md").read_text("utf-8") == "mine"
