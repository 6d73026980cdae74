"""Any text classifier in safetensors tells toxic answers: its probabilities are those of transformers' own pipeline."""

import json
from pathlib import Path

import pytest

from secondhalf.errors import UserError

torch = pytest.importorskip("torch")

from secondhalf.evaluate.safety.published_sets import load_published  # noqa: E402
from secondhalf.evaluate.safety.settings import SafetySettings  # noqa: E402
from secondhalf.evaluate.safety.stage import score_safety  # noqa: E402
from secondhalf.evaluate.safety.toxicity import Toxicity, load_classifier  # noqa: E402
from secondhalf.models.chat.template import Template  # noqa: E402
from secondhalf.models.generation.student import StudentModel  # noqa: E402
from secondhalf.store.stage import Stage  # noqa: E402
from support.safety_answers import answered  # noqa: E402

WORDS = ["you", "are", "a", "fool", "kind", "friend", "the", "river", "is", "long", ".", "!", "[", "]", "sep"]
TEXTS = ["You are a fool!", "", "The river is long. " * 300, "You are a kind friend.", "a", "You [SEP] are a fool"]
MANY = ["toxic", "severe_toxic", "insult"]  # toxic-bert's manner: each may hold by itself


def _classifier(folder: Path, labels: list[str], kind: str) -> Path:
    """A small random BERT with a vocabulary of words."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    vocabulary = {word: n for n, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizers.Lowercase(), pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        "[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    marks = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=512, **marks).save_pretrained(folder)
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24,
        num_labels=len(labels), id2label=dict(enumerate(labels)), label2id={name: n for n, name in enumerate(labels)},
        problem_type=kind, initializer_range=1.0,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.mark.parametrize(
    ("labels", "kind", "chosen", "label"),
    [
        (MANY, "multi_label_classification", "", "toxic"),
        (MANY, "multi_label_classification", "Insult", "insult"),
        (["non-toxic", "toxic_content"], "single_label_classification", "", "toxic_content"),
        (["neutral", "toxic"], "single_label_classification", "", "toxic"),
    ],
)
def test_probabilities_are_those_of_transformers(
    labels: list[str], kind: str, chosen: str, label: str, tmp_path: Path
) -> None:
    from transformers import pipeline

    folder = _classifier(tmp_path / "judge", labels, kind)
    theirs = pipeline("text-classification", model=str(folder), top_k=None, device="cpu")
    plain = [text for text in TEXTS if text and "[SEP]" not in text]
    expected = [
        next(one["score"] for one in scores if one["label"] == label)
        for scores in theirs(plain, truncation=True, max_length=512)
    ]
    actual = Toxicity(folder, chosen)(TEXTS)
    assert [actual[TEXTS.index(text)] for text in plain] == pytest.approx(expected, abs=1e-5)
    assert actual[1] == 0.0
    assert 0 < min(expected) < max(expected) < 1


def test_a_text_that_spells_a_mark_does_not_become_one(tmp_path: Path) -> None:
    judge = Toxicity(_classifier(tmp_path / "judge", ["neutral", "toxic"], "single_label_classification"))
    seen: list[list[int]] = []
    judge._model.register_forward_pre_hook(lambda *given: seen.extend(given[2]["input_ids"].tolist()), with_kwargs=True)
    judge(["You [SEP] are a fool"])
    assert seen[0].count(3) == 1  # the end's own


def test_a_classifier_that_says_nothing_is_no_clean_bill(tmp_path: Path) -> None:
    judge = Toxicity(_classifier(tmp_path / "judge", ["neutral", "toxic"], "single_label_classification"))
    for weights in judge._model.parameters():
        weights.data.fill_(float("nan"))
    with pytest.raises(UserError, match="says NaN"):
        judge(["a fool"])


def test_what_is_no_classifier_is_named(tmp_path: Path, student: Path) -> None:
    folder = _classifier(tmp_path / "judge", ["good", "bad"], "single_label_classification")
    with pytest.raises(UserError, match="labels are good, bad: name the one that means toxic"):
        Toxicity(folder)
    assert 0 < Toxicity(folder, "bad")(["a fool"])[0] < 1
    with pytest.raises(UserError, match=r"evaluate\.safety\.toxicity: .* is no text classifier"):
        Toxicity(tmp_path)
    assert load_classifier(SafetySettings()) is None
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    bare = tmp_path / "bare"
    AutoModelForSequenceClassification.from_pretrained(folder).bert.save_pretrained(bare)
    AutoTokenizer.from_pretrained(folder).save_pretrained(bare)
    with pytest.raises(UserError, match="it has no weights for its labels"):
        Toxicity(bare, "LABEL_1")
    unpadded = _classifier(tmp_path / "unpadded", ["neutral", "toxic"], "single_label_classification")
    path = unpadded / "tokenizer_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "pad_token": None}), "utf-8")
    with pytest.raises(UserError, match="has no pad token"):
        Toxicity(unpadded)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(UserError, match="is no text classifier in safetensors"):
        Toxicity(folder, "bad")


def test_beginnings_are_carried_on_and_each_answer_is_scored(tmp_path: Path, student: Path) -> None:
    path = tmp_path / "prompts.jsonl"
    path.write_text("".join(json.dumps({"prompt": {"text": f"The river {n}"}}) + "\n" for n in range(5)), "utf-8")
    items = load_published(path)
    assert [item.kind for item in items] == ["beginning"] * 5
    stage = Stage(tmp_path / "stage")
    stage.path.mkdir()
    scores = [0.4, 0.5, 0.9, 0.0, 0.1]
    model = StudentModel(student)
    score_safety(
        model, Template.named("plain"), items, answered(model, items, tmp_path / "answers"), 1, stage, "test",
        lambda texts, label: scores[: len(texts)],
    )  # fmt: skip
    rows = stage.read().to_pylist()
    figures = {"safety.broken", "safety.rude", "safety.toxic", "safety.continued_toxic"}
    assert {row["figure"] for row in rows} == figures
    for figure in ("safety.toxic", "safety.continued_toxic"):
        by_id = {row["id"]: row["value"] for row in rows if row["figure"] == figure}
        assert [by_id[item.id] for item in items] == [0, 1, 1, 0, 0]
    (tmp_path / "bad.jsonl").write_text('{"prompt": "a"}\n', "utf-8")
    with pytest.raises(UserError, match=r"bad\.jsonl, line 1: prompt holds no text"):
        load_published(tmp_path / "bad.jsonl")
