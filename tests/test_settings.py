"""What decides a stage is said at the field: every settings model is walked, and a new field decides unless it is named here."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest

import secondhalf
from secondhalf.recipe.recipe import Recipe
from secondhalf.runs.labels import SHAPES
from secondhalf.settings import AddedLater, Decides, Settings

# The fields that are marked, and what they decide ("" is nothing). To mark another one, add it: a stage made before the change
# of such a field is taken for one made after it.
MARKED = {
    "corpus.settings.CorpusSettings": {"": "max_refused workers"},
    "clean.stage.CleanSettings": {"run": "filters", "run deduplicate": "near_duplicates passages"},
    "audit.stage.AuditSettings": {"run": "checks reviews"},
    "audit.rephrasings.RephrasingSettings": {"run": "model"},
    "audit.contradiction.ContradictionSettings": {"": "budget prices", "run": "model"},
    "audit.instruction_judge.InstructionJudgeSettings": {"": "budget prices", "run": "model"},
    "teach.settings.TeachSettings": {"": "batch budget prices", "run": "model like student"},
    "teach.teachers.TeacherSettings": {"run": "model"},
    "teach.draft.DraftSettings": {"run": "model"},
    "teach.judge.ReplyJudgeSettings": {"run": "model"},
    "models.server.settings.ServerSettings": {
        "": "urls replicas key_env key_header requests_per_minute tokens_per_minute max_in_flight timeout attempts backoff patience start_patience unanswered"
    },
    "baselines.settings.InstructionSettings": {"run": "path licence"},
    "baselines.settings.MagpieSettings": {"": "budget prices", "run": "model"},
    "train.settings.TrainSettings": {
        "": "checkpoint_steps gradient_checkpointing loggers min_pairs processes sharding",
        "run": "seeds",
        "run train": (
            "alpha dropout early_stopping epochs keep learning_rate method precision rank schedule skip_surprising tokens_per_batch tokens_per_step "
            "turn_tokens warmup weight_decay"
        ),
        "run train prefer": "clip",
    },
    "train.prefer.settings.PreferSettings": {"": "checkpoint_steps"},
    "train.prefer.settings.PeopleSettings": {"run": "path"},
    "probe.settings.ProbeSettings": {"run": "replies"},
    "evaluate.settings.EvaluateSettings": {
        "": "benchmarks engine judging leaderboard own safety",
        "run": "primary",
        "run evaluate": "others minimal_pairs",
    },
    "evaluate.settings.BenchmarkSettings": {"run": "path references baseline difficulty", "answers": "max_tokens"},
    "evaluate.safety.settings.SafetySettings": {"": "enabled", "run": "sets toxicity", "safety": "toxic_label"},
    "evaluate.leaderboard.settings.LeaderboardSettings": {"": "batch_size", "run": "folder"},
    "evaluate.judge.settings.JudgingSettings": {"": "budget prices", "run": "labelled"},
    "recipe.arms.ArmSettings": {
        "run": "student data equal_tokens adapter_from temperature scale compare_to train prefer"
    },
    "store.cluster.settings.ClusterSettings": {"": "address part_minutes train evaluate"},
    "recipe.recipe.Recipe": {"": "audit cluster engine journal notices pilot report review split teach train"},
}
STAGES = ["run", *SHAPES]
# The fields that stages were made without: a default that means "none of it" is left out of their keys.
ADDED_LATER = {
    ("audit.stage.AuditSettings", "contradiction"): None,
    ("audit.stage.AuditSettings", "instruction_judge"): None,
    ("audit.stage.AuditSettings", "rephrasings"): None,
    ("audit.stage.AuditSettings", "reviews"): "",
    ("clean.personal.settings.PersonalSettings", "person"): "keep",
    ("teach.settings.TeachSettings", "teachers"): {},
    ("teach.settings.TeachSettings", "draft"): None,
    ("models.server.settings.ServerSettings", "finish"): {},
    ("train.prefer.settings.PreferSettings", "people"): None,
}
# One of every settings model, where a field can hold several or none.
RICH = Recipe(
    data={"taught": {}, "mine": {"instructions": {"path": "x.jsonl"}}, "pie": {"magpie": {"model": "dummy"}}},
    students={"base": "x"},
    arms={"untouched": {"student": "base"}, "taught": {"student": "base", "data": {"mine": 1}}},
    evaluate={"benchmarks": [{"name": "alpaca_eval", "path": "x"}], "judging": {"judges": [{"model": "dummy"}]}},
)


def _name(model: type[Settings]) -> str:
    return f"{model.__module__.removeprefix('secondhalf.')}.{model.__name__}"


def _what(model: type[Settings], field: str) -> set[str]:
    """What a field decides, by MARKED: everything where it is not named."""
    for what, fields in MARKED.get(_name(model), {}).items():
        if field in fields.split():
            return set(what.split())
    return set(STAGES)


def _models(annotation: Any) -> Iterator[type[Settings]]:
    """The settings models that an annotation names, and those that their fields name."""
    if isinstance(annotation, type) and issubclass(annotation, Settings):
        yield annotation
        for field in annotation.model_fields.values():
            yield from _models(field.annotation)
    for part in get_args(annotation):
        yield from _models(part)


MODELS = {_name(model): model for model in _models(Recipe)}


def _another(annotation: Any, value: Any) -> Any:
    """Another value that the annotation allows."""
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    if get_origin(annotation) in {Union, UnionType}:
        return None if value is not None else _another(kinds[0], None)
    if get_origin(annotation) is Literal:
        return next(kind for kind in kinds if kind != value)
    if get_origin(annotation) is list:
        return [*(value or []), _another(kinds[0], None)]
    if get_origin(annotation) is dict:
        return {**(value or {}), _another(kinds[0], None): _another(kinds[1], None)}
    if isinstance(annotation, type) and issubclass(annotation, Settings):
        return _example(annotation)
    return {bool: not value, int: 7 if value != 7 else 8, float: 0.25 if value != 0.25 else 0.5}.get(
        annotation, f"{value}?"
    )


def _example(model: type[Settings]) -> Settings:
    needed = {name: "dummy" for name, field in model.model_fields.items() if field.is_required()}
    return model.model_construct(**needed)


def _changed(settings: Settings) -> Iterator[tuple[str, Settings, set[str]]]:
    """Every field of these settings and of those inside them, by its path, each once changed, and what that decides."""
    for name, field in type(settings).model_fields.items():
        value, what = getattr(settings, name), _what(type(settings), name)
        items = (
            dict(enumerate(value)) if isinstance(value, list) else value if isinstance(value, dict) else {None: value}
        )
        for key, item in items.items():
            for path, other, inner in _changed(item) if isinstance(item, Settings) else ():
                whole = list({**items, key: other}.values()) if isinstance(value, list) else {**items, key: other}
                changed = settings.model_copy(update={name: other if key is None else whole})
                yield f"{name}.{path}", changed, what & inner
        if not isinstance(value, Settings):
            yield name, settings.model_copy(update={name: _another(field.annotation, value)}), what


def test_the_marked_fields_are_those_named_here():
    marks = {
        (name, field): set(mark.what)
        for name, model in MODELS.items()
        for field, info in model.model_fields.items()
        for mark in info.metadata
        if isinstance(mark, Decides)
    }
    named = {
        (name, field): set(what.split())
        for name, fields_of in MARKED.items()
        for what, fields in fields_of.items()
        for field in fields.split()
    }
    assert marks == named
    assert set().union(*marks.values()) <= set(STAGES)


def test_a_field_that_came_later_leaves_the_keys_of_before():
    marked = {
        (name, field): info.default
        for name, model in MODELS.items()
        for field, info in model.model_fields.items()
        if any(isinstance(mark, AddedLater) for mark in info.metadata)
    }
    assert marked == ADDED_LATER
    before = {
        "ask", "respond", "continue_text", "system", "sampling", "replies", "choose", "judge", "server",
    }  # fmt: skip
    assert RICH.data["taught"].teach.deciding("teach").keys() == before


def test_a_field_decides_the_run_unless_it_is_marked():
    then, paths = RICH.deciding("run"), set()
    for path, changed, what in _changed(RICH):
        paths.add(path)
        assert (changed.deciding("run") != then) == ("run" in what), path
    assert {"seed", "arms.train.template.text", "data.teach.server.extra", "data.instructions.path"} <= paths


@pytest.mark.parametrize("name", sorted(MODELS.keys() - {"recipe.recipe.Recipe"}))
def test_a_field_decides_every_stage_unless_it_is_marked(name: str):
    settings = next((one for one in _all(RICH) if type(one) is MODELS[name]), _example(MODELS[name]))
    fields = set()
    for path, changed, what in _changed(settings):
        fields.add(path.partition(".")[0])
        for stage in STAGES:
            assert (changed.deciding(stage) != settings.deciding(stage)) == (stage in what), (path, stage)
    assert fields == MODELS[name].model_fields.keys()


def _all(settings: Settings) -> Iterator[Settings]:
    yield settings
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        items = value if isinstance(value, list) else value.values() if isinstance(value, dict) else [value]
        for item in items:
            if isinstance(item, Settings):
                yield from _all(item)


class _Inner(Settings):
    threads: Annotated[int, Decides(False)] = 1
    rate: float = 0.5
    late: Annotated[bool, Decides("late")] = True


class _Outer(Settings):
    one: _Inner = _Inner()
    perhaps: _Inner | None = _Inner()
    many: list[_Inner] = [_Inner()]
    named: dict[str, _Inner] = {"a": _Inner()}
    path: Annotated[Path, Decides("run")] = Path("x")


def test_a_mark_counts_in_models_lists_and_mappings():
    left, late = {"rate": 0.5}, {"rate": 0.5, "late": True}
    assert _Outer().deciding("clean") == {"one": left, "perhaps": left, "many": [left], "named": {"a": left}}
    assert _Outer().deciding("late") == {"one": late, "perhaps": late, "many": [late], "named": {"a": late}}
    assert _Outer().deciding("run")["path"] == "x"


def test_what_decides_is_listed_nowhere_else():
    """A list of fields to leave out, or to take, would be a second place to say it."""
    source = Path(secondhalf.__file__).parent
    lists = [
        str(path.relative_to(source))
        for path in source.rglob("*.py")
        if re.search(r"model_dump(_json)?\([^()]*\b(exclude|include)=", path.read_text("utf-8"))
    ]
    assert lists == []
