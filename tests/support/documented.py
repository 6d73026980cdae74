"""The commands of README and docs/, found by Sybil, and how a test carries them out.

A block in ``` fences of the language `bash` is a command a line; one of `console` has commands after `$ `, and what they print.
Commands in indented blocks and between backticks are examples with places to fill, and are only parsed. What a reader does
not see, an HTML comment before a block, says how the test carries it out:

    <!-- test: given RUN AND MORE -->       what has to be there first, by its name in tests/docs/conftest.py
    <!-- test: where WORD is VALUE -->     a word that begins so is VALUE instead; {student} is the tests' tiny model
    <!-- test: with COMMAND ARGUMENTS -->   arguments that a command of ours in the block gets beside its own
    <!-- test: set RECIPE FIELD=VALUE ... -->   smaller settings, written into a recipe before the block
    <!-- test: write FILE -->              the block is this file
    <!-- test: exit CODE -->              the exit code of the block's last command
    <!-- test: say TEXT -->               a line of standard input; may be given several times
    <!-- test: output differs -->         what it prints is another run's: not compared
    <!-- test: soak -->                   takes minutes: run by `make soak`, parsed every day
    <!-- test: elsewhere TEST -->         a test of its own carries it out (servers, a browser); parsed here
    <!-- test: parse only, REASON -->     cannot be run here
"""

import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from sybil import Document, Region
from sybil.example import Example
from sybil.parsers.markdown.lexers import DirectiveInHTMLCommentLexer, FencedCodeBlockLexer

from secondhalf.commands.arguments.parser import UsageError, parse, parser

OURS = re.compile(r"(?:\$ )?(?:\.venv/bin/)?secondhalf (?=\S)")
_INDENTED = re.compile(r"^ {4,}(?:\$ )?(?:\.venv/bin/)?secondhalf .+$", re.MULTILINE)
_INLINE = re.compile(r"(?<!`)`((?:\.venv/bin/)?secondhalf [^`\n]+)`(?!`)")
_PLACE = re.compile(r"[A-Z][A-Z_|.:/a-z]*|…|\.\.\.")


@dataclass
class Block:
    """Commands that stand together, or a file; with what the comments before it say."""

    line: int
    language: str
    source: str
    directives: list[str] = field(default_factory=list)

    def argument(self, name: str) -> list[str]:
        """What follows a directive's name, each time that it stands there."""
        return [text.partition(" ")[2] for text in self.directives if text.split(" ")[0].rstrip(",") == name]

    def replaced(self, word: str, student: Path) -> str:
        """The word that a test uses in place of one of a command's."""
        for where in self.argument("where"):
            start, _, instead = where.partition(" is ")
            if word.startswith(start):
                return instead.replace("{student}", str(student))
        return word

    def steps(self) -> list[tuple[str, str]]:
        """Its commands, each with what it prints ("" where the page does not say)."""
        lines = self.source.replace("\\\n", " ").splitlines()
        if self.language == "bash":
            return [(line.strip(), "") for line in lines if line.strip() and not line.lstrip().startswith("#")]
        steps: list[tuple[str, str]] = []
        for line in lines:
            if line.startswith("$ "):
                steps.append((line[2:], ""))
            else:
                steps[-1] = (steps[-1][0], steps[-1][1] + line + "\n")
        return steps


def blocks(path: Path) -> Iterator[Block]:
    """The fenced blocks of a page that are commands or files, in their order."""
    document = Document.parse(str(path), _fenced, _comments)
    pending: list[str] = []
    for example in document.examples():
        text = str(example.parsed)
        if example.region.evaluator is _comment:
            pending.append(text.strip())
            continue
        language, _, source = text.partition("\n")
        block = Block(example.line, language, source, pending)
        if language in {"bash", "console"} or block.argument("write"):
            yield block
        pending = []


def _comment(example: Example) -> None:
    """Marks a comment for the test."""


def _code(example: Example) -> None:
    """Marks a block of code."""


def _comments(document: Document) -> Iterator[Region]:
    for region in DirectiveInHTMLCommentLexer("test")(document):
        yield Region(region.start, region.end, region.lexemes["arguments"].strip(), _comment)


def _fenced(document: Document) -> Iterator[Region]:
    for region in FencedCodeBlockLexer(r"\w+")(document):
        yield Region(region.start, region.end, f"{region.lexemes['language']}\n{region.lexemes['source']}", _code)


def examples(path: Path) -> list[str]:
    """The commands of ours in indented blocks and between backticks, as they stand there."""
    text = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [match[0].strip() for match in _INDENTED.finditer(text)] + [match[1] for match in _INLINE.finditer(text)]


def words_of(command: str) -> list[str]:
    """The arguments of a command of ours, without what a shell would leave out."""
    words = shlex.split(OURS.sub("", command, count=1), comments=True)
    return words[: next((i for i, word in enumerate(words) if word in {"|", ">", "&&", "&", ";", "2>"}), len(words))]


def parse_error(command: str, *, whole: bool = True) -> str:
    """Why a command of ours is none; "" where it is one, places to fill allowed for. In a sentence it need not be whole."""
    words = words_of(re.sub(r"[\[\]]", "", command))
    names = parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    if words and not words[0].startswith("-") and (words[0] == "COMMAND" or words[0] in names) and len(words) == 1:
        return ""  # a command's name in a sentence
    try:
        with redirect_stdout(StringIO()):
            parse(words)
    except UsageError as error:
        if "arguments are required" in str(error) and not whole:
            return ""
        places = [word for word in words if _PLACE.fullmatch(word)]
        return "" if any(place.split("|")[0] in str(error) for place in places) else str(error)
    except SystemExit:
        return ""  # --help and --version, which print
    return ""
