"""The engine for a GGUF: transformers only where it can be the faster one."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from secondhalf.models import faster


def test_flags_are_read_where_linux_tells_them(tmp_path: Path):
    told = tmp_path / "cpuinfo"
    told.write_text("processor\t: 0\nflags\t\t: fpu avx512_bf16 sse\n\nprocessor\t: 1\nflags\t\t: fpu\n")
    assert faster.processor_flags(told) == {"fpu", "avx512_bf16", "sse"}
    assert faster.processor_flags(tmp_path / "none") == set()


@pytest.mark.parametrize(
    ("flags", "free", "installed", "wanted"),
    [
        ({"avx512_bf16"}, 9000, True, True),
        ({"amx_bf16"}, 9000, True, True),
        ({"avx512f"}, 9000, True, False),
        ({"avx512_bf16"}, 7000, True, False),
        ({"avx512_bf16"}, 9000, False, False),
    ],
)
def test_it_takes_instructions_memory_and_the_packages(
    tmp_path: Path, monkeypatch, flags: set[str], free: int, installed: bool, wanted: bool
):
    path = tmp_path / "m.gguf"
    path.write_bytes(b"x" * 1000)
    monkeypatch.setattr(faster, "processor_flags", lambda: flags)
    monkeypatch.setattr(faster, "find_spec", lambda name: object() if installed else None)
    monkeypatch.setattr(faster.psutil, "virtual_memory", lambda: SimpleNamespace(available=free))
    assert faster.torch_is_faster(path) is wanted
