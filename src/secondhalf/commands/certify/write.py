"""`secondhalf certify RUN`: writes a signed certificate of what the run's tables hold."""

import argparse
import secrets
from pathlib import Path

from secondhalf.api import find_run
from secondhalf.certify.contents import PAGE
from secondhalf.certify.decisions import note_on_decisions
from secondhalf.certify.exported import CERTIFICATE, MODEL_SIGNATURE
from secondhalf.certify.keyring import Keyring, keys_folder
from secondhalf.certify.model_signature import model_signature
from secondhalf.certify.passphrase import known_passphrase
from secondhalf.certify.signing import SigningKey, certificate_text
from secondhalf.output import print_json, print_text
from secondhalf.report.terminal import spoken
from secondhalf.store.faults import place_fault
from secondhalf.store.files import write_atomically
from secondhalf.store.given_files import write_given


def main(options: argparse.Namespace) -> None:
    """Writes the certificate, and beside an exported model the signature that model_signing verifies."""
    run, model = find_run(options.run, runs=options.runs, store=options.store), options.model
    keyring = Keyring(keys_folder(options.keys))
    key = keyring.current("certificates")
    private = keyring.private_key(key)
    passphrase = known_passphrase(options.passphrase_env, key.name) if keyring.has_passphrase(key) else None
    text = certificate_text(run, SigningKey(key.id, key.public, private, passphrase), model)
    written = [_written(text, options.out, model, run.folder)]
    if model is not None:
        of_models = keyring.current("models")
        if written[0].resolve() != (model / CERTIFICATE).resolve():
            (model / CERTIFICATE).unlink(missing_ok=True)  # another's, or one of before
        signature = model_signature(model, keyring.private_key(of_models), passphrase, of_models.public)
        written.append(_publish(model / MODEL_SIGNATURE, signature))
    page, note = run.folder / "proof" / PAGE, note_on_decisions(run)
    if options.json:
        print_json(
            {
                "certificate": str(written[0]),
                "signer": key.without_key(),
                "written": [str(one) for one in written],
                "page": str(page) if page.exists() else None,
                "notes": [note] if note else [],
            }
        )
        return
    lines = [
        f"Signed by {key.name} (key {key.id[:16]}): {', '.join(map(str, written))}",
        f"It covers the page for people as it is now: {page}"
        if page.exists()
        else f"There is no page for people yet: `secondhalf document {options.run}`, and certify again, and it is covered.",
        "It holds the recipe as resolved, with the paths and addresses in it.",
        *([note] if note else []),
    ]
    print_text("\n".join(spoken(line, run.recipe.report.language) for line in lines))


def _written(text: str, out: Path | None, model: Path | None, folder: Path) -> Path:
    """Where the certificate was written: where it was asked for, beside the model, or into the run's folder."""
    if out is not None:
        write_given(out, text)
        return out
    if model is not None:
        return _publish(model / CERTIFICATE, text)
    write_atomically(folder / CERTIFICATE, text)
    return folder / CERTIFICATE


def _publish(path: Path, text: str) -> Path:
    """Writes a file that others are given, as open as the umask says. A model's folder may be anybody's: no link is followed."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("x", encoding="utf-8") as file:
            file.write(text)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise place_fault(path, error, "name another place with --out") from error
    return path
