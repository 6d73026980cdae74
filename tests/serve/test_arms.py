import pytest

from secondhalf.errors import UserError
from secondhalf.serve.arms import read_shares


def test_shares_make_up_one():
    assert read_shares(["taught"]) == {"taught": 1.0}
    assert read_shares(["taught", "tuned=0.1"]) == {"taught": 0.9, "tuned": 0.1}
    assert read_shares(["a=0.5", "b=0.5"]) == {"a": 0.5, "b": 0.5}


@pytest.mark.parametrize(
    "arms", [["a=2"], ["a=x"], ["a=0"], ["a", "a"], ["=1"], ["a=0.5"], ["a=0.7", "b=0.7"], ["a=1", "b"]]
)
def test_what_is_no_share_is_refused(arms: list[str]):
    with pytest.raises(UserError, match="--arm"):
        read_shares(arms)
