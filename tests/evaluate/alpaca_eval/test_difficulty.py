"""Files of difficulties of the published forms, and what does not fit."""

from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.evaluate.alpaca_eval.difficulty import load_difficulty
from secondhalf.evaluate.alpaca_eval.prompts import AlpacaEvalInstruction
from secondhalf.evaluate.settings import BenchmarkSettings

INSTRUCTIONS = [AlpacaEvalInstruction(id, f"Tell me of {id}.", "Theirs.", "") for id in ("ink", "tea")]
PLAIN = ",instruction_difficulty\n0,0.5\n1,-1.25\n"
GAMED = (
    "model,index,preference,std_delta_len,instruction_difficulty,not_gamed_baseline\n"
    "brief,0,0.25,1.5,0.5,False\nbrief,1,0.5,0.75,-1.25,False\nwordy,0,0.75,-1.0,0.5,False\nwordy,1,1.0,-2.0,-1.25,False\n"
)


def _file(folder: Path, text: str) -> Path:
    path = folder / "difficulty.csv"
    path.write_text(text, "utf-8")
    return path


def test_difficulties_alone(tmp_path: Path) -> None:
    difficulty = load_difficulty(_file(tmp_path, PLAIN), INSTRUCTIONS)
    assert (difficulty.by_id, difficulty.baseline) == ({"ink": 0.5, "tea": -1.25}, [])


def test_the_baselines_rows_in_their_order_with_the_sign_turned(tmp_path: Path) -> None:
    difficulty = load_difficulty(_file(tmp_path, GAMED), INSTRUCTIONS)
    assert difficulty.by_id == {"ink": 0.5, "tea": -1.25}
    assert difficulty.baseline == [(0.25, -1.5, 0.5), (0.5, -0.75, -1.25), (0.75, 1.0, 0.5), (1.0, 2.0, -1.25)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no difficulties"),
        (",instruction_difficulty\n", "holds no difficulties"),
        (",instruction_difficulty\n0,0.5\n", "difficulties for 1 instructions.*has 2.*files of one set"),
        (",instruction_difficulty\n0,0.5\n2,1\n", "numbered 0 to 2"),
        (",instruction_difficulty\n0,0.5\n1,hard\n", "row 2: instruction_difficulty is no number"),
        (",instruction_difficulty\n0,0.5\n1\n", "row 2: instruction_difficulty is no number"),
        (",instruction_difficulty\n0,nan\n1,1\n", "row 1: instruction_difficulty is no number"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        load_difficulty(_file(tmp_path, text), INSTRUCTIONS)


def test_no_such_file_and_no_such_benchmark(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read as CSV"):
        load_difficulty(tmp_path / "none.csv", INSTRUCTIONS)
    with pytest.raises(ValueError, match="difficulty: ifeval takes none"):
        BenchmarkSettings(name="ifeval", path="x", difficulty="d.csv")
