"""`secondhalf gate RUN --policy FILE`: whether a run keeps a policy's limits, as text, JSON, or a page to sign."""

import argparse
import hashlib
import json
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from secondhalf.analysis.flat.figures import FlatFigure, Key
from secondhalf.analysis.flat.hashes import hash_of_facts, hash_of_run
from secondhalf.analysis.flat.kinds import REVIEW_AGREEMENT
from secondhalf.analysis.results import Results
from secondhalf.api import find_run
from secondhalf.errors import UserError
from secondhalf.gate.decide import Decision, judge_limits
from secondhalf.gate.page import render
from secondhalf.gate.policy import Policy
from secondhalf.gate.policy_file import load_policy, policy_path, shipped
from secondhalf.gate.record import as_data, keep
from secondhalf.gate.text import as_text
from secondhalf.install import extra
from secondhalf.output import print_json, print_result, print_text
from secondhalf.report.words import Language, fill, gate_words
from secondhalf.runs import Run
from secondhalf.store.given_files import is_our_page, write_given


def main(options: argparse.Namespace) -> int:
    """Prints the decision; returns 0 where the run passed, else 1."""
    if options.list:
        return _list(as_json=options.json)
    if not options.run or not options.policy:
        raise UserError(f"Name a run and a policy: secondhalf gate RUN --policy FILE (or {', '.join(shipped())}).")
    policy, text = load_policy(options.policy)  # its mistakes first: they are found in no time
    run = find_run(options.run, runs=options.runs, store=options.store)
    if not run.recipe.arms:
        raise UserError(
            f"{run.folder.name} has no arms, so nothing of it was evaluated: name a run of a recipe with arms."
        )
    results = Results(run)
    facts, day = results.facts, date.today()
    figures = results.figures | _reviewed(policy, run, options.database)
    decision = Decision(
        policy=policy,
        run=run.folder.name,
        day=day,
        rows=judge_limits(policy, options.policy, facts, figures, day),
        currency=facts.currency,
        primary=facts.primary,
        policy_hash=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        run_hash=hash_of_run(results.tables),
        facts_hash=hash_of_facts(facts),
    )
    language = options.language or facts.language
    if options.out:
        write_given(options.out, render(decision, language), is_former=is_our_page)
    kept = _kept(decision, run, language) if options.keep else ""
    print_result(
        json.dumps(as_data(decision), ensure_ascii=False) if options.json else as_text(decision, language) + kept,
        as_json=options.json,
    )
    return int(not decision.passed)


def _reviewed(policy: Policy, run: Run, database: str) -> dict[Key, FlatFigure]:
    """The figures of the review that the policy limits, where there was one. Raises UserError where it cannot be read."""
    address = database or str(run.folder / "review" / "review.sqlite")
    if not any(limit.figure == REVIEW_AGREEMENT for limit in policy.limits):
        return {}
    if "://" not in address and not Path(address).is_file():
        if database:
            raise UserError(f"--database {database}: there is no such file: correct the path.")
        return {}
    if not find_spec("sqlalchemy"):
        raise UserError(f"The limit on {REVIEW_AGREEMENT} needs the review's packages: {extra('review')} adds them.")
    from secondhalf.review.agreement import agreement_in

    agreement = agreement_in(address)
    if agreement is None:
        return {}
    figure = FlatFigure(REVIEW_AGREEMENT, "count", agreement.mean, agreement.low, agreement.high)
    return {(figure.name, figure.arm, figure.against): figure}


def _list(*, as_json: bool) -> int:
    policies = [(name, load_policy(name)[0]) for name in shipped()]
    if as_json:
        print_json(
            {
                "policies": [
                    {"name": name, "path": str(policy_path(name)), "limits": len(policy.limits)}
                    for name, policy in policies
                ]
            }
        )
        return 0
    for name, policy in policies:
        print_text(f"{name}: {len(policy.limits)} limits ({policy_path(name)})")
    return 0


def _kept(decision: Decision, run: Run, language: Language) -> str:
    path = keep(decision, run)
    return "\n" + fill(gate_words(language)["kept_in"], path=path)
