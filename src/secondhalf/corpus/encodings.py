"""The names of encodings that a recipe may say."""

import codecs

AUTO = "auto"
"""Known by the bytes."""


def is_text_encoding(name: str) -> bool:
    """Whether Python knows an encoding of this name that makes text of bytes, and no other transformation."""
    try:
        "text".encode(name)  # a codec of another kind is a LookupError here too
    except (LookupError, UnicodeError, ValueError):
        return False
    return (
        not codecs.lookup(name).name.replace("_", "-").startswith(("idna", "punycode", "unicode-escape", "raw-unicode"))
    )
