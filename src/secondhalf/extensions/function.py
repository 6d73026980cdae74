"""A user's function: loaded by its path, called row by row. One that raises on a row fails that row alone."""

import reprlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from secondhalf.errors import UserError
from secondhalf.extensions.module import message, module_of
from secondhalf.extensions.path import dotted, is_path
from secondhalf.text.nearest import hint
from secondhalf.text.visible import escape_invisible


class RowError(Exception):
    """What a user's function did wrong with one row: the row's reason."""


@dataclass(frozen=True, slots=True)
class Extension:
    """A user's function; `field` is the recipe's field that names it, `source` the SHA-256 of its module's file."""

    path: str
    field: str
    function: Callable[..., object]
    source: str

    def __call__(self, *arguments: object) -> object:
        """What the function returns. Raises RowError, naming function and exception, where it raises anything."""
        try:
            return self.function(*arguments)
        except (Exception, SystemExit) as error:
            raise self.failed(f"raised {message(error)}") from error

    def failed(self, how: str) -> RowError:
        """An error of one row. The name has no colon: what follows one is a reason's details, which are not counted apart."""
        return RowError(f"{dotted(self.path)} {how}")

    def wrong(self, result: object, wanted: str) -> UserError:
        """An error for a result of a type that no row can make right."""
        return UserError(
            f"{self.field}: {self.path} returned {escape_invisible(reprlib.repr(result))}; it must return {wanted}."
        )


def load_function(path: str, field: str, *, again: bool = False) -> Extension:
    """The function as this process read it last; `again` reads its module's file anew.

    Raises UserError naming the field, the module and what is missing: the module, its source file, the function in it.
    """
    name, _, attribute = path.partition(":")
    module, source = module_of(name, field, again=again)
    function = getattr(module, attribute, None)
    if callable(function):
        return Extension(path, field, function, source)
    if hasattr(module, attribute):
        raise UserError(
            f"{field}: {path} is {escape_invisible(reprlib.repr(function))}, which cannot be called: name a function."
        )
    names = [key for key, value in vars(module).items() if callable(value) and getattr(value, "__module__", "") == name]
    mend = hint(attribute, sorted(names))
    raise UserError(f"{field}: the module {name} ({module.__file__}) has no function {attribute}{mend}")


def key_inputs(field: str, paths: Iterable[str]) -> dict[str, str]:
    """The inputs that a stage's key gets of a field: every user's function with its source's hash; none for built-in names."""
    given = [f"{path} {load_function(path, field, again=True).source}" for path in paths if is_path(path)]
    return {field: ", ".join(given)} if given else {}
