"""A run's certificate: what it says, and every way in which the run is another than what was certified."""

import json
import re
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from secondhalf.certify.contents import DOCUMENTS
from secondhalf.disclosure import ab2013, croissant, data_card, eu_summary, ml_bom, model_card, proof_page
from secondhalf.store import checksums
from support.certificates import (
    certificate_of,
    differences,
    in_folder,
    make_run,
    payload_of,
    table_of,
    verify,
)

FILES = [one.FILE for one in (ab2013, croissant, data_card, eu_summary, ml_bom, model_card, proof_page)]


def test_an_untouched_run_is_intact_and_its_signer_known(run: Path, capsys) -> None:
    code, result = verify(run, capsys)
    assert (code, result["intact"], result["differences"], result["notes"]) == (0, True, [], [])
    assert [signer["name"] for signer in result["signers"]] == ["Hana"]
    assert result["checked"] == len(payload_of(certificate_of(run))["subject"])
    assert in_folder(run, "verify", str(certificate_of(run))) == 0
    assert "tiny: intact, signed by Hana (key " in capsys.readouterr().out


def test_without_a_known_key_the_signer_is_unknown(run: Path, capsys) -> None:
    shutil.rmtree(run / "keys")
    assert in_folder(run, "verify", str(certificate_of(run))) == 3
    assert "tiny: intact, signer unknown (key " in capsys.readouterr().out
    assert not (run / "keys").exists()


def test_it_says_what_the_tables_hold(certified: Path) -> None:
    statement = payload_of(certificate_of(certified))
    assert (statement["_type"], statement["predicateType"]) == (
        "https://in-toto.io/Statement/v1",
        "https://secondhalf/certificate/v1",
    )
    predicate = statement["predicate"]
    stages = {stage["label"]: stage for stage in predicate["stages"]}
    names = {subject["name"] for subject in statement["subject"]}
    for path in (certified / "store").rglob("*.parquet"):
        name = f"store/{path.relative_to(certified / 'store')}"
        assert name in names
        stage = next(stage for stage in stages.values() if name.startswith(f"store/{stage['stage']}/"))
        assert stage["tables"][path.name] == pq.read_metadata(path).num_rows
    for stage in stages.values():
        assert stage["rows_in"] - stage["rows"] - stage["rejected"] == (
            0 if stage["label"] != "corpus" else stage["rows_in"] - stage["rows"]
        )
    [audit] = [row for row in predicate["audit"] if row["data"] == "taught"]
    assert (audit["pairs"], audit["accepted"]) == (stages["audit:taught"]["rows_in"], stages["audit:taught"]["rows"])
    [instructions] = [row for row in predicate["instructions"] if row["data"] == "taught"]
    assert (instructions["language"], instructions["pairs"]) == ("en", audit["pairs"])
    assert {row["benchmark"] for row in predicate["decontamination"]} == {"everyday"}
    assert predicate["recipe"] == (certified / "runs/tiny/recipe.yaml").read_text("utf-8")
    assert predicate["models"] == [{"role": "model", "identity": "dummy", "labels": ["teach:taught"]}]
    assert sum(predicate["licences"]["documents"].values()) == stages["deduplicate"]["rows"]
    [made] = predicate["made_with"]
    assert made["packages"]["pyarrow"]
    assert len(made["labels"]) == len(stages)


@pytest.mark.parametrize("stage", ["corpus", "clean", "teach", "audit"])
def test_a_table_with_another_byte_is_named_with_its_rows(run: Path, capsys, stage: str) -> None:
    path = table_of(run, stage)
    rows = pq.read_metadata(path).num_rows
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)
    [(name, reason)] = differences(run, capsys).items()
    assert name == f"store/{path.relative_to(run / 'store')}"
    assert "its SHA-256 is " in reason
    assert reason.endswith(f"{rows:,} rows certified")


def test_a_table_with_another_row_is_named_with_both_counts(run: Path, capsys) -> None:
    path = table_of(run, "teach")
    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)
    [reason] = differences(run, capsys).values()
    assert f"{table.num_rows - 1} rows now, {table.num_rows} rows certified" in reason


