"""A tokenizer.json, its tokens counted, and the sentences for those who have none."""

from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.rows import Document, to_table
from secondhalf.split.settings import SplitSettings
from secondhalf.split.stage import split_documents
from secondhalf.split.tokens import load_token_ends, token_boundaries


@pytest.fixture
def letters(tmp_path: Path) -> str:
    """A tokenizer of single letters, which knows <eos> as a token of its own and cuts texts at 4 tokens."""
    library = pytest.importorskip("tokenizers")
    tokenizer = library.Tokenizer(
        library.models.WordLevel({sign: i for i, sign in enumerate("<abcdeos>?")}, unk_token="?")
    )
    tokenizer.pre_tokenizer = library.pre_tokenizers.Split(library.Regex("."), "isolated")
    tokenizer.add_special_tokens(["<eos>"])
    tokenizer.enable_truncation(4)
    path = tmp_path / "tokenizer.json"
    tokenizer.save(str(path))
    return str(path)


def test_the_cut_is_measured_in_tokens() -> None:
    # One token for the long word, one a letter for the rest: half of 8 tokens is 4.
    assert token_boundaries("wordwordword abcdefg", lambda _: [12, 14, 15, 16, 17, 18, 19, 20]) == [(12, 1), (20, 8)]


def test_every_token_is_counted_and_a_spelled_out_end_is_text(letters: str) -> None:
    ends = load_token_ends(letters)
    assert list(ends("abc<eos>de")) == list(range(1, 11))


def test_the_rule_reads_the_tokenizer_of_its_settings(letters: str) -> None:
    text = "aaaa bbbb cccc dddd"
    settings = SplitSettings(rule="tokens", tokenizer=letters, min_prompt_words=1, min_original_words=1)
    pairs, _, verdicts = split_documents(to_table(Document, [Document("1", text, "test")]), settings)
    assert pairs.column("prompt").to_pylist() == ["aaaa bbbb"]
    assert verdicts.column("score").to_pylist() == [9 / 19]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    pytest.importorskip("tokenizers")
    with pytest.raises(UserError, match=r"set split\.tokenizer"):
        load_token_ends(None)
    with pytest.raises(UserError, match="there is no file"):
        load_token_ends(str(tmp_path / "none.json"))
    broken = tmp_path / "broken.json"
    broken.write_text("{}")
    with pytest.raises(UserError, match=r"not a tokenizer\.json"):
        load_token_ends(str(broken))
