"""Half by a tokenizer's tokens, cut where a word ends.

The tokenizer is a tokenizer.json, read by the small `tokenizers` library: neither torch nor a network is needed.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from secondhalf import install
from secondhalf.errors import UserError
from secondhalf.split.rules import Boundaries
from secondhalf.text.language import word_spans

TokenEnds = Callable[[str], Sequence[int]]
"""From a text to the end of each of its tokens, as character offsets in order."""


def token_boundaries(text: str, ends: TokenEnds) -> Boundaries:
    """The end of every word, counted in the tokens that end at or before it."""
    token_ends = ends(text)
    return [(end, bisect_right(token_ends, end)) for _, end in word_spans(text)]


@cache
def load_token_ends(path: str | None) -> TokenEnds:
    """The token ends by the tokenizer.json at `path`.

    Raises UserError when there is no such file, when it cannot be read, and when the package `tokenizers` is missing.
    """
    if not path:
        raise UserError("The split rule `tokens` counts a tokenizer's tokens: set split.tokenizer to a tokenizer.json.")
    if not Path(path).is_file():
        raise UserError(f"split.tokenizer: there is no file {path}; give the path of a tokenizer.json.")
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise UserError(
            f"The split rule `tokens` needs the package tokenizers: {install.packages('tokenizers')}."
        ) from error
    try:
        tokenizer = Tokenizer.from_file(path)
    except Exception as error:  # The library raises bare Exception for a file it cannot read.
        raise UserError(
            f"split.tokenizer: {path} is not a tokenizer.json ({error}); save one with the model."
        ) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    # A text that spells out <eos> must not become that token.
    tokenizer.encode_special_tokens = True

    def ends(text: str) -> list[int]:
        return sorted(end for _, end in tokenizer.encode(text, add_special_tokens=False).offsets)

    return ends
