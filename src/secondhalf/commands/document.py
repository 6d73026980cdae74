"""`secondhalf document RUN --as FORM`: the documents that people ask for of a run's data and of its model."""

import argparse

from secondhalf.api import find_run
from secondhalf.disclosure.evidence import gather
from secondhalf.disclosure.write import disclosures, write_disclosures
from secondhalf.output import print_json, print_text
from secondhalf.report.terminal import spoken


def main(options: argparse.Namespace) -> None:
    """Writes the documents, and says of each which fields the run does not know."""
    run = find_run(options.run, runs=options.runs, store=options.store)
    evidence = gather(run, options.arm, options.seed, export=options.export, language=options.language)
    documents = disclosures(evidence, options.form, options.export)
    paths = write_disclosures(documents, options.out or run.folder / "proof")
    if options.json:
        rows = [
            {"file": str(path), "fields": len(document.fields), "not_known": document.unknown}
            for path, document in zip(paths, documents, strict=True)
        ]
        print_json({"documents": rows})
    else:
        lines = [*(document.summary() for document in documents), "", f"The documents: {paths[0].parent}"]
        print_text(spoken("\n".join(lines), run.recipe.report.language))
