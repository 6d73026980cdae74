"""How a recipe names a user's function: `my_module:function`. Nothing is imported to read one."""

from collections.abc import Collection
from typing import Annotated

from pydantic import AfterValidator


def is_path(name: str) -> bool:
    """Whether a recipe's word names a user's function, not a built-in one."""
    return ":" in name


def dotted(path: str) -> str:
    """`my_module:function` as my_module.function."""
    return path.replace(":", ".")


def check_path(path: str) -> str:
    """The path itself. Raises ValueError for what is not written as `my_module:function`."""
    module, _, function = path.partition(":")
    if not all(part.isidentifier() for part in (*module.split("."), function)):
        raise ValueError("write my_module:function, a module and a function in it")
    return path


def check_name(name: str, built_in: Collection[str]) -> str:
    """The name itself. Raises ValueError for one that is neither built in nor `my_module:function`."""
    if name not in built_in and not is_path(name):
        raise ValueError(f"write one of {', '.join(built_in)}, or my_module:function")
    return check_path(name) if is_path(name) else name


FunctionPath = Annotated[str, AfterValidator(check_path)]
"""The type of a field that takes `my_module:function`."""
