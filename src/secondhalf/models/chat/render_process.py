"""The process in which a stranger's template is rendered: sandboxed Jinja, with limits that the system holds it to.

A program of its own, which imports nothing of the package: `rendering.py` starts it, writes one job to its standard input and
reads one answer. No limit inside an interpreter holds for every loop, power and padding that Jinja can write; those of a process
do. It is given neither keys nor home.
"""

import json
import resource
import sys
from contextlib import suppress
from datetime import datetime
from typing import Any

from jinja2 import TemplateError, meta, nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.runtime import Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

SECONDS, BYTES, CHARACTERS = 2, 1 << 30, 1_000_000
"""What rendering may take: processor time, memory, and the length of what it writes."""


class Generation(Extension):
    """`{% generation %}`, which marks what a model wrote, for trainers that learn from it alone; here it changes nothing."""

    tags = {"generation"}

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.CallBlock(self.call_method("_as_it_is"), [], [], body).set_lineno(line)

    def _as_it_is(self, caller: Macro) -> str:
        return caller()


def chat_environment() -> ImmutableSandboxedEnvironment:
    """The environment in which transformers renders chat templates (its utils/chat_template_utils.py); a test compares them."""
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols]
    )
    environment.filters["tojson"] = _to_json
    environment.globals |= {"raise_exception": _raise, "strftime_now": _now}
    return environment


def render(job: dict[str, Any]) -> dict[str, Any]:
    """What a job asks for: `text` of a `chat` template; whether it is `dated`; `text`, `later` and `stop` of a `recipe`'s."""
    template = job["template"]
    if job["kind"] == "recipe":
        module: Any = ImmutableSandboxedEnvironment().from_string(template).make_module(job["variables"])
        later = getattr(module, "later", None)
        return {
            "text": str(module),
            "later": None if later is None else str(later),
            "stop": str(getattr(module, "stop", "")),
        }
    environment = chat_environment()
    if job["kind"] == "chat":
        return {"text": environment.from_string(template).render(job["variables"])}
    del environment.globals["strftime_now"]  # or it would not count as undeclared
    return {"dated": "strftime_now" in meta.find_undeclared_variables(environment.parse(template))}


def _to_json(
    value: Any, ensure_ascii: bool = False, indent: Any = None, separators: Any = None, sort_keys: bool = False
) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _raise(message: str) -> None:
    raise TemplateError(message)


def _now(format: str) -> str:
    return datetime.now().strftime(format)


def _limit() -> None:
    for what, most in ((resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_AS, BYTES)):
        with suppress(OSError, ValueError):  # macOS knows no limit of memory; the parent's clock holds all the same
            resource.setrlimit(what, (most, most))


def main() -> None:
    """Reads a job, writes what came of it: texts, or an `error`."""
    job = json.load(sys.stdin)
    _limit()
    try:
        result = render(job)
        if any(isinstance(text, str) and len(text) > CHARACTERS for text in result.values()):
            result = {"error": f"it writes more than {CHARACTERS:,} characters"}
    except MemoryError:
        result = {"error": f"it takes more than {BYTES >> 30} GB of memory"}
    except RecursionError:
        result = {"error": "it calls itself without an end, or is nested too deep"}
    except TemplateError as error:
        result = {"error": str(error)}
    except Exception as error:  # whatever its expressions raise
        result = {"error": f"{type(error).__name__}: {error}"}
    if "error" in result:
        result["error"] = " ".join(result["error"].split())[:300]
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main()
