"""C4's rules (Raffel et al., arXiv 1910.10683, section 2.2), as datatrove and FineWeb apply them. Lines are dropped."""

import re

from pydantic import Field

from secondhalf.clean.english.sentences import chunks
from secondhalf.clean.rule import rule_verdict
from secondhalf.clean.tokenized_text import TokenizedText
from secondhalf.rows import Verdict
from secondhalf.settings import Settings


class C4Settings(Settings):
    """What C4 drops lines and documents for. Every default but one is C4's."""

    enabled: bool = True
    """Japanese and Chinese texts are not judged by it: they have a profile of their own."""

    end_punctuation: bool = False
    """Drop lines that end in no terminal punctuation mark. C4: true. FineWeb (section 3.5) found that it removes 30 % of
    all tokens for a small gain and left it out; so do we."""

    min_line_words: int = Field(3, ge=0)
    """Drop lines of fewer words. C4: 3 in the paper."""

    max_word_length: int = Field(1000, ge=1)
    """Drop lines with a longer word. C4's code: 1000."""

    javascript: bool = True
    """Drop lines that mention javascript. C4: true."""

    policy: bool = True
    """Drop lines about terms of use, privacy and cookies. C4's code: true."""

    citations: bool = True
    """Take out Wikipedia's citation marks, such as [1] and [edit]. C4's code: true."""

    lorem_ipsum: bool = True
    """Refuse documents with placeholder text. C4: true."""

    curly_bracket: bool = True
    """Refuse documents with a curly bracket, which C4 takes for code. C4: true."""

    min_sentences: int = Field(5, ge=0)
    """Fewest sentences in the lines that are left. C4: 5."""


_CITATION = re.compile(r"\[\d*\]|\[edit\]|\[citation needed\]")
_ENDS = (".", "?", "!", '"', "'")
_POLICIES = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")


def apply_c4(text: TokenizedText, settings: C4Settings) -> tuple[str, list[Verdict]]:
    """The text without the dropped lines, and one verdict, whose score is the number of sentences left.

    A text with placeholders or curly brackets comes back as it is, with the verdict that refuses it (score 1).
    """
    lowered = text.text.lower()
    # Most texts hold none of the phrases: one search of the whole text saves the searches of its lines.
    lorem = settings.lorem_ipsum and "lorem ipsum" in lowered
    javascript = settings.javascript and "javascript" in lowered
    policies = [policy for policy in _POLICIES if policy in lowered] if settings.policy else []
    bracket = settings.curly_bracket and "{" in lowered
    kept: list[str] = []
    sentences = 0
    for raw in text.text.splitlines():
        line = raw.strip()
        words = line.split()
        if len(line) > settings.max_word_length and max(map(len, words)) > settings.max_word_length:
            continue
        plain = _CITATION.sub("", line) if settings.citations and "[" in line else line
        if settings.end_punctuation and (not plain.endswith(_ENDS) or plain.endswith("...")):
            continue
        if len(words) < settings.min_line_words:
            continue
        if lorem and "lorem ipsum" in plain.lower():
            return text.text, [
                Verdict(text.id, "c4.lorem_ipsum", False, 1.0, "placeholder text: lorem ipsum (clean.c4.lorem_ipsum)")
            ]
        if javascript and "javascript" in plain.lower():
            continue
        if bracket and "{" in plain:
            start = text.text.index("{")
            return text.text, [
                Verdict(
                    text.id,
                    "c4.curly_bracket",
                    False,
                    1.0,
                    "curly brackets: (clean.c4.curly_bracket)",
                    start,
                    start + 1,
                )
            ]
        if policies and any(policy in plain.lower() for policy in policies):
            continue
        kept.append(plain)
        # White space wider than a blank counts as a token of its own where sentences are counted.
        sentences += text.vocabulary.count_sentences(words if " ".join(words) == plain else chunks(plain))
    verdict = rule_verdict(
        text.id, "c4.sentences", sentences, "too few sentences", "min_sentences", least=settings.min_sentences
    )
    return "\n".join(kept).strip(), [verdict]
