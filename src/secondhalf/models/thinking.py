"""Of a model's reply, the answer: without its thinking, and without what its template and its server put around it."""

import re

from secondhalf.models.markup.channels import split_channels
from secondhalf.models.markup.end_markers import without_end, without_head
from secondhalf.models.markup.thinking_tags import split_tags, without_tags

# Hunyuan A13B and DeepSeek R1-Zero, Granite 3.3, Reflection, Unsloth's recipes; Cohere Command A, Sky-T1 and OpenThinker.
_ANSWER = re.compile(
    r"\s*(?:<(answer|response|output|solution)>|<\|START_RESPONSE\|>|<\|begin_of_solution\|>)", re.IGNORECASE
)
_ANSWER_END = re.compile(
    r"</(?:answer|response|output|solution)>|<\|(?:END_RESPONSE|end_of_solution)\|>", re.IGNORECASE
)
_BOX = re.compile(r"(?<![`\"'])<\|(?:begin|end)_of_box\|>")  # GLM 4.1V and 4.5V, around a part of the answer
_SIGN = re.compile(r"[<\[\]◁|]")  # no tag and no marker lacks them all
_ELEMENT = re.compile(r"<[A-Za-z]")


def split_thinking(text: str) -> tuple[str, str]:
    """The answer in a reply and the thinking, both without tags, headers and end markers; stripped.

    Tags that the text quotes, mentions, has in code or in an XML text of its own stay as they are. A block that is not
    closed goes to the end, one that is not opened begins at the start: a reply cut in its thoughts has an empty answer.
    """
    text = text.removeprefix("\ufeff")
    channels = split_channels(text)
    if channels is None and not _SIGN.search(text):  # as most replies
        return text.strip(), ""
    answer, outside = channels or (text, "")
    split = split_tags(without_head(answer))
    answer = without_head("".join(split.answer))
    if split.tagged and (within := split_channels(answer)):
        answer, outside = within[0], outside + within[1]
    answer = without_end(_unwrapped(without_end(answer), thought=bool(channels) or split.tagged))
    thinking = "\n".join(part for part in (outside.strip(), "".join(split.thinking).strip()) if part)
    return answer.strip(), thinking


def join_thinking(thought: str, text: str) -> str:
    """A reply whose thinking came beside its text, as models write it themselves, so that split_thinking parts them."""
    return f"<think>{without_tags(thought)}</think>\n{text}"


def _unwrapped(answer: str, *, thought: bool) -> str:
    """The answer without answer tags. Where nothing was thought, an XML text may have a root of that name."""
    answer = _BOX.sub("", answer) if "_of_box|>" in answer else answer
    opened, closed = _ANSWER.match(answer), _ANSWER_END.search(answer)
    if opened is None:  # the template wrote the first
        alone = closed and not answer[closed.end() :].strip() and f"<{closed[0][2:-1]}" not in answer
        return answer[: closed.start()] if closed and alone else answer
    inner = answer[opened.end() : closed.start() if closed else None]
    after = answer[closed.end() :] if closed else ""
    whole = (closed is not None or opened[1] == "answer") and not after.strip() and not _ELEMENT.search(inner)
    return inner + after if thought or whole or not opened[1] else answer
