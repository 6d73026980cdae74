"""A request's key: what makes it another, what does not, and no two ways to the same one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.models.request import USER_TURN, RefusedError, Request, Sampling, TroubleError

ONE = Request("row", (("system", "Be brief."), ("user", "川はどこへ？")), Sampling(max_tokens=5, seed=3))
PARTS = st.lists(
    st.tuples(st.sampled_from(["system", "user", "assistant", USER_TURN]), st.text(max_size=8)), max_size=3
)


def test_the_key_that_stores_hold() -> None:
    # Another one would pay for every reply in people's journals again.
    assert ONE.key("m") == "a6f9f339702cc584775f96f61cf450cd0fdf75f0d409e68a4baedbef9361d835"
    assert len(ONE.key("m")) == 64, "the whole hash"


@pytest.mark.parametrize(
    "changes",
    [
        {"messages": ONE.messages[1:]},
        {"messages": ONE.messages[::-1]},
        {"messages": (("user", "Be brief."), *ONE.messages[1:])},
        {"messages": (*ONE.messages[:1], (USER_TURN, "川はどこへ？"))},
        {"messages": (*ONE.messages[:1], ("user", "川はどこへ?"))},
        *({"sampling": ONE.sampling.model_copy(update=one)} for one in (
            {"max_tokens": 6}, {"temperature": 0.6}, {"top_p": 0.9}, {"seed": 4})),
    ],
)  # fmt: skip
def test_what_makes_it_another(changes: dict[str, object]) -> None:
    assert replace(ONE, **changes).key("m") != ONE.key("m")  # type: ignore[arg-type]
    assert ONE.key("m") != ONE.key("n"), "asked of one request for two models"


def test_the_row_and_which_of_several_teachers_make_no_difference() -> None:
    assert replace(ONE, id="another", teacher="second").key("m") == ONE.key("m")


@given(st.tuples(st.text(max_size=12), PARTS), st.tuples(st.text(max_size=12), PARTS))
def test_two_that_differ_have_two_keys(
    one: tuple[str, list[tuple[str, str]]], other: tuple[str, list[tuple[str, str]]]
) -> None:
    keys = [Request("r", tuple(messages), Sampling()).key(model) for model, messages in (one, other)]
    assert (keys[0] == keys[1]) == (one == other)


def test_a_seed_of_its_own_within_31_bits() -> None:
    requests = [replace(ONE, messages=(("user", str(n)),)) for n in range(50)]
    assert len({request.seed for request in requests}) == 50
    assert all(0 <= request.seed < 2**31 for request in requests)
    assert max(request.seed for request in requests) > 2**30, "all of the 31 bits"
    assert replace(ONE, id="another").seed == ONE.seed != replace(ONE, sampling=Sampling(seed=4)).seed


def test_trouble_costs_an_attempt_and_nobody_is_to_blame_for_a_refusal_unless_somebody_said_so() -> None:
    trouble, refusal = TroubleError("no"), RefusedError("no")
    # Ten tenths of an attempt.
    assert (trouble.cost, trouble.too_much, trouble.after, trouble.paid) == (10, False, None, None)
    assert (refusal.fault, refusal.paid) == ("unclear", None)
