"""Keys: known shapes, named secrets, private key blocks. The keys are put together here so that no scanner takes them for real."""

import pytest

from secondhalf.clean.personal.key import key_blocks
from secondhalf.text.key_shapes import keys

WORD = "Example0" * 40
SHAPES = [
    "sk-" + WORD[:48], "sk-" + "ant-api03-" + WORD[:90], "AK" + "IA" + "EXAMPLE7" * 2, "gh" + "p_" + WORD[:36], "github" + "_pat_" + WORD[:80],
    "gl" + "pat-" + WORD[:20], "xo" + "xb-000000000000-" + WORD[:24], "AI" + "za" + WORD[:35], "ya" + "29." + WORD[:40], "hf" + "_" + WORD[:34],
    "npm" + "_" + WORD[:36], "SG" + "." + WORD[:22] + "." + WORD[:43], "sk" + "_live_" + WORD[:24], "pypi-" + "AgEI" + WORD[:80],
    "eyJhbGciOiJub25lIn0." + "eyJzdWIiOiJ4In0." + WORD[:43],
]  # fmt: skip


def matches(text):
    return [text[start:end] for start, end in keys(text)]


@pytest.mark.parametrize("key", SHAPES)
def test_known_shapes_in_both_languages(key):
    for text in (f"Use {key}, please.", f"鍵は{key}です。", f"https://{key}@git.example.com/a", f'"{key}"'):
        assert set(matches(text)) == {key}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('api_key = "0a1b2c3d0a1b2c3d0a1b2c3d"', "0a1b2c3d0a1b2c3d0a1b2c3d"),
        ("X-Api-Key: 0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef"),
        ('"apiKey": "EXAMPLE-token_0000-1111"', "EXAMPLE-token_0000-1111"),
        ("Authorization: Bearer 0a1b2c3d0a1b2c3d0a1b", "0a1b2c3d0a1b2c3d0a1b"),
        ("アクセス access_token: 0a1b2c3d/0a1b2c3d+0a1b を使う", "0a1b2c3d/0a1b2c3d+0a1b"),
    ],
)
def test_named_secrets(text, value):
    assert matches(text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "commit 0123456789abcdef0123456789abcdef01234567", "token = get_token(session, refresh=True)", "sk-learn and task-based-scheduling-in-practice",
        "sk-chasing-dot-before-animation", ".sk-three-bounce-child-element-2 {", "secret: projects/example/secrets/db-password/versions/3",
        "token: session-service-internal-v2", 'class="token punctuation-separator-level2"', "pypi-publish-to-the-test-index-with-attestations-enabled",
        'api_key = os.environ["EXAMPLE_API_KEY_NUMBER_2"]', "a token of my esteem", "secret: abcdefghijklmnopqrstuvwxyz", "x" * 100, "-" * 100, "eyJ", "0" * 500,
    ],
)  # fmt: skip
def test_leaves_alone(text):
    assert matches(text) == []


def test_a_private_key_goes_from_begin_to_end():
    block = "-----BEGIN RSA PRIVATE" + " KEY-----\n" + (WORD[:64] + "\n") * 3 + "-----END RSA PRIVATE" + " KEY-----"
    text = f"before {block} after"
    assert [text[start:end] for start, end in key_blocks(text)] == [block]


def test_a_private_key_without_its_end_is_taken_as_far_as_its_lines_go():
    block = "-----BEGIN PRIVATE" + " KEY-----\n" + WORD[:64] + "\n" + WORD[:64]
    text = f"{block}\nand then the text goes on."
    assert [text[start:end] for start, end in key_blocks(text)] == [block]


def test_public_parts_are_no_keys():
    assert list(key_blocks("-----BEGIN CERTIFICATE-----\nMIIB\n-----BEGIN PUBLIC" + " KEY-----")) == []
