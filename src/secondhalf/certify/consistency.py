"""Whether a certificate's two halves belong together: the files that it covers, and what it says of the run.

Each alone can be what is there while the other speaks of something else: counts of a table whose hash was left out, files of a
stage that the run never had, an exported model that no file is of.
"""

from collections.abc import Iterator

from secondhalf.certify.exported import ADAPTER
from secondhalf.certify.predicate import Certificate
from secondhalf.certify.verification import Difference, ReadCertificate

_WITHOUT_HASH = "the certificate speaks of it, and has no SHA-256 of it"
_OF_NO_STAGE = "it is of no stage that the certificate speaks of"


def inconsistencies(certificate: ReadCertificate) -> Iterator[Difference]:
    """What the certificate says without a hash, or hashes without saying what it is. Nothing but the certificate is read."""
    contents, subjects = certificate.contents, certificate.subjects
    tables = (f"store/{stage.stage}/{name}" for stage in contents.stages for name in stage.tables)
    for name in ("run/recipe.yaml", *tables):
        if name not in subjects:
            yield Difference(name, _WITHOUT_HASH)
    stages = {stage.stage for stage in contents.stages}
    for name in subjects:
        place, *parts = name.split("/")
        if place == "store" and (len(parts) < 3 or "/".join(parts[:2]) not in stages):
            yield Difference(name, _OF_NO_STAGE)
    yield from _of_model(contents, stages, any(name.startswith("model/") for name in subjects))
    trained = subjects.get(f"store/{contents.model.stage}/{ADAPTER}") if contents.model else None
    if trained and subjects.get(f"model/{ADAPTER}", trained) != trained:
        yield Difference(f"model/{ADAPTER}", "it is not the file that the stage trained")


def _of_model(contents: Certificate, stages: set[str], covered: bool) -> Iterator[Difference]:
    if contents.model is None:
        if covered:
            yield Difference("model", "files of an exported model are covered, and it is not said which model that is")
        return
    if not covered:
        yield Difference("model", _WITHOUT_HASH)
    if contents.model.stage not in stages:
        yield Difference("model.stage", _OF_NO_STAGE)
