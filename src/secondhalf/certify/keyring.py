"""A folder of keys: one's own, and the public keys of others that are trusted; who owns which, and which are retired.

KEYS/known.json   the public keys that are known, with their owners' names: what `verify` goes by
KEYS/ID.pem       one's own private keys, 0600, in PKCS#8, with a passphrase or without
KEYS/ID.pub       the public part of one's own keys, to hand out; nothing here reads it

Nobody but the owner may write the folder and `known.json`, or read a private key: a key that others can use says nothing.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError, model_validator

from secondhalf.certify.files import read_regular
from secondhalf.certify.key_pair import (
    KINDS,
    KeyKind,
    check_library,
    is_encrypted,
    key_id,
    new_private_key,
    public_key_of,
)
from secondhalf.errors import UserError
from secondhalf.models.reference import user_path
from secondhalf.settings import Settings
from secondhalf.store.faults import place_fault
from secondhalf.store.files import make_folder, write_atomically
from secondhalf.store.lock import locked
from secondhalf.text.json_lines import decode
from secondhalf.text.visible import escape_invisible

_FILE = "known.json"
_ELSEWHERE = "name another folder with --keys"


class KnownKey(Settings):
    """A public key whose owner is known."""

    id: str = Field(pattern=r"^[0-9a-f]{64}$")
    """SHA-256 of the key in DER, as hex."""
    kind: KeyKind
    name: str = Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
    """Whose key it is, in the words of whoever trusts it."""
    own: bool
    """Made here, and not by somebody who is trusted."""
    added: str
    """ISO 8601 time at which it was made or trusted."""
    retired: str = ""
    """ISO 8601 time from which it signs nothing any more; "" for a key in use."""
    public: str
    """PEM."""

    @model_validator(mode="after")
    def _is_itself(self) -> Self:
        if public_key_of(self.public) != (self.id, self.kind, self.public):
            raise ValueError(f"{self.id[:16]} is not the id of its key, or its kind is another")
        return self

    def without_key(self) -> dict[str, Any]:
        """What is listed of it."""
        return {name: value for name, value in self.model_dump().items() if name != "public"}


class KnownKeys(Settings):
    """What known.json holds."""

    keys: list[KnownKey] = Field([])


def keys_folder(named: Path | None) -> Path:
    """The folder that was named, else $XDG_CONFIG_HOME/secondhalf/keys, else ~/.config/secondhalf/keys.

    Raises UserError where none is named and the user has no home.
    """
    if named is not None:
        return user_path(str(named), "--keys")
    shared = os.environ.get("XDG_CONFIG_HOME", "")
    if Path(shared).is_absolute():  # others are to be ignored, says the XDG specification
        return Path(shared) / "secondhalf" / "keys"
    return user_path("~/.config/secondhalf/keys", "--keys")


class Keyring:
    """The keys of a folder, which need not be there yet. Raises UserError where others could have changed them."""

    def __init__(self, folder: Path) -> None:
        check_library()
        self.folder = folder
        self.keys = self._read()

    def current(self, kind: KeyKind) -> KnownKey:
        """One's own key in use. Raises UserError where there is none."""
        for key in self.keys:
            if key.own and key.kind == kind and not key.retired:
                return key
        raise UserError(f"{self.folder} holds no key of your own for {kind}: `secondhalf keys make --name NAME` first.")

    def private_key(self, key: KnownKey) -> bytes:
        """One's own private key, in PEM.

        Raises UserError where it is missing, a link, or can be read by others.
        """
        path = self.folder / f"{key.id}.pem"
        try:
            mode, private = _read_private(path)
        except OSError as error:
            raise UserError(
                f"{path} cannot be read ({error.strerror}): restore it, or make a new one: keys rotate."
            ) from error
        if mode & 0o077:
            raise UserError(
                f"{path} can be read by others (mode {mode:04o}): if nobody had it, chmod 600; "
                "else `secondhalf keys rotate`."
            )
        return private

    def has_passphrase(self, key: KnownKey) -> bool | None:
        """Whether one's own private key is encrypted, whoever else can read it; None where it cannot be read.

        A key that was lost or laid open is listed and replaced all the same.
        """
        try:
            return is_encrypted(_read_private(self.folder / f"{key.id}.pem")[1])
        except OSError:
            return None

    def make(self, name: str, passphrase: bytes | None) -> list[KnownKey]:
        """New keys of both kinds under one's own name. Raises UserError where there are some in use already."""
        with self._changing():
            if any(key.own and not key.retired for key in self.keys):
                raise UserError(
                    f"{self.folder} holds keys of your own already: `secondhalf keys rotate` replaces them."
                )
            return self._make(name, passphrase)

    def rotate(self, passphrase: bytes | None) -> list[KnownKey]:
        """New keys in the place of those in use, which stay known as retired; their private parts are removed.

        Raises UserError where there is none to replace.
        """
        with self._changing():
            old = [self.current(kind) for kind in KINDS]
            retired = _now()
            self.keys = [key.model_copy(update={"retired": retired}) if key in old else key for key in self.keys]
            made = self._make(old[0].name, passphrase)
            for key in old:
                (self.folder / f"{key.id}.pem").unlink(missing_ok=True)
            return made

    def trust(self, path: Path, name: str) -> KnownKey:
        """Makes another's public key known under a name. Raises UserError for what is none, and for one that is known."""
        key = read_public_key(path, name)
        with self._changing():
            for other in self.keys:
                if other.id == key.id:
                    raise UserError(
                        f"{path}: the key is known already, as that of {other.name}: `secondhalf keys list`."
                    )
            self._write([*self.keys, key])
        return key

    def forget(self, start: str) -> KnownKey:
        """Forgets another's key, named by the beginning of its id. Raises UserError for one's own, and where not one is meant."""
        with self._changing():
            matches = [key for key in self.keys if key.id.startswith(start) and not key.own]
            if len(matches) != 1:
                raise UserError(
                    f"{start}: {len(matches)} trusted keys of others begin like that: `secondhalf keys list`."
                )
            self._write([key for key in self.keys if key != matches[0]])
        return matches[0]

    def _make(self, name: str, passphrase: bytes | None) -> list[KnownKey]:
        made = []
        for kind in KINDS:
            private, public = new_private_key(kind, passphrase)
            key = _new_key(name, id=key_id(public), kind=kind, own=True, public=public)
            write_atomically(self.folder / f"{key.id}.pem", private)
            write_atomically(self.folder / f"{key.id}.pub", public)
            made.append(key)
        # Last: a key counts when it is known, and one that a kill left behind is never used.
        self._write([*self.keys, *made])
        return made

    @contextmanager
    def _changing(self) -> Iterator[None]:
        try:
            make_folder(self.folder)
        except OSError as error:
            raise place_fault(self.folder, error, _ELSEWHERE) from error
        with locked(self.folder / ".lock", "", wait=True):
            self.keys = self._read()
            yield

    def _read(self) -> list[KnownKey]:
        path = self.folder / _FILE
        for place in (self.folder, path):
            if place.exists() and _is_writable_by_others(place.stat()):
                raise UserError(
                    f"{place} can be written by others, who could have put their keys there: look at its keys "
                    f"(`secondhalf keys list` after chmod go-w {place})."
                )
        try:
            return KnownKeys.model_validate(decode(path.read_text("utf-8"))).keys if path.exists() else []
        except OSError as error:
            raise place_fault(path, error, _ELSEWHERE) from error
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"]))
            raise UserError(
                f"{path}: {field or 'keys'}: {first['msg'].removeprefix('Value error, ')}: restore the file from a copy."
            ) from error
        except ValueError as error:
            raise UserError(f"{path} cannot be read ({error}): restore the file from a copy.") from error

    def _write(self, keys: list[KnownKey]) -> None:
        text = KnownKeys(keys=keys).model_dump_json(indent=1)
        write_atomically(self.folder / _FILE, text + "\n")
        self.keys = keys


