"""Nearness to a reference, held to sacreBLEU 2.6.0's chrF2 (`CHRF().sentence_score(answer, [reference]).score / 100`)."""

import pytest

from secondhalf.evaluate.own.overlap import chrf, exact


@pytest.mark.parametrize(
    ("answer", "reference", "theirs"),
    [
        ("The cat sat on the mat.", "The cat is on the mat.", 0.6717273492330232),
        ("水は百度で沸騰します。", "水は100度で沸騰する。", 0.22767886295164094),
        ("Paris", "The capital of France is Paris.", 0.1479202037194902),
        ("Guten Morgen, liebe Leute", "Guten Tag, liebe Freunde", 0.3620661825374744),
        ("abc", "xyz", 0.0),
        ("short", "short", 1.0),
    ],
)
def test_as_sacrebleu(answer: str, reference: str, theirs: float) -> None:
    assert chrf(answer, reference) == pytest.approx(theirs, abs=1e-9)


def test_an_empty_answer_is_no_answer() -> None:
    assert chrf("", "Paris") == exact("", "Paris") == 0


@pytest.mark.parametrize(("answer", "reference"), [(" paris. ", "Paris"), ("ＡＢＣ", "abc"), ("「東京」。", "東京")])
def test_exactly_the_reference(answer: str, reference: str) -> None:
    assert exact(answer, reference) == 1
    assert exact(answer + " x", reference) == 0
