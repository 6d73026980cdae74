"""Names in Latin letters: full, with titles, in lists, alone; and what is only called after somebody."""

import pytest

from secondhalf.clean.personal.person.latin import latin_names


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in latin_names(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("We met Laura Bennett's cousin.", ["Laura Bennett"]),
        ("Yesterday Laura left.", ["Laura"]),
        ("Mr. Quibble and Mrs Ottoline Vark came.", ["Quibble", "Ottoline Vark"]),
        ("Professor Dr. Zwick spoke.", ["Zwick"]),
        ("The hill was sold by Mary Hill.", ["Mary Hill"]),
        ("It was built by Zoltar Quibble in May.", ["Zoltar Quibble"]),
        ("He asked J. R. Vark and Mohammed al-Vark.", ["J. R. Vark", "Mohammed al-Vark"]),
        ("A letter of Pieter van der Zwick.", ["Pieter van der Zwick"]),
        ("Laura Bennett, Zoltar Quibble and Ottoline Vark came.", ["Laura Bennett", "Zoltar Quibble", "Ottoline Vark"]),
        ("Zoltar Quibble, Laura Bennett", ["Zoltar Quibble", "Laura Bennett"]),
        ("Dear Quibble,\n", ["Quibble"]),
        ("Kind regards,\nZoltar\n", ["Zoltar"]),
        ("* mend the lamp (Zoltar Quibble)\n", ["Zoltar Quibble"]),
        ("Reviewed-by: Zoltar Quibble\n", ["Zoltar Quibble"]),
        ("Copyright 2011 Zoltar Quibble", ["Zoltar Quibble"]),
        ("her brother Quibble, who was late", ["Quibble"]),
        ("Then Quibble smiled. Vark's wife did not.", ["Quibble", "Vark"]),
        ("In the end Jenkins said so.", ["Jenkins"]),
        ("Laura Zwick wrote it. Later Zwick sold it.", ["Laura Zwick", "Zwick"]),
        ("Zoltar Quibble によるものです。", ["Zoltar Quibble"]),
        ("Nguyen Van Zot and Chen Zot", ["Nguyen Van Zot", "Chen Zot"]),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "The Laura Bennett Street runs to Laura Square.",
        "Laura & Sons, Bennett Ltd and the Laura.",
        "They live in San Pedro and St. Laura.",
        "May is warm, Will it rain, Grace periods end; mark it.",
        "Virginia and Paris, Virginia Beach.",
        "See Appendix A. Overview, Plan B. Details, the U.S. Army and P.S. below.",
        "Dear Sir or Madam,\nDear Customer,\nHello World!",
        "Monday: Planning. New York Times. Red Hat Linux.",
        "laura bennett and MARK ALL BOXES",
        "Sir, the Mr. and Mrs. sign; Dr. Street",
        "C Extensions, REPL, USB-C and Laura CLI",
    ],
)
def test_no_names(text: str) -> None:
    assert found(text) == []
