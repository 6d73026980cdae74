import pytest

pytest.importorskip("transformers")

from secondhalf.arms.tokens import count_supervised_tokens
from secondhalf.rows import Pair, to_table
from secondhalf.train.settings import TrainSettings
from secondhalf.train.tokens import is_held_out
from support import tiny_student


def test_tokens_are_counted_as_training_counts_them() -> None:
    tokenizer, settings = tiny_student.tokenizer(), TrainSettings(max_length=64, held_out=0.3)
    pairs = [
        Pair(f"{n:02d}", f"d{n}", "words", "en", "The river runs", "", "past the mill " * (n % 3 + 1), "t", "stop")
        for n in range(20)
    ]
    too_long = Pair("99", "d99", "words", "en", "The river runs", "", "mill " * 100, "t", "stop")
    counts = dict(count_supervised_tokens(to_table(Pair, [*pairs, too_long]), tokenizer, settings, "test"))
    expected = {"99": 0}
    for pair in pairs:
        _, labels = settings.template.encode_pair(tokenizer, pair.prompt, pair.response, ended=True)
        expected[pair.id] = 0 if is_held_out(pair.document, 0.3) else sum(label != -100 for label in labels)
    assert counts == expected
    assert 0 < sum(count == 0 for count in counts.values()) < 15
