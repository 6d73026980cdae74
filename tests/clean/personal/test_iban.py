"""Bank accounts: published examples in their ways of writing, and errors in one place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.clean.personal.iban import ibans

EXAMPLES = [
    "GB29NWBK60161331926819", "DE89370400440532013000", "FR1420041010050500013M02606", "NL91ABNA0417164300",
    "ES9121000418450200051332", "CH9300762011623852957", "BE68539007547034", "NO9386011117947",
    "MT84MALT011000012345MTLCAST001S",
]  # fmt: skip


def matches(text):
    return [text[start:end] for start, end in ibans(text)]


@pytest.mark.parametrize("account", EXAMPLES)
@pytest.mark.parametrize("sign", ["", " ", "-"])
@pytest.mark.parametrize("lower", [False, True])
def test_ways_of_writing(account, sign, lower):
    printed = sign.join(account[i : i + 4] for i in range(0, len(account), 4))
    printed = printed.lower() if lower else printed
    assert matches(f"Pay {printed} and then rest.") == [printed]
    assert matches(f"口座{printed}へ") == [printed]


@given(account=st.sampled_from(EXAMPLES), index=st.integers(4, 33), digit=st.sampled_from("0123456789"))
def test_one_wrong_digit_is_no_account(account, index, digit):
    index = min(index, len(account) - 1)
    wrong = account[:index] + digit + account[index + 1 :]
    assert matches(wrong) == ([account] if wrong == account else [])


@pytest.mark.parametrize(
    "text", ["GB29NWBK6016133192681", "XX29NWBK60161331926819", "aGB29NWBK60161331926819", "GB29NWBK601613319268190"]
)
def test_wrong_length_or_country(text):
    assert matches(text) == []


def test_what_a_country_asks_for_beside_the_check_is_not_asked_for():
    """Accounts as in print: the check of the IBAN holds, the country's own bank codes or check digits do not."""
    assert matches("BE68539007547034") == ["BE68539007547034"]
    assert matches("NO5086010000602") == ["NO5086010000602"]
