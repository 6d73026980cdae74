"""The keys that sign: retired, trusted, forgotten, with a passphrase; and what cannot be meant about them."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from secondhalf.certify.key_pair import new_private_key
from support.certificates import (
    certificate_of,
    differences,
    in_folder,
    verify,
)


def test_a_key_that_was_retired_vouches_for_what_it_signed_before(run: Path, capsys) -> None:
    assert in_folder(run, "keys", "rotate") == 0
    code, result = verify(run, capsys)
    assert code == 0
    assert result["signers"][0]["retired"]
    assert in_folder(run, "verify", str(certificate_of(run))) == 0
    assert "retired since" in capsys.readouterr().out
    # Signed, by the certificate's own word, after it was retired.
    known = run / "keys/known.json"
    value = json.loads(known.read_text("utf-8"))
    value["keys"][0]["retired"] = "2020-01-01T00:00:00+00:00"
    known.write_text(json.dumps(value), "utf-8")
    assert "was retired at 2020-01-01" in differences(run, capsys)["signatures"]


def test_another_person_verifies_with_the_public_key_alone(run: Path, capsys, tmp_path: Path) -> None:
    [public] = [path for path in (run / "keys").glob("*.pub") if "MCow" in path.read_text("utf-8")]
    shutil.copy(public, tmp_path / "hana.pub")
    shutil.rmtree(run / "keys")
    assert verify(run, capsys, "--key", str(tmp_path / "hana.pub"))[0] == 0
    assert in_folder(run, "keys", "trust", str(tmp_path / "hana.pub"), "--name", "花子さん") == 0
    assert "Compare the whole id" in capsys.readouterr().out
    code, result = verify(run, capsys)
    assert (code, result["signers"][0]["name"]) == (0, "花子さん")
    assert in_folder(run, "keys", "forget", result["key"][:12]) == 0
    assert verify(run, capsys)[0] == 3
    (tmp_path / "hana.pub").write_text(new_private_key("certificates", None)[1], "utf-8")
    assert verify(run, capsys, "--key", str(tmp_path / "hana.pub"))[0] == 3


def test_a_passphrase_is_taken_from_a_variable_and_a_wrong_one_signs_nothing(run: Path, capsys, monkeypatch) -> None:
    shutil.rmtree(run / "keys")
    before = certificate_of(run).read_bytes()
    monkeypatch.setenv("WORDS", "a long passphrase")
    assert in_folder(run, "keys", "make", "--name", "Hana", "--passphrase-env", "WORDS") == 0
    assert in_folder(run, "certify", "tiny", "--passphrase-env", "WORDS") == 0
    assert verify(run, capsys)[0] == 0
    after = certificate_of(run).read_bytes()
    assert after != before
    monkeypatch.setenv("WORDS", "another passphrase")
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    for words, sentence in (
        (["--passphrase-env", "WORDS"], "The passphrase is not that of the private key"),
        (["--passphrase-env", "NONE_SUCH"], "is not set"),
        ([], "nobody can type it here"),
    ):
        assert in_folder(run, "certify", "tiny", *words) == 2
        error = capsys.readouterr().err
        assert sentence in error
        assert "passphrase\n" not in error
        assert certificate_of(run).read_bytes() == after
    # Keys with a passphrase are not replaced by some without.
    assert in_folder(run, "keys", "rotate") == 2
    monkeypatch.setenv("WORDS", "short")
    assert in_folder(run, "keys", "rotate", "--passphrase-env", "WORDS") == 2
    monkeypatch.setenv("WORDS", "one more passphrase")
    assert in_folder(run, "keys", "rotate", "--passphrase-env", "WORDS") == 0
    assert in_folder(run, "certify", "tiny", "--passphrase-env", "WORDS") == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["make"], "--name says whose keys they are"),
        (["make", "x", "--name", "y"], "takes no FILE"),
        (["list", "--name", "y"], "takes no --name"),
        (["rotate"], "holds no key of your own"),
        (["rotate", "--name", "y"], "takes no --name"),
        (["trust"], "give the file of a public key"),
        (["trust", "/none", "--name", "y"], "cannot be read"),
        (["trust", "x", "--name", "y", "--passphrase"], "takes no --passphrase"),
        (["forget"], "give the beginning of the key's id"),
        (["forget", "abc"], "0 trusted keys of others"),
    ],
)
def test_what_cannot_be_meant_about_keys_is_a_sentence(tmp_path: Path, capsys, words: list[str], sentence: str) -> None:
    assert in_folder(tmp_path, "keys", *words) == 2
    assert sentence in capsys.readouterr().err
    assert in_folder(tmp_path, "keys") == 0
    assert "holds no keys" in capsys.readouterr().out


def test_a_retired_key_is_no_key_in_use_because_its_file_is_named(run: Path, capsys, tmp_path: Path) -> None:
    known = run / "keys/known.json"
    value = json.loads(known.read_text("utf-8"))
    public = tmp_path / "a\nname.pub"
    public.write_text(value["keys"][0]["public"], "utf-8")
    assert verify(run, capsys, "--key", str(public))[1]["signers"][0]["name"] == "Hana"
    value["keys"][0]["retired"] = "2020-01-01T00:00:00+00:00"
    known.write_text(json.dumps(value), "utf-8")
    assert "was retired at 2020-01-01" in differences(run, capsys, "--key", str(public))["signatures"]
    known.unlink()  # a stranger's file may be called anything
    assert verify(run, capsys, "--key", str(public))[1]["signers"][0]["name"] == "a name.pub"


@pytest.mark.parametrize("fault", ["gone", "folder", "open", "link"])
def test_a_private_key_that_was_lost_or_laid_open_is_listed_and_replaced(run: Path, capsys, fault: str) -> None:
    key = json.loads((run / "keys/known.json").read_text("utf-8"))["keys"][0]["id"]
    path = run / f"keys/{key}.pem"
    if fault == "open":
        path.chmod(0o644)
    else:
        path.rename(run / "moved")
        {"gone": lambda: None, "folder": path.mkdir, "link": lambda: path.symlink_to(run / "moved")}[fault]()
    assert in_folder(run, "certify", "tiny") == 2
    error = capsys.readouterr().err
    assert path.name in error
    assert "keys rotate" in error
    assert in_folder(run, "keys") == 0
    if fault == "folder":
        path.rmdir()
    assert in_folder(run, "keys", "rotate") == 0  # what the sentence says to do
    assert in_folder(run, "certify", "tiny") == 0
    assert verify(run, capsys)[0] == 0


@pytest.mark.parametrize("kind", ["certificates", "models"])
def test_nothing_is_signed_with_a_private_key_that_is_anothers(run: Path, capsys, kind) -> None:
    key = json.loads((run / "keys/known.json").read_text("utf-8"))["keys"][0]["id"]
    before = certificate_of(run).read_bytes()
    (run / f"keys/{key}.pem").write_text(new_private_key(kind, None)[0], "utf-8")
    assert in_folder(run, "certify", "tiny") == 2
    assert f"The private key is not that of the key {key[:16]}: restore its .pem file" in capsys.readouterr().err
    assert certificate_of(run).read_bytes() == before
