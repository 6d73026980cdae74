"""Text of strangers in Markdown and YAML: nothing in it is a heading, a link, an image, HTML or a field."""

import json
import re

from secondhalf.text.visible import escape_invisible

_SIGNS = re.compile(r"([\\`*_{}\[\]<>()#|~!$&])")


def escaped(text: str) -> str:
    """One line of Markdown that shows the text as it is, every sign plain."""
    line = " ".join(escape_invisible(text).split())
    line = _SIGNS.sub(r"\\\1", line)
    # Bare addresses become links, and a dash, a sign or a number at the beginning a list.
    line = re.sub(r"(?i)(https?|ftp)(:)", r"\1\\\2", line)
    line = re.sub(r"(?i)\bwww\.", "www\\.", line)
    return re.sub(r"^(\d*)([-+=.])", r"\1\\\2", line)


def quoted(text: str) -> str:
    """A scalar of YAML on one line: JSON's string is one of YAML's."""
    return json.dumps(escape_invisible(text), ensure_ascii=True)
