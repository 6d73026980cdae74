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
