"""`secondhalf verify FILE`: is a certificate as it was signed, by whom, and is what it says what is there?"""

import argparse
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Literal

from secondhalf.certify.comparison import compare_files, compare_model, compare_name, compare_store
from secondhalf.certify.consistency import inconsistencies
from secondhalf.certify.keyring import Keyring, KnownKey, keys_folder, read_public_key
from secondhalf.certify.verification import ReadCertificate, Verification, check_signatures, read_certificate
from secondhalf.commands.arguments.language import language_of
from secondhalf.errors import UserError
from secondhalf.output import print_json, print_text
from secondhalf.report.terminal import spoken
from secondhalf.store import Store

_MOST_LINES = 40


def main(options: argparse.Namespace) -> int:
    """Prints what was found. Returns 0: intact, by a known key; 1: not intact; 3: intact, signer unknown."""
    certificate = read_certificate(options.file)
    known = Keyring(keys_folder(options.keys)).keys
    result = verify(certificate, [_named(options.key, known)] if options.key else known, options)
    if options.json:
        print_json(_as_json(result))
        return result.exit_code
    # A line each: what a certificate says must not look like what is found of it.
    say = partial(spoken, language=language_of(options))
    print_text("\n".join(line.replace("\n", " ") for line in _lines(result, say)))
    return result.exit_code


def _named(path: Path, known: list[KnownKey]) -> KnownKey:
    """The public key in a file; as it is known here, where it is: one that was retired is not taken for one in use."""
    key = read_public_key(path)
    return next((one for one in known if one.id == key.id), key)


def verify(certificate: ReadCertificate, keys: list[KnownKey], options: argparse.Namespace) -> Verification:
    """The signatures, and what they are over as far as it is there. Raises UserError where there is nothing to compare."""
    contents = certificate.contents
    result = Verification(contents.run, contents.signer.id, _against(options))
    check_signatures(certificate, keys, result)
    if options.run and _against(options) != "store":
        compare_name(certificate, Path(options.run).name, result)
    if options.model:
        compare_model(certificate, options.model, result)
    elif options.files:
        compare_files(certificate, options.files, result)
    elif options.signature_only:
        result.notes.append("Nothing was compared with the certificate: the signature alone was checked.")
    else:
        _compare_store(certificate, options, result)
    named = {one.name for one in result.differences}
    result.differences += [one for one in inconsistencies(certificate) if one.name not in named]
    return result


def _compare_store(certificate: ReadCertificate, options: argparse.Namespace, result: Verification) -> None:
    if not options.store.is_dir():
        raise UserError(
            f"There is no store at {options.store}: name it with --store, or what you were given with --files or --model, or "
            "check --signature-only."
        )
    compare_store(certificate, Store(options.store), _run_folder(certificate, options), result)


def _run_folder(certificate: ReadCertificate, options: argparse.Namespace) -> Path:
    """Where the run stands that was named, else the one of the certificate's name below --runs: a name, and never a path."""
    runs: Path = options.runs
    named: str = options.run
    places = [runs / named, Path(named)] if named else [runs / certificate.contents.run]
    folder = next((place for place in places if (place / "recipe.yaml").is_file()), None)
    if folder is None:
        raise UserError(
            f"There is no run {named or certificate.contents.run} in {runs}: name their folder with --runs, or what you "
            "were given with --files or --model."
        )
    return folder


def _against(options: argparse.Namespace) -> Literal["store", "files", "model", "nothing"]:
    if options.model:
        return "model"
    if options.files:
        return "files"
    return "nothing" if options.signature_only else "store"


def _signer(result: Verification, say: Callable[[str], str]) -> str:
    if not result.signers:
        return say(f"signer unknown (key {result.key[:16]})")
    names = (f"{key.name} (key {key.id[:16]}{', retired since' if key.retired else ''})" for key in result.signers)
    return say(f"signed by {', '.join(map(say, names))}")


def _lines(result: Verification, say: Callable[[str], str]) -> list[str]:
    what = {"store": "files of the store", "files": "files", "model": "files of the model", "nothing": ""}[
        result.compared
    ]
    counted = f" ({say(f'{result.checked:,} {what}')})" if what else ""
    notes = map(say, result.notes)
    if result.intact:
        return [f"{result.run}: {say('intact')}, {_signer(result, say)}{counted}", *notes]
    shown = [f"  {one.name}: {say(one.reason)}" for one in result.differences[:_MOST_LINES]]
    rest = len(result.differences) - len(shown)
    more = [f"  {say(f'and {rest:,} more (--json has them all)')}"] if rest else []
    return [f"{result.run}: {say('NOT intact')}{counted}", *shown, *more, *notes]


def _as_json(result: Verification) -> dict[str, object]:
    return {
        "run": result.run,
        "intact": result.intact,
        "compared": result.compared,
        "checked": result.checked,
        "key": result.key,
        "signers": [key.without_key() for key in result.signers],
        "differences": [asdict(one) for one in result.differences],
        "notes": result.notes,
    }
