"""The model card is export's, in the language that was asked for, with what a card is asked beside it."""

from pathlib import Path

import pytest

pytest.importorskip("peft")

from secondhalf.disclosure.evidence import gather
from secondhalf.disclosure.write import disclosures
from secondhalf.export.markdown import escaped
from secondhalf.report.words import card_words, disclosure_words
from support.disclosed_run import disclosed_run, exported


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_card_of_an_arm_in_its_run(student: Path, tmp_path: Path, language: str) -> None:
    from huggingface_hub import ModelCard

    notice = "Use <b>well</b>\n---\nlicense: mit"
    run = disclosed_run(tmp_path, student=str(student), notices=[notice])
    [card] = disclosures(gather(run, "taught", None, language=language), "model-card")
    data = ModelCard(card.text).data
    assert (data.license, data.library_name, data.pipeline_tag) == ("other", "transformers", "text-generation")
    words = disclosure_words(language)
    assert f"## {words['model_section']}" in card.text
    assert card_words(language)["not_exported"] in card.text
    assert card_words(language)["parity_lead"] not in card.text
    assert {"developers", "licence", "carbon", "figures", "contact"} <= set(card.unknown)
    assert f"- **{words['model_developers']}**{words['colon']}{words['not_known']}" in card.text
    assert escaped(notice) in card.text


def test_the_card_of_an_export_is_that_export_s(tmp_path: Path) -> None:
    folder = exported(tmp_path / "out")
    [card] = disclosures(gather(disclosed_run(tmp_path), "taught", 1, export=folder), "model-card", folder)
    assert card.text.startswith("# card\n\n## What a model card is asked for")
