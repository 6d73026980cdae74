"""Certificates for tests: a run up to its audited pairs, keys, and envelopes that somebody has tampered with."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from secondhalf.certify.envelope import PAYLOAD_TYPE, Envelope, EnvelopeSignature, envelope_text
from secondhalf.certify.key_pair import key_id, new_private_key, sign
from secondhalf.cli import main
from support.recipes import tiny_recipe


def make_run(folder: Path, until: str = "audit", **changes: Any) -> None:
    """The tiny run up to a stage, in `folder`/store and `folder`/runs."""
    recipe = tiny_recipe(folder / "tiny.yaml", **({"corpus": {"sample": 30}} | changes))
    places = ["--store", str(folder / "store"), "--runs", str(folder / "runs")]
    assert main([until, str(recipe), *places]) == 0


def in_folder(folder: Path, *words: str) -> int:
    """A command on the run, the store and the keys in `folder`; its exit code."""
    places = ["--store", str(folder / "store"), "--runs", str(folder / "runs"), "--keys", str(folder / "keys")]
    return main([*words, *places])


def payload_of(path: Path) -> dict[str, Any]:
    """The statement in a certificate's file."""
    statement: dict[str, Any] = json.loads(base64.b64decode(json.loads(path.read_text("utf-8"))["payload"]))
    return statement


def signed_anew(path: Path, change: Callable[[dict[str, Any]], None], *, with_own_key: bool = True) -> None:
    """Changes the statement in a certificate and signs it with a new key; `with_own_key`: which it then names as its signer's."""
    statement = payload_of(path)
    change(statement)
    private, public = new_private_key("certificates", None)
    if with_own_key:
        statement["predicate"]["signer"] = {"id": key_id(public), "public": public}
    payload = json.dumps(statement).encode()
    write_signed(path, payload, [(key_id(public), private)])


def write_signed(path: Path, payload: bytes, keys: list[tuple[str, str]]) -> None:
    """Writes an envelope around any bytes, with a signature by each of the keys: id and private part."""
    message = Envelope(PAYLOAD_TYPE, payload, ()).signed
    signatures = tuple(EnvelopeSignature(id, sign(private.encode(), None, message)) for id, private in keys)
    path.write_text(envelope_text(Envelope(PAYLOAD_TYPE, payload, signatures)), "utf-8")


def edit(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Changes the envelope in a file, its payload apart."""
    envelope = json.loads(path.read_text("utf-8"))
    change(envelope)
    path.write_text(json.dumps(envelope), "utf-8")


def certificate_of(run: Path) -> Path:
    """Where the certificate of such a run stands."""
    return run / "runs/tiny/certificate.json"


def verify(run: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """The exit code of `verify`, and what it says."""
    capsys.readouterr()
    code = in_folder(run, "verify", str(certificate_of(run)), *words, "--json")
    return code, json.loads(capsys.readouterr().out)


def differences(run: Path, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, str]:
    """What differs, by name; the exit code is that of a certificate that is not intact."""
    code, result = verify(run, capsys, *words)
    assert (code, result["intact"]) == (1, False)
    return {one["name"]: one["reason"] for one in result["differences"]}


def table_of(run: Path, stage: str) -> Path:
    """The first table of a stage."""
    return next((run / "store" / stage).glob("*/part-00000.parquet"))