def test_what_is_missing_strange_or_a_link_is_named(run: Path, capsys) -> None:
    gone, linked, strange = (
        table_of(run, "split"),
        table_of(run, "audit"),
        table_of(run, "clean").parent / "part-00001.parquet",
    )
    rows = pq.read_metadata(gone).num_rows
    gone.unlink()
    linked.rename(run / "elsewhere")
    linked.symlink_to(run / "elsewhere")
    shutil.copy(table_of(run, "clean"), strange)
    differing = differences(run, capsys)
    names = [f"store/{path.relative_to(run / 'store')}" for path in (gone, linked, strange)]
    assert differing == {
        names[0]: f"it is missing, {rows:,} rows certified",
        names[1]: "it is a link",
        names[2]: "it is in no part of the certificate",
    }
    folder = table_of(run, "corpus").parent
    folder.rename(run / "corpus")
    folder.symlink_to(run / "corpus")
    assert "it lies behind a link" in differences(run, capsys).values()


def test_counts_that_were_changed_in_a_manifest_are_named(run: Path, capsys) -> None:
    stages = json.loads((run / "runs/tiny/stages.json").read_text("utf-8"))
    folder = run / "store" / stages["audit:taught"]["stage"]  # a file system lists it before the other one, or after it
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    unsealed = {name: value for name, value in manifest.items() if name not in {"checksum", "checksums"}}
    # By somebody who knows how a manifest is sealed.
    path.write_text(
        json.dumps(checksums.sealed(unsealed | {"rows_in": 500, "seconds": 99.5, "revision": "f" * 12}, folder)),
        "utf-8",
    )
    differing = differences(run, capsys)
    assert set(differing) == {"stages.audit:taught.rows_in", "stages.audit:taught.measured.seconds", "made_with"}
    assert differing["stages.audit:taught.rows_in"].endswith("certified, 500 now")
    path.write_text(json.dumps(checksums.sealed(unsealed | {"settings": {"x": 1}}, folder)), "utf-8")
    assert "its key would be" in differences(run, capsys)["contents"]
    path.write_text(json.dumps(manifest | {"rows": 1}), "utf-8")
    assert "manifest.json is damaged" in differences(run, capsys)["contents"]


def test_a_recipe_that_was_changed_is_named(run: Path, capsys) -> None:
    path = run / "runs/tiny/recipe.yaml"
    path.write_text(path.read_text("utf-8").replace("sample: 30", "sample: 31"), "utf-8")
    assert set(differences(run, capsys)) == {"run/recipe.yaml"}


def test_a_decision_about_the_run_is_covered(run: Path, capsys) -> None:
    decision = run / "runs/tiny/gate/production.json"
    decision.parent.mkdir()
    decision.write_text('{"passed": true}', "utf-8")
    assert verify(run, capsys)[0] == 0  # made since, and no part of it
    assert in_folder(run, "certify", "tiny") == 0
    assert verify(run, capsys)[0] == 0
    decision.write_text('{"passed": false}', "utf-8")
    assert set(differences(run, capsys)) == {"run/gate/production.json"}


def test_the_documents_about_the_run_are_covered_and_the_page_is_named(run: Path, capsys) -> None:
    proof = run / "runs/tiny/proof"
    capsys.readouterr()
    assert in_folder(run, "certify", "tiny") == 0
    assert "There is no page for people yet: `secondhalf document tiny`" in capsys.readouterr().out
    proof.mkdir()
    (proof / "ab2013.md").write_text("written later", "utf-8")
    code, result = verify(run, capsys)
    assert (code, result["intact"]) == (0, True)
    assert [note.rpartition(": ")[2] for note in result["notes"]] == ["proof/ab2013.md."]
    assert set(DOCUMENTS) == {*FILES}
    for name in (*DOCUMENTS, "notes-of-my-own.txt"):
        (proof / name).write_text(name, "utf-8")
    assert in_folder(run, "certify", "tiny") == 0
    assert str(proof / "index.html") in capsys.readouterr().out
    assert verify(run, capsys)[0] == 0
    for name in DOCUMENTS:
        (proof / name).write_text(f"{name} another", "utf-8")
    assert set(differences(run, capsys)) == {f"run/proof/{name}" for name in DOCUMENTS}
    (proof / "index.html").unlink()
    assert differences(run, capsys)["run/proof/index.html"] == "it is missing"


