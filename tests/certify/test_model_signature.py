"""The signature of an exported model: OpenSSF's model_signing takes it, and no other model under it."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from secondhalf.certify.exported import exported_model
from secondhalf.errors import UserError
from secondhalf.runs import Label
from secondhalf.store import Stage
from support import ROOT, SCRIPTS
from support.certificates import in_folder, make_run, payload_of, signed_anew

MODEL_SIGNING = ROOT / ".venv-signing/bin/model_signing"


def write_export(folder: Path, stage: str, **changes: Any) -> None:
    """A folder as `secondhalf export` leaves it, with files that are no weights."""
    files = {
        "README.md": b"# card",
        "adapter/adapter_model.safetensors": bytes(1000),
        "adapter/a b/設定.json": b"{}",
        "adapter-x": b"y",
    }
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    record = {"run": "tiny", "arm": "taught", "seed": 1, "stage": stage, "files": hashes} | changes
    (folder / "export.json").write_text(json.dumps(record), "utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run up to its split documents, keys, and an export that says it is the run's."""
    folder = tmp_path_factory.mktemp("models")
    make_run(folder, until="split")
    assert in_folder(folder, "keys", "make", "--name", "Hana") == 0
    write_export(folder / "model", f"split/{next((folder / 'store/split').iterdir()).name}")
    return folder


@pytest.fixture
def signed(made: Path, tmp_path: Path) -> Path:
    """A copy of it, certified with the model."""
    shutil.copytree(made, tmp_path / "copy")
    assert in_folder(tmp_path / "copy", "certify", "tiny", "--model", str(tmp_path / "copy/model")) == 0
    return tmp_path / "copy"


def _verify(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, str]]:
    capsys.readouterr()
    model = folder / "model"
    code = in_folder(folder, "verify", str(model / "certificate.json"), "--model", str(model), "--json")
    return code, {one["name"]: one["reason"] for one in json.loads(capsys.readouterr().out)["differences"]}


def test_a_model_is_held_against_its_certificate_without_a_store(signed: Path, capsys) -> None:
    shutil.rmtree(signed / "store")
    shutil.rmtree(signed / "runs")
    assert _verify(signed, capsys) == (0, {})
    predicate = payload_of(signed / "model/certificate.json")["predicate"]
    assert (predicate["model"]["arm"], predicate["model"]["seed"]) == ("taught", 1)
    model = signed / "model"
    (model / ".gitattributes").write_text("x", "utf-8")  # for a repository
    assert _verify(signed, capsys) == (0, {})
    (model / "adapter/adapter_model.safetensors").write_bytes(bytes(999) + b"\1")
    (model / "adapter/a b/設定.json").unlink()
    (model / "adapter/pytorch_model.bin").write_bytes(b"pickle")
    (model / "adapter-x").unlink()
    (model / "adapter-x").symlink_to("/etc/hostname")
    code, differing = _verify(signed, capsys)
    assert code == 1
    assert "its SHA-256 is" in differing.pop("model/adapter/adapter_model.safetensors")
    assert differing == {
        "model/adapter/a b/設定.json": "it is missing",
        "model/adapter/pytorch_model.bin": "it is in no part of the certificate",
        "model/adapter-x": "it is a link",
    }


def test_a_model_is_the_one_that_the_certificate_names(signed: Path, capsys) -> None:
    for field, value in (("arm", "original"), ("seed", 2)):
        signed_anew(
            signed / "model/certificate.json",
            lambda statement, field=field, value=value: statement["predicate"]["model"].update({field: value}),
        )
    assert _verify(signed, capsys) == (
        1, {"model.arm": "original certified, taught now", "model.seed": "2 certified, 1 now"}
    )  # fmt: skip


def test_the_store_is_held_against_the_same_certificate(signed: Path, capsys) -> None:
    assert in_folder(signed, "verify", str(signed / "model/certificate.json")) == 0
    assert "the exported model: name its folder with --model" in capsys.readouterr().out


def test_a_run_that_was_certified_without_a_model_vouches_for_none(signed: Path, capsys) -> None:
    assert in_folder(signed, "certify", "tiny") == 0
    assert (
        in_folder(signed, "verify", str(signed / "runs/tiny/certificate.json"), "--model", str(signed / "model")) == 2
    )
    assert "covers no exported model" in capsys.readouterr().err


def test_what_is_no_export_of_the_run_is_not_certified(made: Path, tmp_path: Path, capsys) -> None:
    stage = json.loads((made / "model/export.json").read_text("utf-8"))["stage"]

    def certified(change, **changes: Any) -> str:
        shutil.rmtree(tmp_path / "m", ignore_errors=True)
        write_export(tmp_path / "m", **({"stage": stage} | changes))
        change(tmp_path / "m")
        assert in_folder(made, "certify", "tiny", "--model", str(tmp_path / "m")) == 2
        assert not (tmp_path / "m/model.sig").exists()
        return capsys.readouterr().err

    def nothing(folder: Path) -> None: ...

    assert "exported from another run (other)" in certified(nothing, run="other")
    assert "exported from another run" in certified(nothing, stage="train/0123456789abcdef")
    for seed in ("1", True, -1, 10**30):
        assert "export.json is damaged" in certified(nothing, seed=seed)
    assert "has no stage" in certified(
        lambda m: (m / "export.json").write_text(json.dumps({"run": "tiny", "arm": "a", "seed": 1, "files": {}}))
    )
    assert "export.json cannot be read" in certified(lambda m: (m / "export.json").unlink())
    assert "adapter-x is another" in certified(lambda m: (m / "adapter-x").write_text("z"))
    assert "adapter-x is not there" in certified(lambda m: (m / "adapter-x").unlink())
    assert "more.bin is no part of it" in certified(lambda m: (m / "more.bin").write_text("z"))
    assert "link cannot be certified (it is a link)" in certified(lambda m: (m / "link").symlink_to("/etc/hostname"))


