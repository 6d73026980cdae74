"""Labels are records: what `str()` writes, `parse()` reads, and nothing else is one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.runs.labels import SHAPES, Label

_NAMES = st.text("aZ09._-", min_size=1, max_size=8)


@st.composite
def labels(draw: st.DrawFn) -> Label:
    stage = draw(st.sampled_from(sorted(SHAPES)))
    fields = {name: draw(_NAMES) for name in SHAPES[stage] if name != "seed"}
    seed = draw(st.none() | st.integers(0, 10**6)) if "seed" in SHAPES[stage] else None
    return Label(stage, seed=seed, **fields)


@given(labels())
def test_what_is_written_is_read(label: Label):
    assert Label.parse(str(label)) == label


def test_labels_are_written_as_they_were():
    assert str(Label("train", arm="taught", seed=1)) == "train:taught:1"
    assert str(Label("evaluate", arm="untouched")) == "evaluate:untouched"
    assert str(Label("contamination", benchmark="ifeval", data="taught")) == "contamination:ifeval:taught"
    assert str(Label("answers", arm="taught", seed=2, benchmark="everyday")) == "answers:everyday:taught:2"
    assert Label.parse("clean:distinct") == Label("deduplicate")
    assert Label.parse("met:ifeval:taught") == Label("contamination", benchmark="ifeval", data="taught")


def test_one_label_leads_to_another():
    label = Label("evaluate", arm="taught", seed=3)
    assert str(replace(label, stage="benchmark", benchmark="ifeval")) == "benchmark:ifeval:taught:3"
    assert (label.subject, label.title) == ("taught 3", "evaluate taught 3")


@pytest.mark.parametrize("text", ["", "train", "nothing:taught", "corpus:x", "train:taught:one", "split:a:b"])
def test_other_texts_are_no_labels(text: str):
    with pytest.raises(ValueError, match=r"label|int\(\)"):
        Label.parse(text)


@pytest.mark.parametrize(
    "fields",
    [{"data": "x"}, {"arm": "x", "benchmark": "y"}, {"stage": "split", "data": "x", "seed": 1}, {"stage": "no"}],
)
def test_a_label_has_the_fields_of_its_stage(fields: dict):
    with pytest.raises(ValueError, match="a label of the stage"):
        Label(**{"stage": "train", **fields})
