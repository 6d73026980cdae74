"""The stages of data sets that are made of no text. They stand where a taught data set's stage `teach` stands."""

from collections.abc import Iterable
from functools import cache

from secondhalf.baselines.instructions import INSTRUCTIONS_VERSION, instruction_files, read_instructions
from secondhalf.baselines.magpie import MAGPIE_VERSION, write_magpie_pairs
from secondhalf.baselines.settings import InstructionSettings, MagpieSettings
from secondhalf.corpus.fingerprint import fingerprint_files
from secondhalf.corpus.unchanged import check_unchanged, file_states
from secondhalf.models.backends import teacher
from secondhalf.models.costs.budget import Budget
from secondhalf.models.costs.prices import price_of
from secondhalf.models.finish import map_finishes
from secondhalf.models.request import Request
from secondhalf.models.scheduling.dispatch import KeyedReply, send_requests
from secondhalf.recipe.arms import DataSettings
from secondhalf.runs import Label, OpenRun
from secondhalf.store import Stage


def baseline(run: OpenRun, name: str, data: DataSettings) -> Stage:
    """The pairs of `instructions` or of `magpie`."""
    return _instructions(run, name, data.instructions) if data.instructions else _magpie(run, name, data.magpie)


def _instructions(run: OpenRun, name: str, settings: InstructionSettings) -> Stage:
    label = Label("teach", data=name)
    shards = instruction_files(settings)
    before, inputs = file_states(shards), {"texts": fingerprint_files(shards)}

    def read(stage: Stage) -> dict[str, object]:
        counts = read_instructions(settings, stage, label.title)
        check_unchanged(before, file_states(instruction_files(settings)), f"data.{name}.instructions.path")
        return counts

    return run.make(label, INSTRUCTIONS_VERSION, settings, inputs, read)


def _magpie(run: OpenRun, name: str, settings: MagpieSettings | None) -> Stage:
    assert settings is not None
    identity, backend = teacher(settings.model, settings.server)
    loaded = cache(backend)  # once, for turns and answers
    costs = price_of(settings.model, settings.server, settings.prices)

    def work(stage: Stage) -> dict[str, object]:
        with Budget(stage.path / "spent.json", settings.budget, run.recipe.report.hour_in_dollars) as budget:
            ledger = budget.ledger("teacher", costs)

            def send(requests: Iterable[Request], label: str) -> Iterable[KeyedReply]:
                replies = send_requests(requests, identity, loaded, run.journal, label, ledger)
                return map_finishes(replies, settings.server.finish)

            counts = write_magpie_pairs(settings, send, stage, f"teach {name}")
            return {**counts, "paid": budget.summary(), "seconds_in_all": round(budget.seconds, 2)}

    return run.make(Label("teach", data=name), MAGPIE_VERSION, {"magpie": settings}, {"model": identity}, work)
