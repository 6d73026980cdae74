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
