"""Runs to review, made of tables alone: pairs with verdicts, and two arms' answers to the everyday prompts. No model is asked."""

from collections.abc import Sequence
from pathlib import Path

from secondhalf.evaluate.everyday.stage import select_everyday
from secondhalf.recipe import Recipe
from secondhalf.recipe.file import write_yaml
from secondhalf.rows import Answer, Pair, Verdict, digest, partition_by_verdicts, to_table
from secondhalf.runs import Label, Run
from secondhalf.runs.links import Link, write_links
from secondhalf.store import Stage, Store
from secondhalf.store.recorded import write_recorded

HOSTILE = (
    '<script>document.title="obeyed"</script><img src=x onerror="document.title=1"></textarea>"\'>&lt;b&gt;\u202eabc'
)
ARABIC = "كان الجسر القديم يربط ضفتي النهر منذ زمن بعيد."
ARMS = ("plainarm", "tunedarm")


def made_pairs(count: int, *, first: Sequence[Pair] = ()) -> list[Pair]:
    """So many pairs, these first."""
    made = [
        Pair(
            f"{digest('document', str(n))}-{n:06d}", digest("document", str(n)), "words", "en", f"The bridge number {n} over the river",
            f"was built in {1800 + n % 200}.", f"was old when the town was young, and number {n} it is still.", "dummy", "stop", 8, 12,
        )
        for n in range(count - len(first))
    ]  # fmt: skip
    return sorted([*first, *made], key=lambda pair: pair.id)


def made_run(folder: Path, pairs: Sequence[Pair], *, name: str = "made", answers: int = 0, **recipe: object) -> Run:
    """A run with these pairs, of which every tenth is near a check's limit and every twentieth refused by one; and so many answers
    of two arms."""
    arms = {ARMS[0]: {"student": "base"}, ARMS[1]: {"student": "base", "data": {"taught": 1}}} if answers else {}
    settings = Recipe.model_validate({
        "name": name, "data": {"taught": {"teach": {"model": "dummy"}}}, "students": {"base": "x"}, "arms": arms,
        "evaluate": {"limit": max(answers, 2), "primary": "relevance"}, "report": {"language": "en"}, **recipe,
    })  # fmt: skip
    store, run = Store(folder / "store"), folder / "runs" / name
    run.mkdir(parents=True, exist_ok=True)
    store.mark()
    write_recorded(run / "recipe.yaml", write_yaml(settings, "# made\n"))
    links = pair_links(store, pairs)
    if answers:
        prompts = select_everyday(settings.evaluate)
        for arm, seed in ((ARMS[0], None), (ARMS[1], settings.arms[ARMS[1]].train.seeds[0])):
            label = Label("answers", benchmark="everyday", arm=arm, seed=seed)
            rows = [Answer(one.id, f"Words of {digest(arm, one.id)}", "stop", 4) for one in prompts]
            links[label] = _link(store, "answers", digest(arm, size=16), {"answers": to_table(Answer, rows)})
    write_links(run, links)
    return Run(settings, run, store)


def pair_links(store: Store, pairs: Sequence[Pair]) -> dict[Label, Link]:
    """The stages of these pairs, taught and audited."""
    key = digest(*(pair.id + pair.response for pair in pairs), size=16)
    accepted, rejects, verdicts = partition_by_verdicts(
        Pair, list(pairs), [_verdicts(pair, n) for n, pair in enumerate(pairs)]
    )
    return {
        Label("teach", data="taught"): _link(store, "teach", key, {"part": to_table(Pair, pairs)}),
        Label("audit", data="taught"): _link(
            store, "audit", key, {"part": accepted, "rejects": rejects, "verdicts": verdicts}
        ),
    }


def replace_pairs(run: Run, pairs: Sequence[Pair]) -> None:
    """Has the run's links point to other pairs, as a newer run of that name does."""
    write_links(run.folder, {**run.links(), **pair_links(run.store, pairs)})


def _verdicts(pair: Pair, number: int) -> list[Verdict]:
    echo = 0.45 if number % 10 == 0 else 0.0
    refused = number % 20 == 0
    return [
        Verdict(pair.id, "echo", True, echo),
        Verdict(
            pair.id,
            "cut_end",
            not refused,
            float(refused),
            "the reply ends in the middle of a sentence" if refused else "",
        ),
    ]


def _link(store: Store, name: str, key: str, tables: dict[str, object]) -> Link:
    stage = Stage(store.root / name / key)
    if not stage.whole:
        for kind, table in tables.items():
            stage.write(kind, 0, table)
        stage.finish({"stage": name, "key": key, "rows": 0, "rows_in": 0, "rejected": 0})
    return Link(f"{name}/{key}", reused=False)
