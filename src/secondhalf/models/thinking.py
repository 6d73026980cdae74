"""Reasoning models write their thoughts before the answer: those are no part of a second half.

Templates differ: some let the model write <think>, some write it themselves, so that only </think> comes back; and a
reply cut at its limit may never come to the end of its thoughts.
"""

import re

_TAG = re.compile(r"<(/?)think(?:ing)?>")


def split_thinking(text: str) -> tuple[str, str]:
    """The reply without its thinking, and the thinking, tags left out.

    A block that is not closed goes to the end of the text; one that is not opened begins at its start.
    """
    kept: list[str] = []
    thought: list[str] = []
    inside, place = False, 0
    for tag in _TAG.finditer(text):
        (thought if inside else kept).append(text[place : tag.start()])
        if tag[1] and not inside:  # an end without a beginning: all before it was thinking
            thought += kept
            kept = []
        inside, place = not tag[1], tag.end()
    (thought if inside else kept).append(text[place:])
    return "".join(kept).strip(), "".join(thought).strip()
