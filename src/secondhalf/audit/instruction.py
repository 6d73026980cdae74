"""Instructional or conversational content: what must not be in the data if the method's claim is to hold.

The paper (section 5) had GPT-4 judge the data: 0.7 % was instructional. Here are patterns, English and Japanese: they find
what is spelled out (turn marks, requests to an assistant, an assistant's phrases), not what only a reader would see.
"""

import re

from secondhalf.rows import Pair, Verdict

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


def check_instruction(pair: Pair, *, in_prompt: bool) -> Verdict:
    """The first pattern that matches the prompt or the response; the span is in that text. Score: 1 when one matches, else 0."""
    side = "prompt" if in_prompt else "response"
    text = pair.prompt if in_prompt else pair.response
    for kind in _KINDS[side]:
        match = _PATTERNS[kind].search(text)
        if match:
            reason = f"instructional or conversational ({kind}) in the {side}"
            start = max(match.start(), match.end("before") if "before" in match.re.groupindex else -1)
            return Verdict(pair.id, f"instruction_{side}", False, 1.0, reason, start, match.end())
    return Verdict(pair.id, f"instruction_{side}", True, 0.0)
