"""Runs of capitalised words: where one ends, and what its words are called."""

from secondhalf.clean.personal.person.capitals import capitalised_runs


def runs(text: str) -> list[list[str]]:
    return [[text[word.start : word.end] for word in words] for words in capitalised_runs(text)]


def test_a_run_goes_on_over_initials_titles_and_small_words() -> None:
    assert runs("Yes, Mr. J.R. van der Vark came. Then Zoë O'Quibble-Zwick's dog") == [
        ["Yes"],
        ["Mr.", "J.R.", "Vark"],
        ["Then", "Zoë", "O'Quibble-Zwick"],
    ]
    assert runs("Laura\nBennett") == [["Laura"], ["Bennett"]]
    assert runs("x.Laura @Laura 3D camelCase") == []


def test_words_are_called_by_the_lists_or_their_shape() -> None:
    [words] = capitalised_runs("Mrs Laura May Hill McQuibble Ivanovic Vark USB B. Street's")
    assert [word.kind for word in words] == (
        ["title", "given", "given or place", "surname or word", "surname", "surname", "other", "common", "initial", "thing"]
    )  # fmt: skip
    assert [word.low for word in words if word.owns] == ["street"]
