"""`secondhalf review RUN`: pages on which people judge a run, and what they decided as figures and files."""

import argparse
import getpass
import importlib.util
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secondhalf.api import find_run
from secondhalf.commands.arguments.language import language_of
from secondhalf.errors import UserError
from secondhalf.install import extra
from secondhalf.output import print_json, print_text
from secondhalf.report.terminal import spoken
from secondhalf.report.words import Language, fill, page_words, review_words
from secondhalf.runs import Run

if TYPE_CHECKING:
    from secondhalf.review.accounts import Accounts
    from secondhalf.review.database import ReviewDatabase
    from secondhalf.review.desk import Desk
    from secondhalf.review.figures import ReviewFigures

_NEEDED = ("sqlalchemy", "starlette", "uvicorn", "argon2", "python_multipart")


def main(options: argparse.Namespace) -> None:
    """Opens the pages until it is stopped, or does the one thing that an option asks for."""
    if not all(importlib.util.find_spec(name) for name in _NEEDED):
        raise UserError(f"The review needs packages that are not installed: {extra('review')} adds them.")
    from secondhalf.review.accounts import Accounts
    from secondhalf.review.database import ReviewDatabase, ReviewDatabaseError

    run = find_run(options.run, runs=options.runs, store=options.store)
    _check_database(options)
    database = ReviewDatabase(options.database or str(run.folder / "review" / "review.sqlite"))
    try:
        accounts = Accounts(database)
        if options.add_reviewer or options.remove_reviewer or options.list_reviewers:
            _accounts(accounts, options)
        else:
            _work(run, database, accounts, options)
    except ReviewDatabaseError as error:
        raise UserError(
            f"The database of the review cannot be used ({error}), and nothing was saved: {error.mend}"
        ) from error
    finally:
        database.close()


def _check_database(options: argparse.Namespace) -> None:
    """Raises UserError for a file that is not there and would get nothing: a new one would say that nobody judged."""
    path, only_reads = options.database, options.figures or options.report or options.export
    only_reads = only_reads or options.list_reviewers or options.remove_reviewer
    fills = options.import_ or options.add_reviewer
    if path and "://" not in path and only_reads and not fills and not Path(path).exists():
        raise UserError(f"--database {path}: there is no such file: correct the path.")


def _accounts(accounts: "Accounts", options: argparse.Namespace) -> None:
    author = getpass.getuser()
    if options.add_reviewer:
        accounts.add(options.add_reviewer, options.role, _password(options), author)
    if options.remove_reviewer:
        accounts.remove(options.remove_reviewer, author)
    reviewers = accounts.reviewers()
    if options.json:
        print_json({"reviewers": [asdict(one) for one in reviewers]})
        return
    for one in reviewers:
        print_text(
            f"{one.name}  {one.role}{'' if one.has_password else '  (without a password: through the proxy alone)'}"
        )
    if not reviewers:
        print_text(spoken("There are no reviewers yet: --add-reviewer NAME adds one.", language_of(options)))


def _password(options: argparse.Namespace) -> str:
    if options.without_password:
        return ""
    if options.password_env:
        if not os.environ.get(options.password_env):
            raise UserError(f"--password-env {options.password_env}: that variable is not set, or empty.")
        return os.environ[options.password_env]
    if not sys.stdin.isatty():
        raise UserError("There is no terminal to ask for a password at: name a variable with --password-env.")
    password = getpass.getpass(f"Password of {options.add_reviewer}: ")
    if getpass.getpass("Again: ") != password:
        raise UserError("The two differ: nothing was changed.")
    if not password:
        raise UserError(
            "A password must not be empty; --without-password adds someone who comes through the proxy alone."
        )
    return password


def _work(run: Run, database: "ReviewDatabase", accounts: "Accounts", options: argparse.Namespace) -> None:
    from secondhalf.review.desk import Desk
    from secondhalf.review.exchange.forms import export_decisions, import_decisions
    from secondhalf.review.figures import review_figures

    desk = Desk(run, database, options.data)
    results: dict[str, dict[str, Any]] = {}  # for programs, as one value however much was asked for
    if options.import_:
        rows, new = import_decisions(desk, options.import_, options.form, getpass.getuser())
        results["import"] = {"rows": rows, "new": new}
        _say(options, f"{rows} decisions in {options.import_}, {new} of them new.")
    if options.export:
        rows = export_decisions(desk, options.export, options.form)
        results["export"] = {"rows": rows, "file": str(options.export)}
        _say(options, f"{rows} rows: {options.export}")
        if options.form == "log":
            _say(options, f"The next run learns them with --set audit.reviews={options.export}")
    if options.figures:
        figures = review_figures(desk.assignment, run.recipe.review)
        results["figures"] = asdict(figures)
        _say(options, _as_text(figures, run.recipe.report.language))
    if options.report:
        page = _into_report(desk)
        results["report"] = {"report": str(page)}
        _say(options, f"The report has what people judged: {page}")
    if not results:
        _serve(desk, accounts, options)
    elif options.json:
        print_json(results if len(results) > 1 else next(iter(results.values())))


