"""Every public function of the package that is handed a text, found by its parameters, and the values of its other ones."""

import inspect
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from secondhalf.rows import Document, Pair
from secondhalf.settings import Settings
from support.compiled_patterns import modules

TEXTS = {"text", "response", "answer", "reply", "line", "chunk", "token", "recorded", "phrase", "data", "body", "value"}
"""What a parameter that takes a text of strangers is called, where it is annotated `str` or `bytes`."""
_SECOND_TEXTS = {"prompt", "source", "reference", "reference_text", "prompt_to_repeat", "good"}
_WORDS: dict[str, Any] = {
    "language": "en",
    "relation": "at least",
    "let_relation": "at least",
    "capital_relation": "at least",
    "letter": "あ",
    "finish": "stop",
    "person": "woman",
    "options": "yes/no/maybe",
    "location": "page",
    "header": "",
    "encoding": "utf-8",
    "longest": 1_000_000,
    "unit": "words",
    "of": "lines",
    "form": "json",
    "start": 0,
    "top": (2, 3),
    "repeated": (5, 10),
    "offset": 10,
}
_VARIANTS: dict[str, list[dict[str, Any]]] = {
    "length": [{"unit": unit} for unit in ("words", "characters")],
    "count": [{"of": of} for of in ("items", "lines", "paragraphs", "parts")] + [{"of": "text", "text_of": "word"}],
    "format": [
        {"form": form}
        for form in (
            *("bullets", "numbered", "single_line", "json", "lowercase", "hiragana", "quoted", "title_line"),
            "label_lines",
        )
    ],
}
Call = Callable[[str], object]


def text_functions() -> Iterator[tuple[str, Call | None]]:
    """Each function's MODULE.NAME and a call of it with a text alone; None where nobody knows its other values."""
    for module in modules():
        for name, function in list(vars(module).items()):
            if name.startswith("_") or not inspect.isfunction(inspect.unwrap(function)):
                continue
            if function.__module__ == module.__name__ and _takes_text(function):
                place = f"{module.__name__.removeprefix('secondhalf.')}.{name}"
                variants = _VARIANTS.get(name, [{}]) if place.startswith("evaluate.everyday") else [{}]
                for variant in variants:
                    label = " ".join([place, *map(str, variant.values())])
                    yield label, _with_defaults(function, variant)


def _takes_text(function: Callable[..., Any]) -> bool:
    """What also takes a path reads or writes a file; `data` is a text in bytes, or the name of a data set."""
    parameters = inspect.signature(function).parameters.values()
    return all(parameter.annotation is not Path for parameter in parameters) and any(
        parameter.annotation in (Document, Pair)
        or (parameter.name in TEXTS and parameter.annotation is bytes)
        or (parameter.name in TEXTS - {"data"} and parameter.annotation is str)
        for parameter in parameters
    )


def _with_defaults(function: Callable[..., Any], variant: dict[str, Any]) -> Call | None:
    signature = inspect.signature(function)
    given = {name: parameter for name, parameter in signature.parameters.items() if _is_given(parameter, variant)}
    makers = {name: _maker(parameter, variant) for name, parameter in given.items()}
    if None in makers.values():
        return None

    def call(text: str) -> object:
        bound = signature.bind(**{name: make(text) for name, make in makers.items() if make})
        return function(*bound.args, **bound.kwargs)

    return call


def _is_text(parameter: inspect.Parameter) -> bool:
    return parameter.annotation in (str, bytes) and parameter.name in TEXTS | _SECOND_TEXTS


def _is_given(parameter: inspect.Parameter, variant: dict[str, Any]) -> bool:
    """Whether a parameter is given a value: without one it has its own, if it has any."""
    return parameter.default is parameter.empty or parameter.name in variant or _is_text(parameter)


def _maker(parameter: inspect.Parameter, variant: dict[str, Any]) -> Call | None:
    """A function from the text to the parameter's value; None where nobody knows one."""
    kind = parameter.annotation
    values: dict[Any, Any] = {str: "word", int: 2, float: 0.5, bool: True, list[str]: ["word", "other"]}
    named = _WORDS | variant
    if parameter.name in named:
        return lambda text: named[parameter.name]
    if _is_text(parameter):
        return (lambda text: text.encode("utf-8", "replace")) if kind is bytes else (lambda text: text)
    if kind in (Document, Pair):
        return document if kind is Document else pair
    if isinstance(kind, type) and issubclass(kind, Settings):
        return _settings(kind)
    return (lambda text: values[kind]) if kind in values else None


def _settings(kind: type[Settings]) -> Call | None:
    try:
        settings = kind()
    except ValueError:
        return None
    return lambda text: settings


def document(text: str) -> Document:
    """A document of the text."""
    return Document("id", text, "source", language="en")


def pair(text: str) -> Pair:
    """A pair both of whose sides are the text."""
    return Pair("id-1", "id", "sentences", "en", text, text, text, "teacher", "stop")


def finish(call: Callable[[], object]) -> object:
    """The result of a call, read to its end; an error of ours about the text is an answer like others."""
    try:
        result = call()
        return list(result) if isinstance(result, Iterator) else result
    except Exception as error:
        if isinstance(error, (ValueError, ArgumentTypeError)) or type(error).__module__.startswith("secondhalf."):
            return None
        raise