def test_a_run_that_went_on_needs_a_new_certificate(run: Path, capsys) -> None:
    shutil.copy(certificate_of(run), run / "before.json")
    links = run / "runs/tiny/stages.json"
    rows = json.loads(links.read_text("utf-8"))
    del rows["audit:taught"]
    links.write_text(json.dumps(rows), "utf-8")
    (run / "runs/tiny/checksums.txt").unlink()
    differing = differences(run, capsys)
    assert "stages.audit:taught" in differing
    assert differing["stages.audit:taught"].endswith("nothing now")
    assert in_folder(run, "certify", "tiny") == 0
    assert verify(run, capsys)[0] == 0


def test_a_certificate_of_another_run_is_told(run: Path, capsys) -> None:
    make_run(run, name="other", split={"max_prompt_words": 19})
    assert in_folder(run, "certify", "other") == 0
    capsys.readouterr()
    differing = differences(run, capsys, "--run", "other")
    assert differing["run"] == "the certificate is of tiny, and not of other"
    assert "run/recipe.yaml" in differing
    assert in_folder(run, "verify", str(run / "runs/other/certificate.json")) == 0
    assert in_folder(run, "verify", str(certificate_of(run)), "--run", "nobody") == 2
    assert "There is no run nobody" in capsys.readouterr().err


def test_without_a_store_it_is_asked_what_to_compare(run: Path, capsys) -> None:
    shutil.move(run / "store", run / "moved")
    assert in_folder(run, "verify", str(certificate_of(run))) == 2
    assert "--files or --model" in capsys.readouterr().err
    code, result = verify(run, capsys, "--signature-only")
    assert (code, result["checked"], result["compared"]) == (0, 0, "nothing")
    assert "Nothing was compared" in result["notes"][0]


def test_files_that_somebody_was_given_are_known_under_any_name(run: Path, capsys, tmp_path: Path) -> None:
    held = tmp_path / "held"
    held.mkdir()
    shutil.copy(table_of(run, "audit"), held / "pairs.parquet")
    shutil.copytree(table_of(run, "teach").parent, held / "teach")
    code, result = verify(run, capsys, "--files", str(held))
    assert code == 0
    assert any("other files of the certificate were not looked at" in note for note in result["notes"])
    assert any("keeps beside its tables" in note for note in result["notes"])
    assert verify(run, capsys, "--files", str(held / "pairs.parquet"))[0] == 0
    (held / "more.parquet").write_bytes(b"more")
    (held / "link").symlink_to(table_of(run, "audit"))
    differing = differences(run, capsys, "--files", str(held))
    assert differing == {"link": "it is a link", "more.parquet": "it is in no part of the certificate"}
    changed = held / table_of(run, "teach").parent.name / "part-00000.parquet"
    changed.parent.mkdir()
    pq.write_table(pq.read_table(table_of(run, "teach")).slice(1), changed)
    assert any("rows certified" in reason for reason in differences(run, capsys, "--files", str(held)).values())
    for words in (["--files", str(tmp_path / "none")], ["--model", str(held)]):
        assert in_folder(run, "verify", str(certificate_of(run)), *words) == 2


def test_a_run_that_cannot_be_certified_is_a_sentence(run: Path, capsys) -> None:
    shutil.rmtree(run / "keys")
    assert in_folder(run, "certify", "tiny") == 2
    assert "keys make --name NAME" in capsys.readouterr().err
    assert in_folder(run, "keys", "make", "--name", "Hana") == 0
    assert in_folder(run, "certify", "nobody") == 2
    assert in_folder(run, "certify", "tiny", "--out", str(certificate_of(run))) == 2
    (run / "nowhere.json").symlink_to(run / "gone")  # was replaced
    assert in_folder(run, "certify", "tiny", "--out", str(run / "nowhere.json")) == 2
    assert capsys.readouterr().err.count("exists: name another file with --out; this command overwrites nothing.") == 2
    assert in_folder(run, "certify", "tiny", "--out", str(run / "out.json")) == 0
    assert in_folder(run, "verify", str(run / "out.json")) == 0
    path = table_of(run, "audit")
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert in_folder(run, "certify", "tiny") == 2
    assert "is damaged" in capsys.readouterr().err
    path.write_bytes(data)
    (path.parent / "manifest.json").unlink()
    assert in_folder(run, "certify", "tiny") == 2
    assert re.search(r"audit:(taught|original) is not whole", capsys.readouterr().err)
