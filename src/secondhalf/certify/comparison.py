"""Holds what is there against a certificate: a run's store, an exported model's folder, or any files of them."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from secondhalf.certify.contents import files_about, run_contents
from secondhalf.certify.decisions import note_on_decisions
from secondhalf.certify.exported import BESIDE, read_record
from secondhalf.certify.files import NotAFileError, hash_file, names_below, table_rows
from secondhalf.certify.predicate import RunContents
from secondhalf.certify.statement import is_safe
from secondhalf.certify.verification import Difference, ReadCertificate, Verification
from secondhalf.errors import UserError
from secondhalf.runs import Run
from secondhalf.store import Store
from secondhalf.store.checksums import stage_files

_STRANGE = "it is in no part of the certificate"
_NOT_COMPUTED = "What the certificate says of the run was not computed again: that needs the run and its store."
_EQUAL = 0.005  # of a share that is estimated by draws, which other releases of numpy may make otherwise
_BESIDE_TABLES = {".lock", "manifest.json", "checksums.txt"}


def compare_store(certificate: ReadCertificate, store: Store, folder: Path, result: Verification) -> None:
    """Every file of the stages of the run in `folder`, strange ones among them, and all that the certificate says of it."""
    compare_name(certificate, folder.name, result)
    expected = {name: value for name, value in certificate.subjects.items() if not name.startswith("model/")}
    places = {"store": store.root, "run": folder}
    for name, value in expected.items():
        place, _, below = name.partition("/")
        _compare_file(certificate, name, value, places[place], below, result)
    for stage in sorted({f"store/{one.stage}" for one in certificate.contents.stages}):
        # A stage's name that leads elsewhere is none of the run's: that is seen below, where it is computed again.
        for name, _ in stage_files(store.root / stage.partition("/")[2]) if is_safe(stage) else ():
            if f"{stage}/{name}" not in expected:
                result.differences.append(Difference(f"{stage}/{name}", _STRANGE))
    later = [name for name in files_about(folder) if f"run/{name}" not in expected]
    if later:
        result.notes.append(
            f"Decisions and documents in the run's folder that the certificate does not cover: {', '.join(later)}."
        )
    _note_rest(certificate, "model/", "the exported model: name its folder with --model", result)
    if not result.intact:
        result.notes.append("What the certificate says of the run was not computed again, since its files differ.")
        return
    try:
        run = Run.at(folder, store)
        now = run_contents(run)
        if note := note_on_decisions(run):
            result.notes.append(note)
    except UserError as error:
        result.differences.append(Difference("contents", str(error)))
        return
    certified = RunContents(**{name: getattr(certificate.contents, name) for name in RunContents.model_fields})
    expected, actual = certified.model_dump(mode="json"), now.model_dump(mode="json")
    if _detectors(expected) != _detectors(actual):
        result.notes.append(
            "The detector of instructions was measured anew since: the estimated shares were not computed again."
        )
        for row in (*expected["instructions"], *actual["instructions"]):
            del row["estimate"]
    result.differences += _different(expected, actual, "")


def compare_name(certificate: ReadCertificate, run: str, result: Verification) -> None:
    """Whether it is of the run that it has to be of."""
    if run != certificate.contents.run:
        result.differences.append(
            Difference("run", f"the certificate is of {certificate.contents.run}, and not of {run}")
        )


def compare_model(certificate: ReadCertificate, folder: Path, result: Verification) -> None:
    """Every file of an exported model's folder, and whether it is the model that the certificate names.

    Raises UserError where the certificate covers none, or there is no folder.
    """
    expected = {name: value for name, value in certificate.subjects.items() if name.startswith("model/")}
    if not expected:
        raise UserError(
            f"{certificate.path} covers no exported model: `secondhalf certify RUN --model FOLDER` writes one."
        )
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder: name that of the exported model.")
    for name, value in expected.items():
        _compare_file(certificate, name, value, folder, name.partition("/")[2], result)
    for name in names_below(folder, BESIDE):
        if f"model/{name}" not in expected:
            result.differences.append(Difference(f"model/{name}", _STRANGE))
    if result.intact and certificate.contents.model:
        certified = certificate.contents.model.model_dump() | {"run": certificate.contents.run}
        try:
            record = read_record(folder)
        except UserError as error:
            result.differences.append(Difference("model", str(error)))
        else:
            result.differences += _different(certified, {name: record[name] for name in certified}, "model")
    if (folder / "model.sig").exists():
        result.notes.append("model.sig was not looked at: model_signing verifies it.")
    result.notes.append(_NOT_COMPUTED)


def compare_files(certificate: ReadCertificate, path: Path, result: Verification) -> None:
    """One file, or those of a folder, whatever part of the run they are: known by their content, else by the end of their path.

    Raises UserError where there is nothing.
    """
    folder, names = (path, list(names_below(path))) if path.is_dir() else (path.parent, [path.name])
    hashes = {value: name for name, value in certificate.subjects.items()}
    seen: set[str] = set()
    beside = [name for name in names if Path(name).name in _BESIDE_TABLES]
    if beside:
        result.notes.append(
            f"{len(beside):,} files that a store keeps beside its tables were not looked at ({beside[0]})."
        )
    for name in names:
        if name in beside:
            continue
        try:
            if (folder / name).samefile(certificate.path):
                continue
            value = hash_file(folder, name)
        except NotAFileError as error:
            result.differences.append(Difference(name, f"{error}"))
            continue
        except OSError as error:
            raise UserError(f"{folder / name} cannot be read ({error.strerror}): name files, or a folder.") from error
        result.checked += 1
        if value in hashes:
            seen.add(value)
            continue
        alike = [one for one in certificate.subjects if one.endswith(f"/{name}")]
        reason = _other_content(certificate, alike[0], value, folder / name) if len(alike) == 1 else _STRANGE
        result.differences.append(Difference(alike[0] if len(alike) == 1 else name, reason))
    if not result.checked and result.intact:
        raise UserError(f"{path} holds no files: name those that you were given.")
    missing = len(set(certificate.subjects.values()) - seen)
    if missing:
        result.notes.append(f"{missing:,} other files of the certificate were not looked at.")
    result.notes.append(_NOT_COMPUTED)


def _compare_file(
    certificate: ReadCertificate, name: str, expected: str, folder: Path, below: str, result: Verification
) -> None:
    result.checked += 1
    try:
        value = hash_file(folder, below)
    except NotAFileError as error:
        reason = str(error)
    except FileNotFoundError:
        reason = f"it is missing{_certified_rows(certificate, name)}"
    except OSError as error:
        reason = f"it cannot be read ({error.strerror})"
    else:
        if value == expected:
            return
        reason = _other_content(certificate, name, value, folder / below)
    result.differences.append(Difference(name, reason))


def _other_content(certificate: ReadCertificate, name: str, value: str, path: Path) -> str:
    now = table_rows(path)
    rows = "" if now is None else f", {now:,} rows now"
    expected = certificate.subjects[name]
    return f"its SHA-256 is {value[:16]}, certified is {expected[:16]}{rows}{_certified_rows(certificate, name)}"


def _certified_rows(certificate: ReadCertificate, name: str) -> str:
    place, _, file = name.rpartition("/")
    for stage in certificate.contents.stages:
        if place == f"store/{stage.stage}" and file in stage.tables:
            return f", {stage.tables[file]:,} rows certified"
    return ""


def _note_rest(certificate: ReadCertificate, start: str, what: str, result: Verification) -> None:
    rest = sum(name.startswith(start) for name in certificate.subjects)
    if rest:
        result.notes.append(f"{rest:,} files were not looked at, {what}.")


def _different(certified: Any, now: Any, where: str) -> Iterable[Difference]:
    """Every value in which two trees of JSON differ, by its path."""
    if isinstance(certified, dict) and isinstance(now, dict):
        for name in sorted(certified.keys() | now.keys()):
            yield from _different(certified.get(name), now.get(name), f"{where}.{name}".lstrip("."))
    elif isinstance(certified, list) and isinstance(now, list) and _labelled(certified) and _labelled(now):
        yield from _different(_by_label(certified), _by_label(now), where)
    elif isinstance(certified, list) and isinstance(now, list) and len(certified) == len(now):
        for index, (one, other) in enumerate(zip(certified, now, strict=True)):
            yield from _different(one, other, f"{where}.{index}")
    elif isinstance(certified, float) and isinstance(now, float):
        if abs(certified - now) > _EQUAL:
            yield Difference(where, f"{certified:g} certified, {now:g} now")
    elif certified != now:
        yield Difference(where, f"{_shown(certified)} certified, {_shown(now)} now")


def _detectors(contents: dict[str, Any]) -> list[Any]:
    """How good the detector is said to be, by language, for rows that both sides have."""
    estimates = [row["estimate"] for row in contents["instructions"]]
    return [one if isinstance(one, str) else (one["recall"], one["specificity"]) for one in estimates]


def _labelled(values: list[Any]) -> bool:
    labels = [value.get("label") for value in values if isinstance(value, dict)]
    return len(labels) == len(values) == len(set(labels)) and None not in labels


def _by_label(values: list[dict[str, Any]]) -> dict[str, Any]:
    return {value["label"]: value for value in values}


def _shown(value: Any) -> str:
    text = str(value)
    if len(text) <= 60:
        return "nothing" if value is None else text
    return f"{text[:30]}… ({hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]})"
