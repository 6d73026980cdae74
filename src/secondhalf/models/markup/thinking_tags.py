"""The tags that model families put around their thinking, and a text cut at them.

A reply may lack either tag: templates of DeepSeek R1, QwQ and others write the first themselves, and a reply that is cut at
its limit has no last. Sources: the reasoning parsers of vLLM (vllm/reasoning), SGLang and llama.cpp (common/chat), and the
chat templates of the models named.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from secondhalf.models.markup.patterns import compile_alternatives
from secondhalf.models.markup.quoting import (
    is_mentioned,
    is_named,
    is_quoted,
    is_within_element,
    search_outside_code,
)

# XML in any case of letters, with attributes and blanks. These mean thinking wherever they stand: <think> (DeepSeek, Qwen,
# GLM, Hunyuan, Granite 3.3 and 4.2, Phi-4, Nemotron, EXAONE 4, Ling, SmolLM3, MiniMax M1 and M2, ERNIE), <thinking> (Claude's
# habit, Reflection), <seed:think> (Seed-OSS), <mm:think> (MiniMax M3), <longcat_think> (LongCat).
_EVERYWHERE = r"(?:[a-z]{1,12}[:_])?think(?:ing)?"
# These are words that an XML text of one's own may use, so they mean thinking at the beginning alone: <thought> (EXAONE Deep,
# Gemini), <reasoning> (GRPO recipes, OpenRouter), <reflection> (Reflection), <inner_thoughts>, <scratchpad> (common prompts).
_AT_START = r"thoughts?|reasoning|reflection|inner_thoughts?|scratchpad"
_XML = (
    rf"<\s{{0,3}}(?P<end>/?)\s{{0,3}}(?P<name>{_EVERYWHERE}|{_AT_START})(?:\s[^<>]{{0,200}}?)?\s{{0,3}}(?P<empty>/?)>"
)
_SPECIAL = {
    r"\[(?-i:THINK)\]": r"\[(?-i:/THINK)\]",  # Magistral, Ministral 3
    r"◁think▷": r"◁/think▷",  # Kimi-VL, Kimi K1.5
    r"<\|START_THINKING\|>": r"<\|END_THINKING\|>",  # Cohere Command A
    r"<\|(?:begin|start)_of_think(?:ing)?\|>": r"<\|end_of_think(?:ing)?\|>",
    r"<\|(?:begin|start)_of_thought\|>": r"<\|end_of_thought\|>",  # Sky-T1, OpenThinker
    r"<start_working_out>": r"<end_working_out>",  # Unsloth's recipes
    r"<\|inner_prefix\|>": r"<\|inner_suffix\|>",  # Apertus
    r"<\|channel>\s?thought\b": r"<channel\|>",  # Gemma 4
    r"<unused94>(?:thought\b)?": r"<unused95>",  # MedGemma
    r"<\|plamo:begin_think:plamo\|>": r"<\|plamo:end_think:plamo\|>",  # PLaMo 3
    r"<\|think:start\|>": r"<\|think:end\|>",  # Solar Open 2
    r"<\|think(?:ing)?\|>": r"<\|/think(?:ing)?\|>",  # Solar Open, Gemma 4's switch
    r"\[unused16\]": r"\[unused17\]",  # openPangu
}
_TAG = compile_alternatives([_XML, *_SPECIAL, *_SPECIAL.values()])
_IS_CLOSE = re.compile("|".join(_SPECIAL.values()), re.IGNORECASE)
_WEAK = re.compile(_AT_START, re.IGNORECASE)
_BLANK = re.compile(r"\s*")


@dataclass(slots=True)
class Split:
    """A reply in its two parts, tags left out. `tagged`: there was a tag that counts, be it around nothing."""

    answer: list[str] = field(default_factory=list)
    thinking: list[str] = field(default_factory=list)
    tagged: bool = False


def split_tags(text: str) -> Split:
    """Cuts a text at the tags that count: those that are not quoted, mentioned, in code or part of an XML text.

    A block that is not closed goes to the end. One that is not opened begins at the start, whatever stood before its end.
    """
    split, position, inside = Split(), 0, ""
    first = _first_letter(text, position)
    used, own = set[str](), Counter[str]()  # names that mean thinking here; tags of the text's own that are open
    match = search_outside_code(_TAG, text)
    while match:
        start, end = match.span()
        name, closes = _kind(match)
        counts = False
        if inside:
            counts = (not closes or name in {"", inside}) and not is_quoted(text, start, end)
        elif not closes:
            at_start = not split.answer and first >= start
            counts = not _is_own(text, match, name, at_start=at_start, used=name in used)
            own[name] += not counts and not is_mentioned(text, start, end)
        elif own[name]:
            own[name] -= 1
        else:
            counts = not is_mentioned(text, start, end)
        if counts:
            piece = text[position:start]
            if closes and not inside:  # an end without a beginning: all before it was thinking
                split.thinking += split.answer
                split.answer = []
            if inside or closes:
                split.thinking.append(piece)
            elif split.answer or piece.strip():
                split.answer.append(piece)
            position, first, split.tagged = end, _first_letter(text, end), True
            used.add(name)
            inside = "" if closes or match["empty"] else inside or name or " "
        match = _TAG.search(text, end) if inside else search_outside_code(_TAG, text, end)
    (split.thinking if inside else split.answer).append(text[position:])
    return split


def without_tags(text: str) -> str:
    """A thought that a server hands over beside the answer, without tags that would end it before its time."""
    return _TAG.sub("", text)


def _kind(match: re.Match[str]) -> tuple[str, bool]:
    """The block that a tag belongs to, one for all that mean thinking everywhere ("") and one a name for others; is it an end?"""
    if match["name"] is None:
        return "", _IS_CLOSE.fullmatch(match[0]) is not None
    return match["name"].lower() if _WEAK.fullmatch(match["name"]) else "", bool(match["end"])


def _first_letter(text: str, position: int) -> int:
    blank = _BLANK.match(text, position)
    return blank.end() if blank else position


def _is_own(text: str, match: re.Match[str], name: str, *, at_start: bool, used: bool) -> bool:
    """Whether a first tag is the text's own."""
    start, end = match.span()
    if at_start:
        return is_named(text, end)
    if (name and not used) or is_mentioned(text, start, end):
        return True
    following = _TAG.match(text, end)  # between <think></think> tags
    if following and _kind(following) == (name, True) and is_mentioned(text, *following.span()):
        return True
    return match["name"] is not None and is_within_element(text, start)
