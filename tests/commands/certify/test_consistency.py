"""A certificate whose files and whose words do not belong together, and what verify says where it proves less."""

import json
from pathlib import Path
from typing import Any

import pytest

from secondhalf.analysis.flat.hashes import hash_of_run
from secondhalf.analysis.tables import RunTables
from secondhalf.api import find_run
from secondhalf.certify.envelope import read_envelope
from secondhalf.certify.key_pair import key_id, new_private_key
from secondhalf.store.recorded import write_recorded
from support.certificates import certificate_of, differences, in_folder, payload_of, signed_anew, verify, write_signed

HASH = {"sha256": "0" * 64}
WHOLE, ALONE = [], ["--signature-only"]


def _without(part: str) -> Any:
    def change(statement: dict[str, Any]) -> None:
        statement["subject"] = [one for one in statement["subject"] if part not in one["name"]]

    return change


def _with(name: str) -> Any:
    return lambda statement: statement["subject"].append({"name": name, "digest": HASH})


def _of_model(stage: str) -> Any:
    return lambda statement: statement["predicate"].update(model={"arm": "taught", "seed": 1, "stage": stage})


@pytest.mark.parametrize("words", [WHOLE, ALONE])
@pytest.mark.parametrize(
    ("change", "name", "reason"),
    [
        # Somebody leaves the pairs' hashes out, so that the pairs may be others under the same counts.
        (_without("/audit/"), "store/audit", "has no SHA-256 of it"),
        (_without("recipe.yaml"), "run/recipe.yaml", "has no SHA-256 of it"),
        (_with("store/store.json"), "store/store.json", "of no stage"),
        (_with("store/audit/0123456789abcdef/part-00000.parquet"), "store/audit/0123", "of no stage"),
        (_with(f"store/{'a' * 300}/b/c"), "store/aaa", "of no stage"),
        (_with("model/weights"), "model", "it is not said which model that is"),
        (_of_model("train/0123456789abcdef"), "model.stage", "of no stage"),
    ],
)
def test_files_and_words_that_do_not_belong_together(run: Path, capsys, change, name, reason, words) -> None:
    signed_anew(certificate_of(run), change)
    differing = differences(run, capsys, *words)
    # What the store tells of the same file is enough.
    assert any(one.startswith(name) and (reason in why or words is WHOLE) for one, why in differing.items()), differing


def test_a_file_of_a_stage_that_only_the_words_name_is_strange(run: Path, capsys) -> None:
    signed_anew(certificate_of(run), _without("spent.json"))
    assert [why for name, why in differences(run, capsys).items() if name.endswith("spent.json")] == [
        "it is in no part of the certificate"
    ]


@pytest.mark.parametrize("words", [["--signature-only"], ["--files", "store/audit"]])
def test_the_run_that_it_has_to_be_of_counts_whatever_is_compared(run: Path, capsys, monkeypatch, words) -> None:
    monkeypatch.chdir(run)
    assert verify(run, capsys, *words, "--run", "tiny")[0] == 0
    assert differences(run, capsys, *words, "--run", "runs/other") == {
        "run": "the certificate is of tiny, and not of other"
    }


def test_files_alone_do_not_prove_the_figures_and_that_is_said(run: Path, capsys) -> None:
    _, result = verify(run, capsys, "--files", str(run / "store/audit"))
    assert any("was not computed again: that needs the run" in note for note in result["notes"])


@pytest.mark.parametrize("created", ["", "soon", "2026-13-01T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00"])
def test_what_is_no_time_is_no_certificate(run: Path, capsys, created: str) -> None:
    signed_anew(certificate_of(run), lambda statement: statement["predicate"].update(created=created))
    assert in_folder(run, "verify", str(certificate_of(run))) == 2
    assert "created: it is no time with its zone" in capsys.readouterr().err


def test_a_time_to_come_and_a_signer_who_did_not_sign_are_mentioned(run: Path, capsys, tmp_path: Path) -> None:
    def later(statement: dict[str, Any]) -> None:
        statement["predicate"]["created"] = "9998-01-01T00:00:00+14:00"

    certificate = certificate_of(run)
    payload = read_envelope(certificate).payload
    private, public = new_private_key("certificates", None)
    write_signed(certificate, payload, [(key_id(public), private)])
    (tmp_path / "other.pub").write_text(public, "utf-8")
    code, result = verify(run, capsys, "--key", str(tmp_path / "other.pub"))
    assert code == 0
    named = payload_of(certificate)["predicate"]["signer"]["id"][:16]
    assert result["notes"] == [f"It has no signature by the key {named} that it names as its signer's."]
    signed_anew(certificate, later)
    assert any("later than now by this machine's clock" in note for note in verify(run, capsys)[1]["notes"])


def test_what_is_no_file_in_the_runs_folder_is_a_sentence(run: Path, capsys) -> None:
    gate = run / "runs/tiny/gate"
    gate.mkdir()
    (gate / "a.json").mkdir()
    assert in_folder(run, "certify", "tiny") == 2
    assert "gate/a.json cannot be certified (it is no file): put the file itself there." in capsys.readouterr().err
    (gate / "a.json").rmdir()
    gate.rmdir()
    (run / "elsewhere").mkdir()
    (run / "elsewhere/a.json").write_text("{}", "utf-8")
    gate.symlink_to(run / "elsewhere")
    assert in_folder(run, "certify", "tiny") == 2
    assert "(it lies behind a link)" in capsys.readouterr().err
    gate.unlink()
    recipe = run / "runs/tiny/recipe.yaml"
    recipe.rename(run / "recipe.yaml")
    recipe.symlink_to(run / "recipe.yaml")
    assert in_folder(run, "certify", "tiny") == 2
    assert "recipe.yaml cannot be certified (it is a link)" in capsys.readouterr().err


def test_a_stage_that_would_never_be_intact_is_not_certified(run: Path, capsys) -> None:
    stage = next((run / "store/audit").iterdir())
    stage.rename(run / "moved")
    stage.symlink_to(run / "moved")
    assert in_folder(run, "certify", "tiny") == 2
    assert "(it lies behind a link)" in capsys.readouterr().err


def test_a_decision_that_was_changed_is_not_certified_and_one_about_another_state_is_named(run: Path, capsys) -> None:
    gate = run / "runs/tiny/gate"
    write_recorded(gate / "before.json", json.dumps({"passed": True, "hashes": {"run": "0" * 64}}))
    write_recorded(gate / "none.json", "[]")
    now = hash_of_run(RunTables(find_run("tiny", runs=run / "runs", store=run / "store")))
    write_recorded(gate / "now.json", json.dumps({"passed": False, "hashes": {"run": now}}))
    assert in_folder(run, "certify", "tiny") == 0
    note = "Decisions that are not about the run as it is now: gate/before.json, gate/none.json."
    assert note in capsys.readouterr().out
    assert verify(run, capsys) == (0, verify(run, capsys)[1] | {"notes": [note]})
    (gate / "folder.json").mkdir()  # made since
    assert verify(run, capsys)[0] == 0
    (gate / "folder.json").rmdir()
    (gate / "now.json").write_text(json.dumps({"passed": True, "hashes": {"run": now}}), "utf-8")
    assert in_folder(run, "certify", "tiny") == 2
    assert "now.json is not as it was written (damaged, or changed by hand)" in capsys.readouterr().err
