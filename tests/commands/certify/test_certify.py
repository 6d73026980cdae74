"""A run's certificate: what it says, and every way in which what is there is another than what was certified."""

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from secondhalf.certify.contents import DOCUMENTS
from secondhalf.certify.key_pair import new_private_key
from secondhalf.disclosure import ab2013, croissant, data_card, eu_summary, ml_bom, model_card, proof_page
from secondhalf.store import checksums
from support.certificates import edit, in_folder, make_run, payload_of, signed_anew, write_signed

FILES = [one.FILE for one in (ab2013, croissant, data_card, eu_summary, ml_bom, model_card, proof_page)]


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run up to its audited pairs, keys, and a certificate in runs/tiny."""
    folder = tmp_path_factory.mktemp("certified")
    make_run(folder)
    assert in_folder(folder, "keys", "make", "--name", "Hana") == 0
    assert in_folder(folder, "certify", "tiny") == 0
    return folder


@pytest.fixture
def run(tmp_path: Path, certified: Path) -> Path:
    """A copy of that folder."""
    shutil.copytree(certified, tmp_path / "copy")
    return tmp_path / "copy"


def _certificate(run: Path) -> Path:
    return run / "runs/tiny/certificate.json"


def _verify(run: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = in_folder(run, "verify", str(_certificate(run)), *words, "--json")
    return code, json.loads(capsys.readouterr().out)


def _differences(run: Path, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, str]:
    """What differs, by name; the exit code is that of a certificate that is not intact."""
    code, result = _verify(run, capsys, *words)
    assert (code, result["intact"]) == (1, False)
    return {one["name"]: one["reason"] for one in result["differences"]}


def _table(run: Path, stage: str) -> Path:
    return next((run / "store" / stage).glob("*/part-00000.parquet"))


def test_an_untouched_run_is_intact_and_its_signer_known(run: Path, capsys) -> None:
    code, result = _verify(run, capsys)
    assert (code, result["intact"], result["differences"], result["notes"]) == (0, True, [], [])
    assert [signer["name"] for signer in result["signers"]] == ["Hana"]
    assert result["checked"] == len(payload_of(_certificate(run))["subject"])
    assert in_folder(run, "verify", str(_certificate(run))) == 0
    assert "tiny: intact, signed by Hana (key " in capsys.readouterr().out


def test_without_a_known_key_the_signer_is_unknown(run: Path, capsys) -> None:
    shutil.rmtree(run / "keys")
    assert in_folder(run, "verify", str(_certificate(run))) == 3
    assert "tiny: intact, signer unknown (key " in capsys.readouterr().out
    assert not (run / "keys").exists()


def test_it_says_what_the_tables_hold(certified: Path) -> None:
    statement = payload_of(_certificate(certified))
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
    path = _table(run, stage)
    rows = pq.read_metadata(path).num_rows
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)
    [(name, reason)] = _differences(run, capsys).items()
    assert name == f"store/{path.relative_to(run / 'store')}"
    assert "its SHA-256 is " in reason
    assert reason.endswith(f"{rows:,} rows certified")


def test_a_table_with_another_row_is_named_with_both_counts(run: Path, capsys) -> None:
    path = _table(run, "teach")
    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)
    [reason] = _differences(run, capsys).values()
    assert f"{table.num_rows - 1} rows now, {table.num_rows} rows certified" in reason


def test_what_is_missing_strange_or_a_link_is_named(run: Path, capsys) -> None:
    gone, linked, strange = (
        _table(run, "split"),
        _table(run, "audit"),
        _table(run, "clean").parent / "part-00001.parquet",
    )
    rows = pq.read_metadata(gone).num_rows
    gone.unlink()
    linked.rename(run / "elsewhere")
    linked.symlink_to(run / "elsewhere")
    shutil.copy(_table(run, "clean"), strange)
    differing = _differences(run, capsys)
    names = [f"store/{path.relative_to(run / 'store')}" for path in (gone, linked, strange)]
    assert differing == {
        names[0]: f"it is missing, {rows:,} rows certified",
        names[1]: "it is a link",
        names[2]: "it is in no part of the certificate",
    }
    folder = _table(run, "corpus").parent
    folder.rename(run / "corpus")
    folder.symlink_to(run / "corpus")
    assert "it lies behind a link" in _differences(run, capsys).values()


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
    differing = _differences(run, capsys)
    assert set(differing) == {"stages.audit:taught.rows_in", "stages.audit:taught.measured.seconds", "made_with"}
    assert differing["stages.audit:taught.rows_in"].endswith("certified, 500 now")
    path.write_text(json.dumps(checksums.sealed(unsealed | {"settings": {"x": 1}}, folder)), "utf-8")
    assert "its key would be" in _differences(run, capsys)["contents"]
    path.write_text(json.dumps(manifest | {"rows": 1}), "utf-8")
    assert "manifest.json is damaged" in _differences(run, capsys)["contents"]


def test_a_recipe_that_was_changed_is_named(run: Path, capsys) -> None:
    path = run / "runs/tiny/recipe.yaml"
    path.write_text(path.read_text("utf-8").replace("sample: 30", "sample: 31"), "utf-8")
    assert set(_differences(run, capsys)) == {"run/recipe.yaml"}


def test_a_decision_about_the_run_is_covered(run: Path, capsys) -> None:
    decision = run / "runs/tiny/gate/production.json"
    decision.parent.mkdir()
    decision.write_text('{"passed": true}', "utf-8")
    assert _verify(run, capsys)[0] == 0  # made since, and no part of it
    assert in_folder(run, "certify", "tiny") == 0
    assert _verify(run, capsys)[0] == 0
    decision.write_text('{"passed": false}', "utf-8")
    assert set(_differences(run, capsys)) == {"run/gate/production.json"}


def test_the_documents_about_the_run_are_covered_and_the_page_is_named(run: Path, capsys) -> None:
    proof = run / "runs/tiny/proof"
    capsys.readouterr()
    assert in_folder(run, "certify", "tiny") == 0
    assert "There is no page for people yet: `secondhalf document tiny`" in capsys.readouterr().out
    proof.mkdir()
    (proof / "ab2013.md").write_text("written later", "utf-8")
    code, result = _verify(run, capsys)
    assert (code, result["intact"]) == (0, True)
    assert [note.rpartition(": ")[2] for note in result["notes"]] == ["proof/ab2013.md."]
    assert set(DOCUMENTS) == {*FILES}
    for name in (*DOCUMENTS, "notes-of-my-own.txt"):
        (proof / name).write_text(name, "utf-8")
    assert in_folder(run, "certify", "tiny") == 0
    assert str(proof / "index.html") in capsys.readouterr().out
    assert _verify(run, capsys)[0] == 0
    for name in DOCUMENTS:
        (proof / name).write_text(f"{name} another", "utf-8")
    assert set(_differences(run, capsys)) == {f"run/proof/{name}" for name in DOCUMENTS}
    (proof / "index.html").unlink()
    assert _differences(run, capsys)["run/proof/index.html"] == "it is missing"


def test_a_run_that_went_on_needs_a_new_certificate(run: Path, capsys) -> None:
    shutil.copy(_certificate(run), run / "before.json")
    links = run / "runs/tiny/stages.json"
    rows = json.loads(links.read_text("utf-8"))
    del rows["audit:taught"]
    links.write_text(json.dumps(rows), "utf-8")
    (run / "runs/tiny/checksums.txt").unlink()
    differing = _differences(run, capsys)
    assert "stages.audit:taught" in differing
    assert differing["stages.audit:taught"].endswith("nothing now")
    assert in_folder(run, "certify", "tiny") == 0
    assert _verify(run, capsys)[0] == 0


def test_a_certificate_of_another_run_is_told(run: Path, capsys) -> None:
    make_run(run, name="other", split={"max_prompt_words": 19})
    assert in_folder(run, "certify", "other") == 0
    capsys.readouterr()
    differing = _differences(run, capsys, "--run", "other")
    assert differing["run"] == "the certificate is of tiny, and not of other"
    assert "run/recipe.yaml" in differing
    assert in_folder(run, "verify", str(run / "runs/other/certificate.json")) == 0
    assert in_folder(run, "verify", str(_certificate(run)), "--run", "nobody") == 2
    assert "There is no run nobody" in capsys.readouterr().err


def test_without_a_store_it_is_asked_what_to_compare(run: Path, capsys) -> None:
    shutil.move(run / "store", run / "moved")
    assert in_folder(run, "verify", str(_certificate(run))) == 2
    assert "--files or --model" in capsys.readouterr().err
    code, result = _verify(run, capsys, "--signature-only")
    assert (code, result["checked"], result["compared"]) == (0, 0, "nothing")
    assert "Nothing was compared" in result["notes"][0]


def test_files_that_somebody_was_given_are_known_under_any_name(run: Path, capsys, tmp_path: Path) -> None:
    held = tmp_path / "held"
    held.mkdir()
    shutil.copy(_table(run, "audit"), held / "pairs.parquet")
    shutil.copytree(_table(run, "teach").parent, held / "teach")
    code, result = _verify(run, capsys, "--files", str(held))
    assert code == 0
    assert any("other files of the certificate were not looked at" in note for note in result["notes"])
    assert any("keeps beside its tables" in note for note in result["notes"])
    assert _verify(run, capsys, "--files", str(held / "pairs.parquet"))[0] == 0
    (held / "more.parquet").write_bytes(b"more")
    (held / "link").symlink_to(_table(run, "audit"))
    differing = _differences(run, capsys, "--files", str(held))
    assert differing == {"link": "it is a link", "more.parquet": "it is in no part of the certificate"}
    changed = held / _table(run, "teach").parent.name / "part-00000.parquet"
    changed.parent.mkdir()
    pq.write_table(pq.read_table(_table(run, "teach")).slice(1), changed)
    assert any("rows certified" in reason for reason in _differences(run, capsys, "--files", str(held)).values())
    for words in (["--files", str(tmp_path / "none")], ["--model", str(held)]):
        assert in_folder(run, "verify", str(_certificate(run)), *words) == 2


SIGNED = {
    "by another key in its name": (False, 1, "none fits the key"),
    "by an unknown key of its own": (True, 3, ""),
}


@pytest.mark.parametrize("name", SIGNED)
def test_a_certificate_that_was_signed_anew(run: Path, capsys, name: str) -> None:
    with_own_key, expected, reason = SIGNED[name]
    signed_anew(_certificate(run), lambda statement: None, with_own_key=with_own_key)
    code, result = _verify(run, capsys)
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
    edit(_certificate(run), change)
    code, result = _verify(run, capsys)
    assert code == expected
    assert all(reason in one["reason"] for one in result["differences"])
    assert bool(result["differences"]) == (expected == 1)
    if change is _stranger:
        assert result["notes"] == [f"A signature by another key ({'e' * 16}) could not be checked."]


def test_a_payload_with_another_byte_does_not_pass(run: Path, capsys) -> None:
    edit(_certificate(run), _changed)
    assert in_folder(run, "verify", str(_certificate(run))) in {1, 2}


def test_figures_that_were_changed_and_signed_anew_are_computed_again(run: Path, capsys) -> None:
    def better(statement: dict[str, Any]) -> None:
        statement["predicate"]["audit"][0]["accepted"] += 1
        statement["predicate"]["licences"]["notices"] = ["CC0"]

    signed_anew(_certificate(run), better)
    assert set(_differences(run, capsys)) == {"audit.0.accepted", "licences.notices"}


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
    signed_anew(_certificate(run), change)
    assert in_folder(run, "verify", str(_certificate(run))) == 2
    assert sentence in capsys.readouterr().err


def test_payloads_that_are_no_statement_are_a_sentence(run: Path, capsys) -> None:
    private, _ = new_private_key("certificates", None)
    for payload in (b"", b"\xff\xfe", b"{}", b"[" * 100_000, b'{"_type": "a", "_type": "b"}'):
        write_signed(_certificate(run), payload, [("", private)])
        assert in_folder(run, "verify", str(_certificate(run))) == 2
        assert "The certificate is none of ours" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["../outside", "..", "", "a/b", "tiny: intact, signed by Hana", "tiny\nother", "x" * 65]
)
def test_a_name_that_is_a_path_or_a_sentence_is_none(run: Path, capsys, name: str) -> None:
    signed_anew(_certificate(run), lambda statement: statement["predicate"].update(run=name))
    assert in_folder(run, "verify", str(_certificate(run))) == 2
    assert capsys.readouterr().out == ""


def test_what_a_certificate_says_never_looks_like_what_is_found_of_it(run: Path, capsys) -> None:
    def claim(statement: dict[str, Any]) -> None:
        statement["predicate"]["stages"][0]["reasons"] = {"x\ntiny: intact, signed by Hana\x1b[1A": 1}

    signed_anew(_certificate(run), claim)
    assert in_folder(run, "verify", str(_certificate(run))) == 1
    out = capsys.readouterr().out
    assert [line for line in out.splitlines() if line.startswith("tiny: ")] == [out.splitlines()[0]]
    assert out.startswith("tiny: NOT intact")
    assert "\x1b" not in out


def test_a_key_that_was_retired_vouches_for_what_it_signed_before(run: Path, capsys) -> None:
    assert in_folder(run, "keys", "rotate") == 0
    code, result = _verify(run, capsys)
    assert code == 0
    assert result["signers"][0]["retired"]
    assert in_folder(run, "verify", str(_certificate(run))) == 0
    assert "retired since" in capsys.readouterr().out
    # Signed, by the certificate's own word, after it was retired.
    known = run / "keys/known.json"
    value = json.loads(known.read_text("utf-8"))
    value["keys"][0]["retired"] = "2020-01-01T00:00:00+00:00"
    known.write_text(json.dumps(value), "utf-8")
    assert "was retired at 2020-01-01" in _differences(run, capsys)["signatures"]


def test_another_person_verifies_with_the_public_key_alone(run: Path, capsys, tmp_path: Path) -> None:
    [public] = [path for path in (run / "keys").glob("*.pub") if "MCow" in path.read_text("utf-8")]
    shutil.copy(public, tmp_path / "hana.pub")
    shutil.rmtree(run / "keys")
    assert _verify(run, capsys, "--key", str(tmp_path / "hana.pub"))[0] == 0
    assert in_folder(run, "keys", "trust", str(tmp_path / "hana.pub"), "--name", "花子さん") == 0
    assert "Compare the whole id" in capsys.readouterr().out
    code, result = _verify(run, capsys)
    assert (code, result["signers"][0]["name"]) == (0, "花子さん")
    assert in_folder(run, "keys", "forget", result["key"][:12]) == 0
    assert _verify(run, capsys)[0] == 3
    (tmp_path / "hana.pub").write_text(new_private_key("certificates", None)[1], "utf-8")
    assert _verify(run, capsys, "--key", str(tmp_path / "hana.pub"))[0] == 3


def test_a_passphrase_is_taken_from_a_variable_and_a_wrong_one_signs_nothing(run: Path, capsys, monkeypatch) -> None:
    shutil.rmtree(run / "keys")
    before = _certificate(run).read_bytes()
    monkeypatch.setenv("WORDS", "a long passphrase")
    assert in_folder(run, "keys", "make", "--name", "Hana", "--passphrase-env", "WORDS") == 0
    assert in_folder(run, "certify", "tiny", "--passphrase-env", "WORDS") == 0
    assert _verify(run, capsys)[0] == 0
    after = _certificate(run).read_bytes()
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
        assert _certificate(run).read_bytes() == after
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


def test_a_run_that_cannot_be_certified_is_a_sentence(run: Path, capsys) -> None:
    shutil.rmtree(run / "keys")
    assert in_folder(run, "certify", "tiny") == 2
    assert "keys make --name NAME" in capsys.readouterr().err
    assert in_folder(run, "keys", "make", "--name", "Hana") == 0
    assert in_folder(run, "certify", "nobody") == 2
    assert in_folder(run, "certify", "tiny", "--out", str(_certificate(run))) == 2
    assert "nothing is overwritten" in capsys.readouterr().err
    assert in_folder(run, "certify", "tiny", "--out", str(run / "out.json")) == 0
    assert in_folder(run, "verify", str(run / "out.json")) == 0
    path = _table(run, "audit")
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert in_folder(run, "certify", "tiny") == 2
    assert "is damaged" in capsys.readouterr().err
    path.write_bytes(data)
    (path.parent / "manifest.json").unlink()
    assert in_folder(run, "certify", "tiny") == 2
    assert re.search(r"audit:(taught|original) is not whole", capsys.readouterr().err)