def _say(options: argparse.Namespace, text: str) -> None:
    if not options.json:
        print_text(spoken(text, language_of(options)))


def _into_report(desk: "Desk") -> Path:
    """Records what people said in the run's folder, from which every later report of the run has it; returns the page's path."""
    from secondhalf.analysis.judgments.people import people_file
    from secondhalf.analysis.results import Results
    from secondhalf.report.page import write
    from secondhalf.review.reported import people_of
    from secondhalf.store.recorded import write_recorded

    if not (desk.run.folder / "report" / "facts.json").is_file():
        raise UserError(f"{desk.run.folder.name} has no report yet: `secondhalf run RECIPE` makes it, then try again.")
    write_recorded(people_file(desk.run), people_of(desk).model_dump_json(indent=2) + "\n")
    return write(Results(desk.run).facts, desk.run.folder / "report")


def _as_text(figures: "ReviewFigures", language: Language) -> str:
    from secondhalf.statistics import describe_comparison

    sample, lines = figures.sample, []
    enough = "enough" if sample.enough else "not enough"
    lines.append(
        f"Random sample: {sample.kept} of {sample.judged} kept ({sample.share:.3f} [{sample.low:.3f}, {sample.high:.3f}]), "
        f"{enough} for an interval of {sample.width:g}; the run has {sample.total} pairs."
    )
    for name, value in (("pairs", figures.agreement), ("comparisons", figures.comparison_agreement)):
        if value:
            lines.append(
                f"Agreement on {name} (Krippendorff's alpha): {value.mean:.2f} [{value.low:.2f}, {value.high:.2f}] "
                f"over {value.prompts} items."
            )
    lines.append(f"Disagreements that no lead has settled: {figures.disputed}.")
    for one in figures.preferences:
        share = (
            f", share of the first {one.share.mean:.3f} [{one.share.low:.3f}, {one.share.high:.3f}]"
            if one.share
            else ""
        )
        lines.append(f"{one.subject}: {one.first} to {one.second}, {one.ties} ties{share}.")
        if one.comparison:
            quoted = "{name}" if language == "en" else page_words(language)["quoted"]
            first, second = (quoted.format(name=arm) for arm in one.arms)
            figure = fill(review_words(language)["preference_figure"], prompts=one.prompts)
            lines.append(describe_comparison(one.comparison, language, first, second, figure))
    for pace in figures.pace:
        seconds = "" if pace.seconds is None else f", {pace.seconds:.1f} s each"
        kept = "" if pace.kept is None else f", keeps {pace.kept:.3f}"
        lines.append(
            f"{pace.reviewer} ({pace.role}): {pace.decisions} decisions, {pace.undone} taken back{seconds}{kept}."
        )
    return "\n".join(lines)


def _serve(desk: "Desk", accounts: "Accounts", options: argparse.Namespace) -> None:
    from secondhalf.review.web.access import Access, AccessSettings, is_loopback, trusted_networks
    from secondhalf.review.web.application import review_application
    from secondhalf.review.web.server import serve_review

    here, known = is_loopback(options.host), accounts.reviewers()
    if bool(options.proxy_header) != bool(options.proxy_from):
        raise UserError("--proxy-header and --proxy-from belong together: whose header is believed must be said.")
    if not here and not known:
        raise UserError(
            f"--host {options.host} lets other machines in, and there are no reviewers: add some with --add-reviewer NAME."
        )
    hosts = tuple(name.lower() for name in options.allow_host)
    if here:
        hosts = (*AccessSettings.hosts, options.host, *hosts)
    settings = AccessSettings(hosts, options.proxy_header, trusted_networks(options.proxy_from), secure=options.https)
    operator = getpass.getuser() if here else ""
    if here and accounts.reviewer(operator) is None:
        accounts.add(operator, "lead", "", operator)
    access = Access(accounts, settings, operator)

    def opened(address: str) -> None:
        if options.json:
            print_json({"address": address, "enter": f"{address}/enter/{access.entry}"})
            return
        lines = [f"Review of {desk.run.folder.name}: {address}"]
        if here:
            lines.append(f"Your own way in, once: {address}/enter/{access.entry}")
        lines.append("Ctrl-C ends it; every decision is saved as it is made.")
        print_text(spoken("\n".join(lines), desk.run.recipe.report.language))

    serve_review(review_application(desk, access), options.host, options.port, opened)
