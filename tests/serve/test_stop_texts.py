import random

from secondhalf.serve.stop_texts import StopTexts


def test_nothing_of_a_stop_text_is_given():
    stops = StopTexts(["END", "\nUser:"])
    assert [stops.feed(c) for c in "an E"] == ["a", "n", " ", ""]
    assert stops.feed("N") == ""
    assert stops.feed("TRY\nUse") == "ENTRY"
    assert not stops.stopped
    assert stops.feed("r: more") == ""
    assert stops.stopped
    assert stops.feed("x") + stops.end() == ""


def test_what_became_no_stop_text_comes_in_the_end():
    stops = StopTexts(["END"])
    assert stops.feed("the EN") + stops.end() == "the EN"


def test_the_first_of_several_ends_it():
    stops = StopTexts(["b", "a"])
    assert stops.feed("xxab") == "xx"


def test_however_it_comes_in_pieces_it_ends_at_the_same_place():
    chance = random.Random(3)
    for _ in range(2000):
        text = "".join(chance.choices("abc", k=chance.randint(1, 14)))
        stops = ["".join(chance.choices("abc", k=chance.randint(1, 4))) for _ in range(chance.randint(1, 4))]
        ends = []
        for size in (1, 2, 3, 5, len(text)):
            stream = StopTexts(stops)
            ends.append("".join([stream.feed(text[n : n + size]) for n in range(0, len(text), size)]) + stream.end())
        assert len(set(ends)) == 1, (text, stops, ends)
