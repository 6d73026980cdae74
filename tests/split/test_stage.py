"""Documents in, pairs and rejects out: nothing lost, nothing out of order."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.rows import Document, Pair, Verdict, digest, schema, to_table
from secondhalf.split.settings import SplitSettings
from secondhalf.split.stage import RULES, settings_digest, split_documents


def table(texts: list[str]) -> pa.Table:
    documents = [Document(digest(str(i), text), text, "test", language="en") for i, text in enumerate(texts)]
    return to_table(Document, sorted(documents, key=lambda document: document.id))


@given(
    st.lists(
        st.text(st.one_of(st.sampled_from("ab .\n。か"), st.characters(exclude_categories=["Cs"])), max_size=40),
        max_size=6,
    ),
    st.sampled_from(sorted(RULES)),
)
def test_in_is_out_and_rejected_and_every_text_comes_back(texts: list[str], rule: str) -> None:
    documents = table(texts)
    settings = SplitSettings.model_validate({"rule": rule, "min_prompt_words": 2, "min_original_words": 2})
    pairs, rejects, verdicts = split_documents(documents, settings)
    assert pairs.schema == schema(Pair)
    assert rejects.schema.names == [*schema(Document).names, "check", "reason"]
    assert verdicts.schema == schema(Verdict)
    assert verdicts.column("id").to_pylist() == documents.column("id").to_pylist()

    by_id = {row["id"]: row["text"] for row in documents.to_pylist()}
    out = {row["document"]: row["prompt"] + row["original"] for row in pairs.to_pylist()}
    refused = {row["id"]: row["text"] for row in rejects.to_pylist()}
    assert out | refused == by_id
    assert len(out) + len(refused) == len(by_id)
    for column in (pairs.column("id"), rejects.column("id")):
        assert column.to_pylist() == sorted(column.to_pylist())
    spans = {row["id"]: row["end"] for row in verdicts.to_pylist() if row["passed"]}
    assert spans == {row["document"]: len(row["prompt"]) for row in pairs.to_pylist()}


def test_a_pair_and_a_reject() -> None:
    documents = table(["one two three four five six seven eight nine ten", "too short"])
    pairs, rejects, verdicts = split_documents(documents, SplitSettings())
    (pair,) = pairs.to_pylist()
    assert pair["prompt"] == "one two three four five"
    assert pair["original"] == " six seven eight nine ten"
    assert (pair["rule"], pair["language"], pair["response"]) == ("words", "en", "")
    assert pair["id"] == f"{pair['document']}-{settings_digest(SplitSettings())}"
    (reject,) = rejects.to_pylist()
    assert (reject["text"], reject["check"], reject["reason"]) == ("too short", "split", "prompt too short")
    assert sorted(verdicts.column("passed").to_pylist()) == [False, True]


def test_other_settings_give_other_ids() -> None:
    assert settings_digest(SplitSettings()) == settings_digest(SplitSettings(rule="words", ratio=0.5))
    assert settings_digest(SplitSettings()) != settings_digest(SplitSettings(ratio=0.4))
    assert len(settings_digest(SplitSettings())) == 6
