"""The model's bill of materials: CycloneDX 1.7 as JSON, with a model card in it.

Specification: https://cyclonedx.org/docs/1.7/json/. What the run does not know is left out, since its fields take no text that
says so, and is listed in the document's properties.
"""

import uuid
from typing import Any
from urllib.parse import quote

from secondhalf.analysis.facts import Arm
from secondhalf.disclosure.evidence import DescribedModel, Evidence
from secondhalf.disclosure.fields import Disclosure, as_fields, as_json
from secondhalf.disclosure.sentences import Sentences
from secondhalf.disclosure.training_data import HashedFile, ModelUsed, TrainingData
from secondhalf.errors import UserError

FILE = "bom.cdx.json"
Component = dict[str, Any]


def ml_bom(evidence: Evidence) -> Disclosure:
    """The document. Raises UserError where the run trains no model."""
    model = evidence.model
    if model is None:
        raise UserError(f"{evidence.run.folder.name} trains no model, so there is none to list the materials of.")
    say = Sentences(evidence)
    writers = [one for one in evidence.writers if one != model.base]
    subject = _model(evidence, model, say)
    base = _other(model.base, "model:base")
    teachers = [_other(one, f"model:writer:{index}") for index, one in enumerate(writers)]
    data = [_data(one, say) for one in evidence.data]
    packages = [_package(name, version) for name, version in sorted(model.manifest.get("packages", {}).items())]
    components = [base, *teachers, *data, *packages]
    values: dict[str, Any] = {
        "metadata.timestamp": evidence.today.isoformat(),
        "metadata.authors": None,
        "metadata.supplier": None,
        "component.name": subject["name"],
        "component.version": subject["version"],
        "component.hashes": [one.sha256 for one in model.files] or None,
        "component.supplier": None,
        "component.licenses": None,
        "component.modelCard.task": "text-generation",
        "component.modelCard.architectureFamily": None,
        "component.modelCard.datasets": [one.name for one in evidence.data],
        "component.modelCard.performanceMetrics": subject["modelCard"]["quantitativeAnalysis"],
        "component.modelCard.technicalLimitations": say.limits,
        "component.modelCard.users": None,
        "component.modelCard.ethicalConsiderations": None,
        "component.modelCard.fairnessAssessments": None,
        "component.modelCard.energyConsumptions": None,
        "formulation.revision": model.manifest.get("revision") or None,
        "formulation.packages": packages or None,
    }
    for one in [base, *teachers]:
        for name in ("name", "hashes", "version", "supplier", "licenses"):
            values[f"{one['bom-ref']}.{name}"] = one[name]
    for one in data:
        for name in ("name", "hashes", "licenses", "supplier"):
            values[f"{one['bom-ref']}.{name}"] = one[name]
    fields = as_fields(values)
    unknown = [one.name for one in fields if one.value is None]
    refs = [one["bom-ref"] for one in components]
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.7.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, ' '.join(one.sha256 for one in model.files))}",
        "version": 1,
        "metadata": {
            "timestamp": f"{evidence.today.isoformat()}T00:00:00Z",
            "tools": {"components": [_tool(model)]},
            "component": subject,
            "properties": [{"name": "secondhalf:not-known", "value": name} for name in unknown],
        },
        "components": components,
        "dependencies": [
            {"ref": subject["bom-ref"], "dependsOn": refs},
            *({"ref": one["bom-ref"], "dependsOn": [row["bom-ref"] for row in teachers]} for one in data),
            *({"ref": ref} for ref in refs if not ref.startswith("data:")),
        ],
    }
    return Disclosure(FILE, as_json(document), fields)


