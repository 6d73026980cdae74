"""The patterns that the audit had before its detectors: what detect.py puts beside them."""

import re

# A run of blanks is entered where it begins and read once: what stands before its first line end is the group `before`, and no
# part of what is found.
# A mark of a dialogue's turn at the start of a line.
_TURN = re.compile(
    r"(?:\A|(?<!\s)(?P<before>[^\S\n]*+\n))\s*+"
    r"(?:#{1,4}\s*+)?(?:user|human|assistant|instruction|response|ユーザー|アシスタント|指示|応答)\s*+[:：]",
    re.IGNORECASE,
)
# A request to someone who shall write: at the start of the text or of a sentence.
_REQUEST = re.compile(
    r"(?:\A\s*+|[.!?]\s++|(?<![\s.!?])(?P<before>[^\S\n]*+)\n\s*+)"
    r"(?:please\s+)?(?:(?:can|could|would)\s+you\s+(?:please\s+)?)?"
    r"(?:write|explain|summari[sz]e|translate|rewrite|generate|give|tell|list|describe)\s+"
    r"(?:me|us|a|an|the following|in your own words)\b"
    r"|(?:書いて|説明して|要約して|翻訳して|教えて|挙げて|作成して)(?:ください|下さい|くれ)",
    re.IGNORECASE,
)
# What a chat model says about itself or its task instead of continuing the text.
_ASSISTANT = re.compile(
    r"\bas an ai\b|\bi'?m (?:just )?an? (?:ai|language model)|\bi (?:can(?:no|')t|am unable to) (?:assist|help|continue)"
    r"|^\s*(?:sure|certainly|of course|absolutely)[,!.]|\bhere(?:'s| is| are) (?:the|a|an|your|my) "
    r"(?:\w+ )?(?:continuation|summary|paragraph|revised|rewritten|text|version|response)"
    r"|\blet me know if|\bhow can i help|\bthe (?:given|provided|following) (?:text|passage|paragraph)\b"
    r"|AIとして|お手伝い(?:でき|いたし)|承知(?:しました|いたしました)|以下は.{0,12}(?:続き|要約|文章)です",
    re.IGNORECASE,
)

_PATTERNS = {"turn": _TURN, "request": _REQUEST, "assistant": _ASSISTANT}
_KINDS = {"prompt": ("turn", "request"), "response": ("turn", "request", "assistant")}


def flags(text: str, *, response: bool) -> bool:
    """Whether a pattern finds anything on a side."""
    return any(_PATTERNS[kind].search(text) for kind in _KINDS["response" if response else "prompt"])