def test_an_export_of_a_trained_stage_is_its_arm_and_its_adapter(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "store/train/0123456789abcdef")
    (stage.path / "adapter").mkdir(parents=True)
    (stage.path / "adapter/adapter_model.safetensors").write_bytes(bytes(1000))
    run = SimpleNamespace(
        recipe=SimpleNamespace(name="tiny"),
        stages=lambda: {Label("train", arm="taught", seed=1): stage, Label("train", arm="other", seed=2): stage},
    )
    write_export(tmp_path / "m", "train/0123456789abcdef", arm="other", seed=2)
    assert exported_model(run, tmp_path / "m")[0].arm == "other"
    write_export(tmp_path / "m", "train/0123456789abcdef", arm="original")
    with pytest.raises(UserError, match=r"not as it was exported \(export\.json is another\)"):
        exported_model(run, tmp_path / "m")
    write_export(tmp_path / "m", "train/0123456789abcdef")
    (stage.path / "adapter/adapter_model.safetensors").write_bytes(bytes(999) + b"1")
    with pytest.raises(UserError, match=r"\(adapter/adapter_model\.safetensors is another\)"):
        exported_model(run, tmp_path / "m")


def test_an_adapter_that_the_stage_did_not_train_is_told_by_the_certificate_alone(signed: Path, capsys) -> None:
    certificate = signed / "model/certificate.json"
    stage = payload_of(certificate)["predicate"]["model"]["stage"]

    def trained(statement: dict[str, Any]) -> None:
        digest = {"sha256": "0" * 64}
        statement["subject"].append({"name": f"store/{stage}/adapter/adapter_model.safetensors", "digest": digest})

    signed_anew(certificate, trained)
    assert _verify(signed, capsys) == (
        1, {"model/adapter/adapter_model.safetensors": "it is not the file that the stage trained"}
    )  # fmt: skip


def test_a_card_may_be_written_by_hand_before_it_is_signed(made: Path, tmp_path: Path, capsys) -> None:
    shutil.copytree(made, tmp_path / "copy")
    (tmp_path / "copy/model/README.md").write_text("# our own words", "utf-8")
    assert in_folder(tmp_path / "copy", "certify", "tiny", "--model", str(tmp_path / "copy/model")) == 0
    assert _verify(tmp_path / "copy", capsys) == (0, {})


@pytest.mark.extras
def test_model_signing_verifies_it_with_the_bare_public_key(signed: Path) -> None:
    assert MODEL_SIGNING.is_file(), "make .venv-signing/.installed"
    model = signed / "model"
    known = json.loads((signed / "keys/known.json").read_text("utf-8"))["keys"]
    [key] = [signed / f"keys/{key['id']}.pub" for key in known if key["kind"] == "models"]

    def verified() -> bool:
        command = [MODEL_SIGNING, "verify", "key", model, "--signature", model / "model.sig", "--public_key", key]
        return subprocess.run(command, capture_output=True, check=False, timeout=120).returncode == 0

    assert verified()
    for name in ("certificate.json", "adapter/adapter_model.safetensors", "export.json"):
        data = (model / name).read_bytes()
        (model / name).write_bytes(data + b" ")
        assert not verified(), name
        (model / name).write_bytes(data)
    (model / "stranger.bin").write_bytes(b"x")
    assert not verified()
    (model / "stranger.bin").unlink()
    assert verified()
    key.write_text(next((signed / "keys").glob(f"{known[0]['id']}.pub")).read_text("utf-8"), "utf-8")
    assert not verified()


@pytest.mark.extras
def test_other_libraries_take_the_certificate_for_what_it_is(signed: Path) -> None:
    certificate, key = signed / "model/certificate.json", signed / "keys/known.json"
    known = json.loads(key.read_text("utf-8"))["keys"]
    [id] = [one["id"] for one in known if one["kind"] == "certificates"]
    script = [MODEL_SIGNING.with_name("python"), SCRIPTS / "verify_elsewhere.py"]

    def verified(path: Path) -> subprocess.CompletedProcess[str]:
        command = [*script, path, signed / f"keys/{id}.pub", id]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    result = verified(certificate)
    assert (result.returncode, result.stderr) == (0, "")
    assert int(result.stdout) == len(payload_of(certificate)["subject"])
    signed_anew(certificate, lambda statement: None)
    assert verified(certificate).returncode != 0
