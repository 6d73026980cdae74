"""Keys: private ones are their owner's alone, replaced ones stay known, and nobody else's file is believed."""

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from secondhalf.certify.key_pair import WrongPassphraseError, is_signature, new_private_key, sign
from secondhalf.certify.keyring import Keyring, _is_writable_by_others, keys_folder, read_public_key
from secondhalf.errors import UserError
from support.other_user import NAMELESS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "some" / "keys"


def test_new_keys_are_their_owners_alone_whatever_the_umask(folder: Path) -> None:
    before = os.umask(0)
    try:
        made = Keyring(folder).make("Hana", None)
    finally:
        os.umask(before)
    assert [key.kind for key in made] == ["certificates", "models"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert set(files.values()) == {0o600}
    assert {f"{key.id}.pem" for key in made} <= files.keys()
    assert b"BEGIN PRIVATE KEY" in Keyring(folder).private_key(made[0])


@pytest.mark.parametrize("kind", ["certificates", "models"])
def test_a_signature_is_that_of_its_key_and_its_message(kind) -> None:
    private, public = new_private_key(kind, None)
    other = new_private_key(kind, None)[1]
    signature = sign(private.encode(), None, b"message")
    assert is_signature(kind, public, signature, b"message")
    assert not is_signature(kind, public, signature, b"messagf")
    assert not is_signature(kind, other, signature, b"message")
    for wrong in (b"", signature[:-1], signature + b"\0", bytes(64), bytes(1000)):
        assert not is_signature(kind, public, wrong, b"message")


def test_the_passphrase_opens_the_key_and_no_other_does(folder: Path) -> None:
    key = Keyring(folder).make("花子", "合言葉です。長い".encode())[0]
    private = Keyring(folder).private_key(key)
    assert b"ENCRYPTED" in private
    assert Keyring(folder).has_passphrase(key)
    assert is_signature(key.kind, key.public, sign(private, "合言葉です。長い".encode(), b"m"), b"m")
    for wrong in (b"something else", None, b""):
        with pytest.raises(WrongPassphraseError, match="passphrase"):
            sign(private, wrong, b"m")
    with pytest.raises(UserError, match="cannot be read"):
        sign(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", None, b"m")


def test_replaced_keys_stay_known_as_retired_and_sign_no_more(folder: Path) -> None:
    old = Keyring(folder).make("Hana", None)
    with pytest.raises(UserError, match="holds keys of your own already"):
        Keyring(folder).make("Hana", None)
    new = Keyring(folder).rotate(None)
    keyring = Keyring(folder)
    assert [key.id for key in keyring.keys] == [key.id for key in [*old, *new]]
    assert [bool(key.retired) for key in keyring.keys] == [True, True, False, False]
    assert keyring.current("certificates").id == new[0].id
    assert {key.name for key in keyring.keys} == {"Hana"}
    assert sorted(path.stem for path in folder.glob("*.pem")) == sorted(key.id for key in new)


def test_without_keys_nothing_is_replaced(folder: Path) -> None:
    with pytest.raises(UserError, match="keys make --name NAME"):
        Keyring(folder).rotate(None)
    assert not list(folder.glob("*.pem"))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o700 | 0o001])
def test_a_private_key_that_others_may_read_is_not_used(folder: Path, mode: int) -> None:
    key = Keyring(folder).make("Hana", None)[0]
    (folder / f"{key.id}.pem").chmod(mode)
    with pytest.raises(UserError, match=rf"can be read by others \(mode {mode:04o}\).*chmod 600"):
        Keyring(folder).private_key(key)


def test_a_private_key_that_is_a_link_or_gone_is_not_used(folder: Path) -> None:
    key = Keyring(folder).make("Hana", None)[0]
    path = folder / f"{key.id}.pem"
    path.rename(folder / "moved")
    with pytest.raises(UserError, match="cannot be read"):
        Keyring(folder).private_key(key)
    path.symlink_to(folder / "moved")
    with pytest.raises(UserError, match="cannot be read"):
        Keyring(folder).private_key(key)


def test_keys_that_others_could_have_written_are_not_believed(folder: Path) -> None:
    Keyring(folder).make("Hana", None)
    for path in (folder, folder / "known.json"):
        mode = path.stat().st_mode
        path.chmod(mode | 0o020)
        with pytest.raises(UserError, match="can be written by others"):
            Keyring(folder)
        path.chmod(mode)
    assert len(Keyring(folder).keys) == 2


