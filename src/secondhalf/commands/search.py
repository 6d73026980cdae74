"""`secondhalf search RECIPE --over FIELD=...`: a grid or an adaptive search, and its winner confirmed where it never looked."""

import argparse
import multiprocessing
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.output import print_error, print_result, print_text
from secondhalf.progress import messages_on_stderr
from secondhalf.recipe.names import NO_RUN_NAME, is_run_name
from secondhalf.search.adaptive import check_optuna
from secondhalf.search.confirm import Confirmation, confirm
from secondhalf.search.outcome import Outcome, outcome
from secondhalf.search.page import write_page
from secondhalf.search.settings import SearchSettings
from secondhalf.search.study import Search, begin, start_of
from secondhalf.search.table import as_json, as_text
from secondhalf.search.winner import write_winner
from secondhalf.search.work import work
from secondhalf.store.files import write_atomically
from secondhalf.store.lock import locked
from secondhalf.store.workers import end_with_parent


def main(options: argparse.Namespace) -> int:
    """Carries a search out, or goes on with it. Returns 1 where no trial keeps the limits."""
    search = _begin(options)
    if options.workers > 1:
        _work_together(search, options.workers)
    came_out, confirmation = finish(search)
    if options.json:
        print_result(as_json(search, came_out, confirmation), as_json=True)
    else:
        print_text(as_text(search, came_out, confirmation))
        print_text(f"\nThe page: {search.folder / 'index.html'}")
        if (search.folder / "winner.yaml").is_file():
            print_text(f"The winner: {search.folder / 'winner.yaml'}")
    return 0 if came_out.best else 1


def finish(search: Search) -> tuple[Outcome, Confirmation | None]:
    """Carries out the trials that are left, writes the winner, confirms it, and writes the page.

    A winner of before is taken away where another one, or none, came out.
    """
    trials = work(search)
    # Several terminals come to this at once: one does it, and the others find it done.
    with locked(search.folder / ".finish.lock", "", wait=True):
        came_out = outcome(search, trials)
        best, confirmation = came_out.best, None
        if best and best.trial.number:
            _, recipe = write_winner(search, best.trial.setting, came_out)
            if search.settings.confirm_seeds:
                confirmation = confirm(search, best.trial.setting, recipe)
        else:
            (search.folder / "winner.yaml").unlink(missing_ok=True)
        write_atomically(search.folder / "outcome.json", as_json(search, came_out, confirmation) + "\n")
        write_page(search, came_out, confirmation)
        return came_out, confirmation


def _begin(options: argparse.Namespace) -> Search:
    adaptive = options.trials is not None
    if adaptive:
        check_optuna()
    if len(options.figure) > 2:
        raise UserError("--figure: one figure, or two for a trade-off; put others into a --limit.")
    recipe, start, arm = start_of(Path(options.recipe), options.set, options.arm)
    name = options.name or recipe.name
    if not is_run_name(name):  # as a path it would lead out of the folder of searches
        raise UserError(f"--name {name}: it {NO_RUN_NAME}, seven less for what its runs are called.")
    settings = SearchSettings(
        recipe=options.recipe,
        overrides=options.set,
        start=start,
        over=options.over,
        arm=arm,
        figures=options.figure or [recipe.evaluate.primary],
        limits=options.limit,
        trials=options.trials or 0,
        adaptive=adaptive,
        seed=options.seed,
        prune=options.prune or ("all" if adaptive else "limits"),
        confirm_seeds=options.confirm_seeds,
    )
    return begin(settings, options.searches / name, options.runs, options.store)


def _work_together(search: Search, workers: int) -> None:
    """Other processes that work on the search beside this one; raises UserError when one of them failed."""
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_work, args=(search,)) for _ in range(workers)]
    for process in processes:
        process.start()
    try:
        for process in processes:
            process.join()
    finally:
        for process in processes:
            process.terminate()
    if codes := [process.exitcode for process in processes if process.exitcode]:
        raise UserError(
            f"A worker ended with {codes[0]}: the messages above say why. The same command goes on from here."
        )


def _work(search: Search) -> None:
    end_with_parent()
    with messages_on_stderr():
        try:
            work(search)
        except UserError as error:
            print_error(f"secondhalf: {error}")
            raise SystemExit(1) from error
