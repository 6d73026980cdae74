"""Policies as text, and a decision on the facts of report_facts.py."""

from datetime import date
from pathlib import Path
from typing import Any

from secondhalf.analysis.facts import Facts, Probe
from secondhalf.analysis.flat.figures import flat_figures
from secondhalf.analysis.flat.hashes import hash_of_facts
from secondhalf.gate.decide import Decision, judge_limits
from secondhalf.gate.policy import FigureLimit, Policy
from secondhalf.gate.policy_file import load_policy
from support.report_facts import rich

DAY = date(2027, 3, 1)


def policy_file(path: Path, limits: str) -> Path:
    """Writes a policy: `limits` are its lines, each `figure: ..., at_least: ...` without reason and owner."""
    lines = [f"  - {{{line}, reason: why, owner: me}}" for line in limits.splitlines()]
    path.write_text("\n".join(["limits:", *lines]) + "\n", "utf-8")
    return path


def limit(figure: str, **fields: Any) -> FigureLimit:
    """A limit with a reason and an owner."""
    return FigureLimit.model_validate({"figure": figure, "reason": "why", "owner": "me", **fields})


def probed(facts: Facts, **highs: float) -> Facts:
    """The facts with probes of `taught`, by name the upper ends of their intervals."""
    probes = [
        Probe(
            arm="taught", figure=name, unit="share" if name.startswith("leak") else "nats", value=1.0, baseline=1.0,
            difference=high - 0.02, low=high - 0.04, high=high, noise=False, rows=80, rows_baseline=80, seeds=3, limit=1.0,
            state="within",
        )
        for name, high in highs.items()
    ]  # fmt: skip
    return facts.model_copy(update={"overfitting": probes})


def decide(policy: Policy | str, facts: Facts | None = None, day: date = DAY, everyday: float | None = 0.0) -> Decision:
    """The decision on a policy or a shipped one, by its name; the facts are those of a rich run."""
    facts = facts or rich()
    policy = load_policy(policy)[0] if isinstance(policy, str) else policy
    shares = {"taught": (0.002, 0.0, 0.006)}
    figures = flat_figures(
        facts, {} if everyday is None else {"taught": everyday}, shares if everyday is not None else {}
    )
    return Decision(
        policy=policy,
        run=facts.name,
        day=day,
        rows=judge_limits(policy, "p.yaml", facts, figures, day),
        currency=facts.currency,
        primary=facts.primary,
        policy_hash="a" * 64,
        run_hash="b" * 64,
        facts_hash=hash_of_facts(facts),
    )


def judged(one: FigureLimit, facts: Facts | None = None, **more: Any) -> Any:
    """How one limit comes out."""
    return decide(Policy(name="p", limits=[one.model_copy(update={"severity": "must"})]), facts, **more).rows[0]
