"""`secondhalf export RUN --arm ARM --as FORM --out FOLDER`: an arm as files that other programs load."""

import argparse

from secondhalf.api import find_run
from secondhalf.export.command import export_arm, export_summary
from secondhalf.output import print_json, print_text
from secondhalf.report.terminal import spoken


def main(options: argparse.Namespace) -> int:
    """Writes the export and prints its checks. Returns 1 where an exported form answers otherwise than the run's own model."""
    run = find_run(options.run, runs=options.runs, store=options.store)
    checks = export_arm(run, options.arm, options.seed, form=options.form, kind=options.kind, out=options.out)
    if options.json:
        print_json({"out": str(options.out), "parity": [check.as_dict() for check in checks]})
    else:
        print_text(spoken(export_summary(checks, options.out, options.form), run.recipe.report.language))
    return 0 if all(check.passed for check in checks) else 1
