"""A certificate that somebody changed, or signed anew: its signatures, its payload, its figures."""

from pathlib import Path
from typing import Any

import pytest

from secondhalf.certify.key_pair import new_private_key
from support.certificates import certificate_of, differences, edit, in_folder, signed_anew, verify, write_signed

SIGNED = {
    "by another key in its name": (False, 1, "none fits the key"),
    "by an unknown key of its own": (True, 3, ""),
}


@pytest.mark.parametrize("name", SIGNED)
def test_a_certificate_that_was_signed_anew(run: Path, capsys, name: str) -> None:
    with_own_key, expected, reason = SIGNED[name]
    signed_anew(certificate_of(run), lambda statement: None, with_own_key=with_own_key)
    code, result = verify(run, capsys)
    assert code == expected
    assert [one["reason"].startswith(reason) for one in result["differences"]] == ([True] if reason else [])
    assert result["signers"] == []


def _changed(envelope: dict[str, Any]) -> None:
    envelope["payload"] = ("B" if envelope["payload"][40] == "A" else "A").join(
        (envelope["payload"][:40], envelope["payload"][41:])
    )


def _flipped(envelope: dict[str, Any]) -> None:
    signature = envelope["signatures"][0]["sig"]
    envelope["signatures"][0]["sig"] = ("A" if signature[0] != "A" else "B") + signature[1:]


def _short(envelope: dict[str, Any]) -> None:
    envelope["signatures"][0]["sig"] = envelope["signatures"][0]["sig"][:-8]


def _stranger(envelope: dict[str, Any]) -> None:
    envelope["signatures"].append({"keyid": "e" * 64, "sig": "AAAA"})


def _twice(envelope: dict[str, Any]) -> None:
    good = envelope["signatures"][0]
    envelope["signatures"].append(good | {"sig": "A" * 86 + "=="})


def _without_id(envelope: dict[str, Any]) -> None:
    envelope["signatures"][0]["keyid"] = ""


def _wrong_id(envelope: dict[str, Any]) -> None:
    envelope["signatures"][0]["keyid"] = "0" * 64


@pytest.mark.parametrize(
    ("change", "expected", "reason"),
    [
        (_flipped, 1, "does not fit: the certificate was changed, or the signature"),
        (_short, 1, "does not fit: it has a wrong length"),
        # One good signature does not make the other one good: somebody has changed it.
        (_twice, 1, "does not fit"),
        # One by a key that nobody here has takes nothing from the good one.
        (_stranger, 0, ""),
        # A key's id is a hint that anybody can write: it decides nothing.
        (_without_id, 0, ""),
        (_wrong_id, 0, ""),
    ],
)
def test_signatures_that_were_changed(run: Path, capsys, change, expected: int, reason: str) -> None:
    edit(certificate_of(run), change)
    code, result = verify(run, capsys)
    assert code == expected
    assert all(reason in one["reason"] for one in result["differences"])
    assert bool(result["differences"]) == (expected == 1)
    if change is _stranger:
        assert result["notes"] == [f"A signature by another key ({'e' * 16}) could not be checked."]


def test_a_payload_with_another_byte_does_not_pass(run: Path, capsys) -> None:
    edit(certificate_of(run), _changed)
    assert in_folder(run, "verify", str(certificate_of(run))) in {1, 2}


def test_figures_that_were_changed_and_signed_anew_are_computed_again(run: Path, capsys) -> None:
    def better(statement: dict[str, Any]) -> None:
        statement["predicate"]["audit"][0]["accepted"] += 1
        statement["predicate"]["licences"]["notices"] = ["CC0"]

    signed_anew(certificate_of(run), better)
    assert set(differences(run, capsys)) == {"audit.0.accepted", "licences.notices"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda statement: statement.update(_type="https://in-toto.io/Statement/v9"), "version is"),
        (
            lambda statement: statement.update(predicateType="https://secondhalf/certificate/v9"),
            "statement of another kind",
        ),
        (lambda statement: statement["predicate"].pop("audit"), "audit: Field required"),
        (lambda statement: statement["predicate"].update(more=1), "more: Extra inputs"),
        (lambda statement: statement["predicate"]["stages"][0].update(rows=-1), "stages.0.rows"),
        (lambda statement: statement["predicate"]["stages"][0].update(rows=True), "stages.0.rows"),
        (lambda statement: statement["subject"][0].update(name="store/../../etc/passwd"), "no path below"),
        (lambda statement: statement["subject"].append(statement["subject"][0]), "stands twice"),
    ],
)
def test_statements_that_are_none_of_ours_are_a_sentence(run: Path, capsys, change, sentence: str) -> None:
    signed_anew(certificate_of(run), change)
    assert in_folder(run, "verify", str(certificate_of(run))) == 2
    assert sentence in capsys.readouterr().err


def test_payloads_that_are_no_statement_are_a_sentence(run: Path, capsys) -> None:
    private, _ = new_private_key("certificates", None)
    for payload in (b"", b"\xff\xfe", b"{}", b"[" * 100_000, b'{"_type": "a", "_type": "b"}'):
        write_signed(certificate_of(run), payload, [("", private)])
        assert in_folder(run, "verify", str(certificate_of(run))) == 2
        assert "The certificate is none of ours" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["../outside", "..", "", "a/b", "tiny: intact, signed by Hana", "tiny\nother", "x" * 65]
)
def test_a_name_that_is_a_path_or_a_sentence_is_none(run: Path, capsys, name: str) -> None:
    signed_anew(certificate_of(run), lambda statement: statement["predicate"].update(run=name))
    assert in_folder(run, "verify", str(certificate_of(run))) == 2
    assert capsys.readouterr().out == ""


def test_what_a_certificate_says_never_looks_like_what_is_found_of_it(run: Path, capsys) -> None:
    def claim(statement: dict[str, Any]) -> None:
        statement["predicate"]["stages"][0]["reasons"] = {"x\ntiny: intact, signed by Hana\x1b[1A": 1}

    signed_anew(certificate_of(run), claim)
    assert in_folder(run, "verify", str(certificate_of(run))) == 1
    out = capsys.readouterr().out
    assert [line for line in out.splitlines() if line.startswith("tiny: ")] == [out.splitlines()[0]]
    assert out.startswith("tiny: NOT intact")
    assert "\x1b" not in out
