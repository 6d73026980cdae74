"""Placeholders and postscripts."""

import re

# An opening bracket takes its line along whether or not it is closed, so that a row of them is read once.
_BRACKETED = re.compile(r"\[[^\]\n]*(\])?")


def number_placeholders(response: str, *, num_placeholders: int) -> bool:
    """At least so many [placeholders] that close on their own line."""
    return sum(match[1] is not None for match in _BRACKETED.finditer(response)) >= num_placeholders


def postscript(response: str, *, postscript_marker: str) -> bool:
    """The marker stands anywhere, in any case; P.S. and P.P.S may have one blank after a dot."""
    marker = postscript_marker.strip()
    pattern = {"P.P.S": r"p\.\s?p\.\s?s", "P.S.": r"p\.\s?s\."}.get(marker, re.escape(marker))
    return re.search(pattern, response, re.IGNORECASE) is not None
