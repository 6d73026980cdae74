"""What tells sentences apart as the published web filters do: spaCy's sentencizer, over the tokens of `words.segment`."""

import re
import unicodedata

from secondhalf.clean.english.alphabets import code_points

# Unicode's sentence-ending punctuation, as far as the sentencizer takes it.
_ENDS = frozenset(
    chr(point)
    for point in code_points(
        """21 2e 3f 589 61f 6d4 700-702 7f9 964-965 104a-104b 1362 1367-1368 166e 1735-1736 1803 1809 1944-1945 1aa8-1aab
        1b5a-1b5b 1b5e-1b5f 1c3b-1c3c 1c7e-1c7f 203c-203d 2047-2049 2e2e 2e3c 3002 a4ff a60e-a60f a6f3 a6f7 a876-a877
        a8ce-a8cf a92f a9c8-a9c9 aa5d-aa5f aaf0-aaf1 abeb fe52 fe56-fe57 ff01 ff0e ff1f ff61 10a56-10a57 11047-11048
        110be-110c1 11141-11143 111c5-111c6 111cd 111de-111df 11238-11239 1123b-1123c 112a9 1144b-1144c 115c2-115c3
        115c9-115d7 11641-11642 1173c-1173e 11a42-11a43 11a9b-11a9c 11c41-11c42 16a6e-16a6f 16af5 16b37-16b38 16b44
        1bc9f 1da88"""
    )
)

_RUNS = re.compile(r"\s+|\S+")


def chunks(line: str) -> list[str]:
    """What `segment` takes, in order: the solid runs, and white space wherever it is more than a single blank.

    The sentencizer sees such white space as an ordinary token, so it can begin a sentence. The line comes stripped.
    """
    return [run for run in _RUNS.findall(line) if run != " "]


def sentence_class(token: str) -> int:
    """0 for an ordinary token, 1 for punctuation that ends no sentence ("..." among it), 2 for one that ends one.

    A sentence begins at the first token, whatever it is, and at the first ordinary token after an end.
    """
    if token in _ENDS:
        return 2
    return int(not token[:1].isalnum() and all(unicodedata.category(c)[0] == "P" for c in token))
