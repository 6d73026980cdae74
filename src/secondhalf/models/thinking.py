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
    answer: list[str] = []
    thinking: list[str] = []
    inside, position = False, 0
    for tag in _TAG.finditer(text):
        (thinking if inside else answer).append(text[position : tag.start()])
        if tag[1] and not inside:  # an end without a beginning: all before it was thinking
            thinking += answer
            answer = []
        inside, position = not tag[1], tag.end()
    (thinking if inside else answer).append(text[position:])
    return "".join(answer).strip(), "".join(thinking).strip()