def test_keys_that_are_somebody_elses_are_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    def owned_by(user: int) -> os.stat_result:
        return os.stat_result((0o40755, 0, 0, 0, user, 0, 0, 0, 0, 0))

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert not _is_writable_by_others(owned_by(NAMELESS))  # the administrator may use a user's
    monkeypatch.setattr(os, "geteuid", lambda: NAMELESS)
    assert _is_writable_by_others(owned_by(NAMELESS + 1))
    assert not any(_is_writable_by_others(owned_by(user)) for user in (0, NAMELESS))


@pytest.mark.parametrize(
    "change", [{"id": "0" * 64}, {"kind": "models"}, {"name": "a\nb"}, {"name": ""}, {"public": "x"}, {"more": 1}]
)
def test_known_keys_that_were_changed_are_not_believed(folder: Path, change: dict[str, object]) -> None:
    Keyring(folder).make("Hana", None)
    path = folder / "known.json"
    value = json.loads(path.read_text("utf-8"))
    value["keys"][0] |= change
    path.write_text(json.dumps(value), "utf-8")
    with pytest.raises(UserError, match=r"known\.json: keys\.0.*restore the file from a copy"):
        Keyring(folder)
    path.write_text('{"keys": [], "keys": []}', "utf-8")
    with pytest.raises(UserError, match="keys stands twice"):
        Keyring(folder)


def test_anothers_key_is_trusted_under_a_name_and_forgotten(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "aiko.pub"
    path.write_text(new_private_key("certificates", None)[1], "utf-8")
    key = Keyring(folder).trust(path, "愛子")
    assert (key.name, key.own, key.retired) == ("愛子", False, "")
    with pytest.raises(UserError, match="is known already, as that of 愛子"):
        Keyring(folder).trust(path, "Somebody else")
    with pytest.raises(UserError, match="holds no key of your own"):
        Keyring(folder).current("certificates")
    own = Keyring(folder).make("Hana", None)[0]
    for start in (own.id, "nothing"):
        with pytest.raises(UserError, match="0 trusted keys of others begin like that"):
            Keyring(folder).forget(start)
    assert Keyring(folder).forget(key.id[:10]).id == key.id
    assert {one.name for one in Keyring(folder).keys} == {"Hana"}


@pytest.mark.parametrize("name", ["two\nlines", "\x1b[31mred", "n" * 201, "lone \udcff byte", ""])
def test_under_what_is_no_name_no_key_is_made_and_none_is_trusted(folder: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / "aiko.pub"
    path.write_text(new_private_key("certificates", None)[1], "utf-8")
    with pytest.raises(UserError, match="a name is one line of 1 to 200 characters"):
        Keyring(folder).make(name, None)
    with pytest.raises(UserError, match="a name is one line of 1 to 200 characters"):
        Keyring(folder).trust(path, name)
    assert not Keyring(folder).keys
    assert not list(folder.glob("*.pem"))


def test_what_is_no_public_key_for_certificates_is_not_trusted(folder: Path, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    def pem(key) -> str:
        return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    private, _ = new_private_key("certificates", None)
    path = tmp_path / "key"
    for text, sentence in [
        (private, "it is a private key"),
        ("", "no public key in PEM"),
        ("ssh-ed25519 AAAA", "no public key in PEM"),
        (pem(rsa.generate_private_key(65537, 2048)), "another kind than"),
        (pem(ec.generate_private_key(ec.SECP384R1())), "another kind than"),
        (new_private_key("models", None)[1], "a key for models"),
    ]:
        path.write_text(text, "utf-8")
        with pytest.raises(UserError, match=sentence):
            read_public_key(path, "x")
    with pytest.raises(UserError, match="cannot be read"):
        Keyring(folder).trust(tmp_path / "none", "x")
    path.write_text(new_private_key("certificates", None)[1], "utf-8")
    for name in ("", "a\x1b[2J", "x" * 201):
        with pytest.raises(UserError, match="--name"):
            Keyring(folder).trust(path, name)


def test_the_folder_is_where_the_user_keeps_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    assert keys_folder(None) == tmp_path / ".config/secondhalf/keys"
    monkeypatch.setenv("XDG_CONFIG_HOME", "not/whole")
    assert keys_folder(None) == tmp_path / ".config/secondhalf/keys"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "x"))
    assert keys_folder(None) == tmp_path / "x/secondhalf/keys"
    assert keys_folder(Path("~/k")) == tmp_path / "k"


def test_without_the_library_it_is_said_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(UserError, match=r"pip install .*\[certify\]'"):
        Keyring(folder)
