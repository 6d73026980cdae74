"""What a judge says itself, apart from what it quotes: a grade or a label in a quotation, or in code, is not its own.

Judges copy the quotation marks of the form that they are shown. So a quotation is the verdict where nothing comes after it and it
fills its line, or follows a word such as Rating.
"""

import re

NAMES = r"(?:rating|grade|score|verdict|label|評価|評点|点数|採点|判定)"
"""Words before a verdict."""
_QUOTED = re.compile(r"```.*?```|`[^`\n]*`|\"[^\"\n]*\"|“[^”\n]*”|「[^」\n]*」|『[^』\n]*』", re.DOTALL)
_NAMED = re.compile(rf"{NAMES}(?:\s+(?:is|would\s+be)|は)?[^\w\n]*\Z", re.IGNORECASE)


def without_quotations(reply: str) -> str:
    """The reply without its quotations, but for one that is the verdict."""

    def kept(quoted: re.Match[str]) -> str:
        before = reply[reply.rfind("\n", 0, quoted.start()) + 1 : quoted.start()]
        is_last = not re.search(r"\w", reply[quoted.end() :])
        return quoted[0] if is_last and (not re.search(r"\w", before) or _NAMED.search(before)) else ""

    return _QUOTED.sub(kept, reply)
