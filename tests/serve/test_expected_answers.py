"""What an arm is held to on another engine is asked for once, and anew where what was kept of it is damaged."""

from pathlib import Path

import pytest

from secondhalf.models.chat.template import Template
from secondhalf.serve import expected_answers
from secondhalf.serve.expected_answers import greedy_answers

PLAIN = Template.named("plain")


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often the model was asked."""
    times: list[int] = []

    def ask(folder: Path, adapter: Path | None, template: Template, prompts: list[str]) -> list[list[str]]:
        times.append(1)
        return [[f"own {number}" for number in range(len(prompts))], ["untouched"] * len(prompts)]

    monkeypatch.setattr(expected_answers, "_ask", ask)
    return times


@pytest.mark.parametrize(
    "text", ["", "[", "[[]]", '[["a"], ["b"]]', "3", "[[1,1,1,1,1,1],[1,1,1,1,1,1]]", "[" * 100_000]
)
@pytest.mark.parametrize("recorded", [True, False])
def test_what_was_kept_is_read_only_whole(tmp_path: Path, requests: list[int], text: str, recorded: bool):
    kept = tmp_path / "serve" / "expected.json"
    first = greedy_answers(tmp_path, None, PLAIN, kept)
    assert [one.text for one in first] == [f"own {number}" for number in range(6)]
    assert greedy_answers(tmp_path, None, PLAIN, kept) == first
    assert len(requests) == 1
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.write_text(text, "utf-8")
    if not recorded:  # of an earlier release
        (kept.parent / "checksums.txt").unlink()
    assert greedy_answers(tmp_path, None, PLAIN, kept) == first
    assert len(requests) == 2