def _read_private(path: Path) -> tuple[int, bytes]:
    """The mode and the content of a private key's file. Raises OSError, also for a link, a folder and a pipe."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is no file", str(path))
        return stat.S_IMODE(mode), os.read(handle, 100_000)
    finally:
        os.close(handle)


def _is_writable_by_others(status: os.stat_result) -> bool:
    """By its mode, or since it is somebody else's. The administrator may use a user's, and everybody the administrator's."""
    us = os.geteuid()
    return bool(status.st_mode & 0o022) or (us != 0 and status.st_uid not in {0, us})


def read_public_key(path: Path, name: str | None = None) -> KnownKey:
    """Another's public key from its file in PEM; without a name it is called as its file.

    Raises UserError for what is none, or none for certificates.
    """
    check_library()
    try:
        id, kind, pem = public_key_of(read_regular(path, 100_000).decode("utf-8", "replace"))
        if kind != "certificates":
            raise ValueError("it is a key for models, which model_signing takes as a file")
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): name the file of a public key.") from error
    except ValueError as error:
        raise UserError(f"{path}: {error}: ask for the public key, the .pub file that `keys make` wrote.") from error
    called = " ".join(escape_invisible(path.name).split())[:200] if name is None else name
    return _new_key(called, id=id, kind=kind, own=False, public=pem)


def _new_key(name: str, **fields: Any) -> KnownKey:
    """A key that is known from now on, under its owner's name. Raises UserError for a name that is none."""
    try:
        return KnownKey(name=name, added=_now(), **fields)
    except ValidationError as error:
        raise UserError(
            f"--name {name[:80]}: a name is one line of 1 to 200 characters: give the owner's name."
        ) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
