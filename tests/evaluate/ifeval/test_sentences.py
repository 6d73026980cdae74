"""English sentences are those of NLTK 3.9.1 with its English model, which the reference scorers use: what it gives is recorded."""

import time

import pytest

from secondhalf.evaluate.ifeval.sentences import split_sentences
from support import ifeval_needs

ifeval_needs.packages()

RECORDED: list[tuple[str, list[str]]] = [
    ("“Why?” he asked. He left.", ["“Why?” he asked.", "He left."]),
    ("Hello. Come in!!", ["Hello.", "Come in!", "!"]),
    ("Wait . . . what? Yes.", ["Wait .", ".", ".", "what?", "Yes."]),
    ("«Oui.» Il part. Fin.", ["«Oui.» Il part.", "Fin."]),
    ("“Stop!” “Why?” She ran.", ["“Stop!” “Why?” She ran."]),
    ("He said “no.” Then he left.", ["He said “no.” Then he left."]),
    ("‘Go.’ They went.", ["‘Go.’ They went."]),
    ('He said "no." Then he left.', ['He said "no."', "Then he left."]),
    ('(Yes.) No. [Maybe.] "So?" he asked.', ["(Yes.)", "No.", "[Maybe.]", '"So?"', "he asked."]),
    ("It ended... Then it began.", ["It ended... Then it began."]),
    ("It ended... then it began.", ["It ended... then it began."]),
    ("It ended . . . Then it began.", ["It ended .", ".", ".", "Then it began."]),
    ("What?! No!!! Yes?", ["What?!", "No!!!", "Yes?"]),
    ("What?!", ["What?", "!"]),
    ("Hm...", ["Hm..."]),
    ("Hm . . .", ["Hm .", ".", "."]),
    ("!!!", ["!", "!", "!"]),
    ("...", ["..."]),
    (". . .", [".", ".", "."]),
    ("", []),
    ("  \n ", []),
    ("One.\n\nTwo\nthree. ", ["One.", "Two\nthree."]),
    ("Wow!!! Great.", ["Wow!!!", "Great."]),
    ("Mr. Smith met J. Bach at 5 p.m. He left.", ["Mr. Smith met J. Bach at 5 p.m.", "He left."]),
    ("No. 5 is here. Fig. 3 too.", ["No.", "5 is here.", "Fig.", "3 too."]),
    ("It costs 3.14. Cheap.", ["It costs 3.14.", "Cheap."]),
    ("etc. And so on.", ["etc.", "And so on."]),
    ("Dr.Smith left.He ran.", ["Dr.Smith left.He ran."]),
    ("Yes.--No.", ["Yes.--No."]),
    ('"A." "B." \'C.\'', ['"A."', '"B."', "'C.'"]),
    ("日本。東京。Tokyo. Osaka.", ["日本。東京。Tokyo.", "Osaka."]),
    ("He left.\u3000She stayed.\xa0They ran.", ["He left.", "She stayed.", "They ran."]),
    ("a.b.c. D.", ["a.b.c.", "D."]),
    ("Ends with a bracket?) And more.", ["Ends with a bracket?)", "And more."]),
    ("Really?…Yes.", ["Really?…Yes."]),
    ("1. One\n2. Two", ["1.", "One\n2.", "Two"]),
    ("* Why?* No.", ["* Why?", "* No."]),
    ("He asked, “Why?!” twice!!", ["He asked, “Why?", "!” twice!", "!"]),
]


@pytest.mark.parametrize(("text", "sentences"), RECORDED, ids=repr)
def test_sentences_are_the_references(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


@pytest.mark.parametrize(
    "text", ["! " * 30_000, "!" * 30_000, "a." * 30_000, "a.\n" * 30_000, ". . . " * 10_000, ".) " * 20_000]
)
def test_a_long_answer_takes_no_longer_than_it_must(text: str) -> None:
    start = time.process_time()
    split_sentences(text)
    assert time.process_time() - start < 5
