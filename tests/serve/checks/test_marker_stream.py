import time

import pytest

from secondhalf.serve.checks.marker_stream import MarkerStream, has_marker

TEXTS = {
    "The river runs.<|im_end|>\n<|im_start|>user\nAnd then? I do not know what else to say about it.": "The river runs.",
    "川は流れる。<end_of_turn>": "川は流れる。",
    "In HTML, <b>bold</b> is [bold] and `<|im_end|>` is a marker, as anyone can see from its two bars.": None,
    "a < b and c > d, as every child knows by now, and so on and so forth.": None,
}


@pytest.mark.parametrize("size", [1, 3, 200])
@pytest.mark.parametrize("text", TEXTS)
def test_an_answer_ends_before_its_first_marker(text: str, size: int):
    stream = MarkerStream()
    given = "".join(stream.feed(text[start : start + size]) for start in range(0, len(text), size)) + stream.end()
    assert given == (TEXTS[text] or text)
    assert stream.leaked == (TEXTS[text] is not None) == has_marker(text)


@pytest.mark.parametrize("unit", ["<|", "<b>x</b> ", "the <eos> token ", "'<pad>' ", "`<|im_end|>` "])
def test_a_long_answer_is_not_read_anew_with_every_piece(unit: str):
    """The processor's seconds: half a minute and more before."""
    stream, start = MarkerStream(), time.thread_time()
    for character in unit * (12_000 // len(unit)):
        stream.feed(character)
    stream.end()
    assert time.thread_time() - start < 5


@pytest.mark.parametrize("size", [1, 7])
def test_a_text_that_speaks_of_markers_comes_whole(size: int):
    text = "Put `<|im_end|>` behind a turn, as the <|eot_id|> token is put there. " * 30
    stream = MarkerStream()
    pieces = [stream.feed(text[start : start + size]) for start in range(0, len(text), size)]
    assert "".join(pieces) + stream.end() == text.rstrip()
    assert not stream.leaked
    assert len("".join(pieces)) > 0.9 * len(text)
