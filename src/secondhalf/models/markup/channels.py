"""Replies in channels: messages with a header each, of which one is the answer and the others are thinking or calls of tools.

Sources: OpenAI's harmony format (cookbook, articles/openai-harmony.md) for gpt-oss; Solar Open's template; vLLM's parsers of
Granite 3.2, whose channels are sentences, and of HyperCLOVA X SEED Think 14B. Where a server drops harmony's special tokens,
the names of roles and channels are left, run into the words (vLLM issue 32587): analysisWe need ...assistantfinalThe river.
"""

import re

from secondhalf.models.markup.quoting import is_quoted, search_outside_code

_HEADER = re.compile(
    r"(?:<\|(?:start|begin)\|>[ \t]*assistant[^<\n]{0,80})?"
    r"(?:<\|channel\|>(?P<channel>[^<]{0,120})(?:<\|constrain\|>[^<]{0,40})?<\|message\|>"
    r"|(?P<bare><\|message\|>)"
    r"|<\|(?P<kind>think|content)\|>)"
)
_BODY_END = re.compile(r"<\|(?:end|return|call|start|begin|channel|flush|calls|endoftext)\|>")
_OPENED = re.compile(r"\s*<\|(?:start|begin|channel|message|content)\|>")
_HANDED_OVER = re.compile(r"<\|end\|>\s*<\|(?:start|begin)\|>[ \t]*assistant")
_RUN_TOGETHER = re.compile(r"\s*(?:assistant)?(?:analysis|commentary)(?P<words>(?=[A-Zぁ-ヿ一-鿿가-힣]))?")
_FINAL = "assistantfinal"
_SPOKEN = (
    # Granite 3.2
    (re.compile(r"\s*Here(?:['’]s| is) my thought process:"), re.compile(r"Here(?:['’]s| is) my response:")),
    # HyperCLOVA X SEED Think 14B
    (re.compile(r"\s*/think\n"), re.compile(r"<\|im_end\|>\s*<\|im_start\|>assistant\n")),
)


def split_channels(text: str) -> tuple[str, str] | None:
    """The answer and the rest of a reply in channels, without headers; None for any other text."""
    handed_over = None if _OPENED.match(text) else search_outside_code(_HANDED_OVER, text)
    if _OPENED.match(text) or (handed_over and not is_quoted(text, *handed_over.span())):
        header = _HEADER.search(text)
        return _split_messages(text, header) if header else None
    if run_together := _split_run_together(text):
        return run_together
    for opening, closing in _SPOKEN:
        if opened := opening.match(text):
            closed = closing.search(text, opened.end())
            answer = text[closed.end() :] if closed else ""
            return answer, text[opened.end() : closed.start() if closed else len(text)]
    return None


def _split_messages(text: str, header: re.Match[str] | None) -> tuple[str, str]:
    answer, rest, position = list[str](), list[str](), 0
    while header:
        rest.append(_BODY_END.sub("", text[position : header.start()]))  # what is before the first, or between two
        end = _BODY_END.search(text, header.end())
        position = end.start() if end else len(text)
        (answer if _is_answer(header) else rest).append(text[header.end() : position])
        header = _HEADER.search(text, position)
    return "".join(answer), "".join(rest)


def _is_answer(header: re.Match[str]) -> bool:
    if header["kind"]:
        return header["kind"] == "content"
    return header["bare"] is not None or header["channel"].strip().lower().startswith("final")


def _split_run_together(text: str) -> tuple[str, str] | None:
    opened, final = _RUN_TOGETHER.match(text), text.find(_FINAL)
    if final >= 0 and not is_quoted(text, final, final + len(_FINAL)):
        return text[final + len(_FINAL) :], text[opened.end() if opened else 0 : final]
    if opened and opened["words"] is not None:  # cut before the answer
        return "", text[opened.end() :]
    return None
