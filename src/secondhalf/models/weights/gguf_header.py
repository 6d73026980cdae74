"""The header of a GGUF, read quickly.

gguf's reader takes a vocabulary apart through numpy's memory map, half a minute for a large one, and transformers makes four
readers for one model.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gguf import GGUFReader


def read_header(path: Path) -> GGUFReader:
    """gguf's reader of the file, over a plain array. Raises what gguf raises for a file that is none."""
    reader: GGUFReader = _plain_reader()(str(path))
    return reader


@contextmanager
def header_read_once() -> Iterator[None]:
    """Within, transformers' readers of one GGUF are one, and the names of an architecture's weights are made once.

    It makes a reader for the configuration, one for the weights and two for the tokenizer, and all names anew for each module.
    """
    import gguf

    reader, names = gguf.GGUFReader, gguf.get_tensor_name_map
    read = cache(_plain_reader())
    gguf.GGUFReader, gguf.get_tensor_name_map = lambda path: read(os.fspath(path)), cache(names)
    try:
        yield
    finally:
        gguf.GGUFReader, gguf.get_tensor_name_map = reader, names


@cache
def _plain_reader() -> type[GGUFReader]:
    import numpy as np
    from gguf import gguf_reader

    class PlainReader(gguf_reader.GGUFReader):  # type: ignore[misc]  # gguf is an extra's
        """Its bytes are a plain array: a slice of a memory map takes several times as long, and each token is two."""

        @property
        def data(self) -> Any:
            return self._data

        @data.setter
        def data(self, mapped: Any) -> None:
            self._data = np.asarray(mapped)

    return PlainReader