def _model(evidence: Evidence, model: DescribedModel, say: Sentences) -> Component:
    settings = evidence.recipe.arms[model.arm].train
    counted = ("rows", "tokens", "supervised_tokens", "steps", "seconds")
    return {
        "type": "machine-learning-model",
        "bom-ref": "model:arm",
        "name": say.model_name,
        "version": f"seed {model.seed}",
        "description": say.description,
        "pedigree": {"ancestors": [{**_other(model.base, "model:base"), "bom-ref": None}]},
        "components": [_file(one) for one in model.files],
        "modelCard": {
            "modelParameters": {
                "approach": {"type": "supervised"},
                "task": "text-generation",
                "datasets": [{"ref": _reference(one)} for one in evidence.data],
                "inputs": [{"format": "text"}],
                "outputs": [{"format": "text"}],
            },
            "quantitativeAnalysis": _metrics(evidence, model.arm),
            "considerations": {"useCases": [say.words["use_model"]], "technicalLimitations": say.limits},
        },
        "properties": [
            {"name": "secondhalf:method", "value": settings.method},
            {"name": "secondhalf:template", "value": settings.template.name},
            {"name": "secondhalf:revision", "value": model.manifest.get("revision") or None},
            *(
                {"name": f"secondhalf:{name}", "value": str(model.manifest[name])}
                for name in counted
                if name in model.manifest
            ),
            *({"name": "secondhalf:notice", "value": notice} for notice in evidence.recipe.notices),
        ],
    }


def _metrics(evidence: Evidence, name: str) -> dict[str, Any] | None:
    """The arm's figures with their 95 % intervals; None where it is not evaluated."""
    arms: list[Arm] = evidence.facts.arms if evidence.facts else []
    figures = [figure for arm in arms if arm.name == name for figure in [*arm.figures, *arm.errors]]
    rows = [
        {
            "type": figure.name,
            "value": f"{figure.mean:.6g}",
            "confidenceInterval": {"lowerBound": f"{figure.low:.6g}", "upperBound": f"{figure.high:.6g}"},
        }
        for figure in figures
    ]
    return {"performanceMetrics": rows} if rows else None


def _other(model: ModelUsed, ref: str) -> Component:
    """A model that others made. Neither its maker nor its licence is in a reference."""
    name, _, revision = model.reference.partition("@")
    return {
        "type": "machine-learning-model",
        "bom-ref": ref,
        "name": name,
        "version": revision or None,
        "hashes": _hashes(model.sha256),
        "supplier": None,
        "licenses": None,
    }


def _data(data: TrainingData, say: Sentences) -> Component:
    licences = [] if "" in data.licences else list(data.licences)
    return {
        "type": "data",
        "bom-ref": _reference(data),
        "name": data.name,
        "version": data.label.stage,
        "description": say.pairs_of(data),
        "hashes": _hashes(data.files[0].sha256) if len(data.files) == 1 else None,
        "licenses": [{"license": {"name": name}} for name in licences] or None,
        "supplier": None,
        "components": [_file(one) for one in data.files] if len(data.files) > 1 else None,
        "data": [
            {
                "type": "dataset",
                "name": data.name,
                "contents": {
                    "properties": [
                        {"name": "secondhalf:pairs", "value": str(data.pairs)},
                        *({"name": "secondhalf:language", "value": name} for name in data.languages),
                        *({"name": "secondhalf:source", "value": name} for name in data.sources),
                    ]
                },
                "description": say.raw_data,
            }
        ],
    }


def _reference(data: TrainingData) -> str:
    return f"data:{data.name}"


def _file(file: HashedFile) -> Component:
    return {"type": "file", "name": file.path, "hashes": _hashes(file.sha256)}


def _hashes(value: str) -> list[dict[str, str]] | None:
    return [{"alg": "SHA-256", "content": value}] if value else None


def _package(name: str, version: str) -> Component:
    return {
        "type": "library",
        "bom-ref": f"package:{name}",
        "name": name,
        "version": version,
        "purl": f"pkg:pypi/{quote(name.lower().replace('_', '-'), safe='')}@{quote(version, safe='')}",
    }


def _tool(model: DescribedModel) -> Component:
    version = model.manifest.get("packages", {}).get("secondhalf")
    return {"type": "application", "name": "secondhalf", "version": version}
