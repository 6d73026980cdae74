"""One pattern of many alternatives, built so that a search skips all letters that none of them begins with."""

import re
from collections.abc import Iterable


def compile_alternatives(alternatives: Iterable[str]) -> re.Pattern[str]:
    """Matches any of the expressions, in either case of letters. Each begins with a letter of its own, escaped or not.

    Python's engine tries every alternative at every position unless the pattern begins with a set: three to ten times slower.
    """
    rest: dict[str, list[str]] = {}
    for alternative in alternatives:
        first = alternative[:2] if alternative.startswith("\\") else alternative[:1]
        rest.setdefault(first, []).append(alternative[len(first) :])
    branches = "|".join(f"(?<={first})(?:{'|'.join(ends)})" for first, ends in rest.items())
    return re.compile(f"[{''.join(rest)}](?:{branches})", re.IGNORECASE)
