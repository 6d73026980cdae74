"""Markers of turns that a server hands over as text: its template and its stop token do not match.

Sources: the list by which llama.cpp knows an end of generation (src/llama-vocab.cpp), and the tokenizers of the models named.
"""

import re

from secondhalf.models.markup.patterns import compile_alternatives
from secondhalf.models.markup.quoting import begins_string, is_mentioned, is_quoted, search_outside_code

# No text of one's own spells these but where it speaks of them: whatever follows one is another turn.
_NAMES = (
    "im_end|im_start|im_sep|im_assistant|im_user|im_system|im_middle|"  # ChatML: Qwen, SmolLM, Hunyuan; Kimi
    "eot_id|eom_id|eot|eom|end_of_text|begin_of_text|start_header_id|end_header_id|"  # Llama 3 and 4, Granite
    "endoftext|end|return|call|user|assistant|system|observation|"  # GPT-2, Phi, gpt-oss, GLM
    "end_of_sentence|end_of_turn|endofturn|end_of_turn_token|start_of_turn_token|end_response|end_thinking|"  # ERNIE, Cohere
    "end_of_solution|end_of_role|start_of_role|role_end|assistant_end|user_start|"  # OpenThinker, Granite, Ling, Apertus
    "flush|calls|tool_response|stop|eos|eod|eod_id|endofassistant|endofprompt|plamo:tag|plamo:msg"  # Solar Open, PLaMo
)
_OTHERS = (
    "<｜end▁of▁sentence｜>", "<｜begin▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>",  # DeepSeek
    "<end_of_turn>", "<start_of_turn>", "<end_of_utterance>", "<turn|>", "<|turn>", "<|tool_response>",  # Gemma, SmolVLM
    "[|endofturn|]", "[|user|]", "[|system|]",  # EXAONE
    "[e~[", "]~b]", "<seed:eos>", "<seed:bos>", "<step_eos>",  # MiniMax M2, Seed-OSS, Step
)  # fmt: skip
_SPECIAL = compile_alternatives([rf"<\|(?:{_NAMES})\|>", *map(re.escape, _OTHERS)])
# These could be a text's own: they are taken from the end, and elsewhere only where another turn begins right behind.
_PLAIN = (
    "</s>",
    "<eos>",
    "<pad>",
    "<EOT>",
    "_<EOT>",
    "<EOD>",
    "<eod>",
    "[EOS]",
    "[EOT]",
    "[PAD]",
    "<unk>",
    "[end of text]",
)
_NEXT_TURN = re.compile(r"</s>\s*(?=<s>\s*\[INST\]|\[INST\]|<\|)|\[/?INST\]\s*\Z")
_STRUCK = re.compile(r"<(/?)s(?:\s[^<>]{0,200})?>")
# A reply may be cut within its marker, or a server may drop the marker's first letters.
_WHOLE = (*(f"<|{name}|>" for name in _NAMES.split("|")), *_OTHERS)
_SHORTEST = 4
_TAIL = re.compile(r"(?<!\w)\|?(?:im_end|eot_id|eom_id|endoftext|end_of_text|end_of_turn)\|>\s*\Z", re.IGNORECASE)
_HEAD = re.compile(
    r"\s*(?:<\|im_start\|>\s*assistant\b|<\|start_header_id\|>\s*assistant\s*<\|end_header_id\|>|<start_of_turn>\s*model\b"
    r"|<\|turn>\s*model\b|<\|start_of_role\|>\s*assistant\s*<\|end_of_role\|>|<\|im_assistant\|>(?:assistant<\|im_middle\|>)?"
    r"|<\|(?:begin_of_text|startoftext|assistant|assistant_start|start_of_turn_token|chatbot_token)\|>|<bos>|\[BOS\]"
    r"|<｜(?:begin▁of▁sentence|Assistant)｜>|\[\|assistant\|\]|\]~b\]ai\b|<role>ASSISTANT</role>|\[/INST\])[ \t]*\n*",
    re.IGNORECASE,
)
_BEGINNING = re.compile(r"\s*<s>\s*")


def may_hold_end(text: str, start: int) -> bool:
    """Whether `without_end` may find a whole marker that begins at `start` or behind it: without it, a cut one alone."""
    return bool(_SPECIAL.search(text, start)) or any(text.find(plain, start) >= 0 for plain in (*_PLAIN, "INST]"))


def first_end(text: str, start: int) -> int:
    """Where the first whole marker stands at or behind `start`, whosever it is, that `without_end` might cut at; -1 for none."""
    special = _SPECIAL.search(text, start)
    places = [special.start()] if special else []
    places += [place for plain in (*_PLAIN, "INST]") if (place := text.find(plain, start)) >= 0]
    return min(places, default=-1)


def without_head(text: str) -> str:
    """The text without the beginning of its own turn, such as <|im_start|>assistant."""
    position = 0
    if (opened := _BEGINNING.match(text)) and text.find("</s>", 0, len(text.rstrip()) - 4) < 0:
        position = opened.end()  # a beginning, not what HTML strikes out
    while (head := _HEAD.match(text, position)) and not is_quoted(
        text, head.start(), len(head[0].rstrip()) + head.start()
    ):
        position = head.end()
    return text[position:]


def without_end(text: str) -> str:
    """The text up to the first marker that ends its turn, whole or cut; markers that are quoted or in code are its own."""
    position = 0
    while marker := search_outside_code(_SPECIAL, text, position):
        if not (is_mentioned(text, *marker.span()) or begins_string(text, *marker.span())):
            text = text[: marker.start()]
            break
        position = marker.end()
    turn = _NEXT_TURN.search(text) if "</s>" in text or "INST]" in text else None
    if turn and not is_quoted(text, *turn.span()):
        text = text[: turn.start()]
    text = _without_plain_end(text.rstrip())
    if tail := _TAIL.search(text, max(0, len(text) - 20)):
        return text[: tail.start()]
    start = max(text.rfind(sign, len(text) - 30 if len(text) > 30 else 0) for sign in "<[")
    cut = text[start:].lower() if start >= 0 else ""
    return text[:start] if len(cut) >= _SHORTEST and any(whole.lower().startswith(cut) for whole in _WHOLE) else text


def _without_plain_end(text: str) -> str:
    struck = [bool(tag[1]) for tag in _STRUCK.finditer(text)]
    closed = sum(struck) - (len(struck) - sum(struck))  # ends of what HTML strikes out belong to a beginning each
    end = len(text)
    while marker := next((plain for plain in _PLAIN if text.endswith(plain, 0, end)), ""):
        if marker == "</s>" and (closed := closed - 1) < 0:
            break
        if is_quoted(text, end - len(marker), end):
            break
        end -= len(marker)
        while end and text[end - 1].isspace():
            end -= 1
    return text[:end]
