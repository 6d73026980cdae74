"""The data card in Croissant 1.1 (JSON-LD) with the properties of Croissant RAI 1.0.

Specifications: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html and .../croissant-rai-spec.html. Files are
named by their paths below the store's folder, and where this document stands there a loader of Croissant reads the pairs.
Properties of type Text that a run cannot know say so; others (addresses, dates, people) are left out, and all of them are
listed in `additionalProperty`.
"""

from typing import Any

from secondhalf.disclosure.evidence import Evidence
from secondhalf.disclosure.fields import Disclosure, as_fields, as_json
from secondhalf.disclosure.sentences import Sentences
from secondhalf.disclosure.training_data import TrainingData

FILE = "croissant.json"
_TERMS = (
    "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileObject", "fileProperty",
    "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet",
    "references", "regex", "repeated", "replace", "samplingRate", "separator", "source", "subField", "transform",
)  # fmt: skip
# What the specification's appendix 1 has loaders expect, whole: they warn of any other.
_CONTEXT: dict[str, Any] = {
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    **{term: f"cr:{term}" for term in _TERMS},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    **{term: {"@id": f"cr:{term}", "@type": "@json"} for term in ("data", "examples")},
    **{term: {"@container": "@language"} for term in ("name", "description")},
}
_INTEGERS = {"prompt_tokens", "response_tokens"}
_TEXTS = (
    "rai:dataCollectionMissingData", "rai:dataImputationProtocol", "rai:dataAnnotationPlatform", "rai:dataSocialImpact",
    "rai:annotationsPerItem", "rai:annotatorDemographics", "rai:dataReleaseMaintenancePlan",
)  # fmt: skip
"""Properties of type Text that no run can know."""


def croissant(evidence: Evidence) -> Disclosure:
    """The document of the pairs: what the arm is trained on, or all the run's where nothing is trained."""
    say = Sentences(evidence)
    unknown = say.words["not_known"]
    values: dict[str, Any] = {
        "name": say.data_name,
        "description": say.description,
        "url": None,
        "license": say.licence_names or None,
        "creator": None,
        "publisher": None,
        "datePublished": None,
        "version": None,
        "citeAs": None,
        "inLanguage": [name for name in evidence.counted("languages") if name] or None,
        "keywords": ["non-instructional fine-tuning", "secondhalf"],
        "isLiveDataset": False,
        "distribution": [one for data in evidence.data for one in _files(data)],
        "recordSet": [_records(data, say) for data in evidence.data],
        "rai:dataCollection": say.collection,
        "rai:dataCollectionType": None,
        "rai:dataCollectionRawData": say.raw_data,
        "rai:dataCollectionTimeframe": None,
        "rai:dataManipulationProtocol": say.manipulation,
        "rai:dataPreprocessingProtocol": say.steps,
        "rai:dataAnnotationProtocol": say.annotation,
        "rai:dataAnnotationAnalysis": [*say.findings, *say.instructions],
        "rai:machineAnnotationTools": say.writers or [say.responses],
        "rai:personalSensitiveInformation": [say.personal],
        "rai:dataBiases": None,
        "rai:dataLimitations": say.limits,
        "rai:dataUseCases": [say.words["use"]],
        **dict.fromkeys(_TEXTS),
    }
    fields = as_fields(values)
    of_text = {*_TEXTS, "rai:dataCollectionType", "rai:dataBiases", "license"}
    shown = {name: unknown if value is None and name in of_text else value for name, value in values.items()}
    missing = {
        "@type": "sc:PropertyValue",
        "name": "not known",
        "value": [one.name for one in fields if one.value is None],
    }
    document = {
        "@context": {"@language": evidence.language, **_CONTEXT},
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
        **shown,
        "sc:additionalProperty": [missing],
    }
    return Disclosure(FILE, as_json(document), fields)


def _files(data: TrainingData) -> list[dict[str, Any]]:
    parquet = "application/x-parquet"
    files = [
        {
            "@type": "cr:FileObject", "@id": file.path, "name": file.path, "contentUrl": file.path,
            "contentSize": f"{file.size} B", "encodingFormat": parquet, "sha256": file.sha256,
        }
        for file in data.files
    ]  # fmt: skip
    pattern = f"{data.files[0].path.rpartition('/')[0]}/part-*.parquet"
    together = {
        "@type": "cr:FileSet",
        "@id": _set(data),
        "name": _set(data),
        "encodingFormat": parquet,
        "includes": pattern,
    }
    return [*files, together]


def _set(data: TrainingData) -> str:
    return f"{data.name}-files"


def _records(data: TrainingData, say: Sentences) -> dict[str, Any]:
    id = data.name
    return {
        "@type": "cr:RecordSet",
        "@id": id,
        "name": id,
        "description": say.pairs_of(data),
        "key": {"@id": f"{id}/id"},
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{id}/{column}",
                "name": column,
                "description": say.words.get(f"column_{column}", column),
                "dataType": "sc:Integer" if column in _INTEGERS else "sc:Text",
                "source": {"fileSet": {"@id": _set(data)}, "extract": {"column": column}},
            }
            for column in data.columns
        ],
    }
