"""The benchmarks, one row each: adding one takes a folder beside this file and a row below."""

from secondhalf.evaluate.alpaca_eval.games import ALPACA_EVAL_VERSION
from secondhalf.evaluate.alpaca_eval.prompts import load_alpaca_eval
from secondhalf.evaluate.alpaca_eval.stage import score_alpaca_eval
from secondhalf.evaluate.arena_hard.games import ARENA_HARD_VERSION
from secondhalf.evaluate.arena_hard.prompts import load_arena_hard
from secondhalf.evaluate.arena_hard.stage import score_arena_hard
from secondhalf.evaluate.benchmark import Benchmark, BenchmarkFigure
from secondhalf.evaluate.ifeval.prompts import load_ifeval
from secondhalf.evaluate.ifeval.score import verify_instructions
from secondhalf.evaluate.ifeval.stage import IFEVAL_STAGE_VERSION, score_ifeval
from secondhalf.evaluate.mt_bench.grading import MT_BENCH_VERSION, answer_temperature
from secondhalf.evaluate.mt_bench.prompts import REFERENCES_VERSION, load_mt_bench, question_parts
from secondhalf.evaluate.mt_bench.stage import score_mt_bench
from secondhalf.evaluate.own.prompts import load_own
from secondhalf.evaluate.own.stage import OWN_VERSION, score_own, verify_checks

_BY_CODE = Benchmark(
    load=lambda files: load_ifeval(files.prompts),
    verify=verify_instructions,
    score=score_ifeval,
    version=IFEVAL_STAGE_VERSION,
    figures=(
        BenchmarkFigure("strict", leads=True),
        BenchmarkFigure("loose"),
        BenchmarkFigure("instruction_strict"),
        BenchmarkFigure("instruction_loose"),
        BenchmarkFigure("guarded", leads=True),
        BenchmarkFigure("guarded_cut"),
        BenchmarkFigure("no_answer"),
    ),
)

BENCHMARKS: dict[str, Benchmark] = {
    "ifeval": _BY_CODE,
    "ifeval_ja": _BY_CODE,
    "ifbench": _BY_CODE,
    "mt_bench": Benchmark(
        load=load_mt_bench,
        score=score_mt_bench,
        version=MT_BENCH_VERSION,
        figures=(
            BenchmarkFigure("score", "points", has_gaps=True, leads=True),
            BenchmarkFigure("turn_1", "points", has_gaps=True),
            BenchmarkFigure("turn_2", "points", has_gaps=True),
        ),
        longest=1024,
        judged="always",
        prompts_version=REFERENCES_VERSION,
        temperature=answer_temperature,
        evaluated=question_parts,
        references=True,
    ),
    "arena_hard": Benchmark(
        load=lambda files: load_arena_hard(files.prompts),
        score=score_arena_hard,
        version=ARENA_HARD_VERSION,
        figures=(
            BenchmarkFigure("win", has_gaps=True, leads=True),
            BenchmarkFigure("settled", has_gaps=True),
            # These two are no means over prompts: analysis/rates.py reads them from the battles.
            BenchmarkFigure("rated"),
            BenchmarkFigure("styled"),
        ),
        longest=4096,
        judged="always",
        baseline="named",
    ),
    "alpaca_eval": Benchmark(
        load=lambda files: load_alpaca_eval(files.prompts),
        score=score_alpaca_eval,
        version=ALPACA_EVAL_VERSION,
        figures=(
            BenchmarkFigure("win", has_gaps=True, leads=True),
            # No means over prompts: analysis/rates.py. The second where the recipe names a file of difficulties.
            BenchmarkFigure("controlled"),
            BenchmarkFigure("controlled_difficulty"),
        ),
        longest=2048,
        judged="always",
        difficulty=True,
        baseline="in_file",
        evaluated=lambda prompt: {"prompt": prompt.text, "answer": prompt.output},
    ),
    "own": Benchmark(
        load=lambda files: load_own(files.prompts),
        verify_checks=verify_checks,
        evaluated=lambda prompt: {"prompt": prompt.text, "answer": prompt.reference},
        score=score_own,
        version=OWN_VERSION,
        figures=(
            BenchmarkFigure("judged", "points", has_gaps=True, leads=True),
            BenchmarkFigure("checks", leads=True),
            BenchmarkFigure("reference", leads=True),
            BenchmarkFigure("exact"),
        ),
        longest=1024,
        judged="rubrics",
    ),
}


def benchmark_figure(figure: str) -> BenchmarkFigure | None:
    """The row's entry for BENCHMARK.NAME; None for a figure that is no benchmark's."""
    name, _, rest = figure.partition(".")
    row = BENCHMARKS.get(name)
    return next((entry for entry in row.figures if entry.name == rest), None) if row else None
