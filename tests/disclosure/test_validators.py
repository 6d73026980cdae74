"""The published validators pass: mlcroissant for Croissant 1.1, cyclonedx-python-lib's strict one for CycloneDX 1.7."""

from pathlib import Path

import pytest

from secondhalf.disclosure.evidence import gather
from secondhalf.disclosure.write import disclosures
from support.disclosed_run import disclosed_run

HOSTILE = '"><script>alert(1)</script>\n\u202egnp {"@id": "x"} 日本語'


@pytest.mark.extras
@pytest.mark.parametrize("text", ["plain", HOSTILE])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_croissant_is_valid_and_loads_the_pairs(tmp_path: Path, text: str, language: str) -> None:
    import mlcroissant

    run = disclosed_run(tmp_path, text)
    document = disclosures(gather(run, "taught", None, language=language), "croissant")[0]
    # Paths are below the store's folder: there the card's own loader reads the pairs and checks their hash.
    path = tmp_path / "store" / document.file
    path.write_text(document.text, "utf-8")
    data = mlcroissant.Dataset(str(path))
    assert not data.metadata.ctx.issues.errors
    assert data.metadata.ctx.is_v1_1()
    rows = list(data.records("taught"))
    assert [row["taught/id"].decode() for row in rows] == ["d0-0", "d1-0"]
    assert rows[0]["taught/response"].decode() == f"reply {text}"


@pytest.mark.extras
def test_what_is_no_croissant_fails(tmp_path: Path) -> None:
    import mlcroissant

    document = disclosures(gather(disclosed_run(tmp_path), "taught", None), "croissant")[0]
    path = tmp_path / "wrong.json"
    path.write_text(
        document.text.replace(
            '"fileSet": {\n              "@id": "taught-files"', '"fileSet": {\n              "@id": "gone"'
        ),
        "utf-8",
    )
    with pytest.raises(mlcroissant.ValidationError):
        mlcroissant.Dataset(str(path))


@pytest.mark.extras
@pytest.mark.parametrize("text", ["plain", HOSTILE])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_bill_of_materials_is_valid(tmp_path: Path, text: str, language: str) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    validator = JsonStrictValidator(SchemaVersion.V1_7)
    evidence = gather(disclosed_run(tmp_path, text, notices=[text]), "taught", None, language=language)
    document = disclosures(evidence, "ml-bom")[0].text
    assert validator.validate_str(document) is None
    assert validator.validate_str(document.replace('"machine-learning-model"', '"model"')) is not None
