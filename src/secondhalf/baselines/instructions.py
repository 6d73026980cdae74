"""Instruction data from files as pairs: what the method replaces, trained and measured beside it (arm `instructed`)."""

from collections.abc import Callable, Iterator
from json import JSONDecoder
from pathlib import PurePath
from typing import Any

from secondhalf.baselines.settings import InstructionSettings
from secondhalf.baselines.shapes import FIELDS, InstructionConversation, conversation_reader
from secondhalf.baselines.whole_pairs import COLUMNS, LocatedPair, holds_pair, read_pair
from secondhalf.corpus.files import LINK, list_files
from secondhalf.corpus.readers import jsonl, parquet
from secondhalf.corpus.readers.items import EXCERPT, BrokenFileError, Refused, Shard, excerpt, printable
from secondhalf.corpus.readers.stream import read_blocks, read_whole
from secondhalf.errors import UserError
from secondhalf.models.reference import resolve
from secondhalf.progress import Progress
from secondhalf.rows import Pair, Verdict, digest, to_table, with_reasons
from secondhalf.store import Stage
from secondhalf.text.language import detect

INSTRUCTIONS_VERSION = (2,)
LATER_TURN = "a later turn: the template has one request"
Item = InstructionConversation | LocatedPair | Refused
_BESIDE = {"dataset_info.json", "dataset_infos.json", "croissant.json", "state.json"}
_JSON_BYTES = 2_000_000_000  # a .json file is one value, so it is held whole


def instruction_files(settings: InstructionSettings) -> list[Shard]:
    """The files that are read. Raises UserError when there is none."""
    path = str(resolve(settings.path).path) if settings.path.startswith("hf:") else settings.path
    files = list_files(path, (".jsonl", ".ndjson", ".json", ".parquet"))
    # What `secondhalf data` and others put beside the rows.
    files.shards = [shard for shard in files.shards if PurePath(shard.path).name not in _BESIDE or shard.path == path]
    if not files.shards:
        links = files.passed_over[LINK]
        beside = f" ({links} links, which are not followed: name what they lead to)" if links else ""
        raise UserError(
            f"{settings.path} holds no .jsonl, .json or .parquet file{beside}: correct data.NAME.instructions.path."
        )
    return files.shards


def read_instructions(settings: InstructionSettings, stage: Stage, label: str) -> dict[str, Any]:
    """Writes the pairs, what is left out with its reason, and the verdicts, ordered by id; returns the counts.

    A row counts as many times as it has requests: in = out + rejected. Raises UserError when no pair comes out.
    """
    rows: dict[str, Pair] = {}
    left_out: list[tuple[Pair, Verdict]] = []
    with Progress(label, None, "rows") as progress:
        for item in _items(settings):
            progress.advance()
            if isinstance(item, Refused):
                left_out.append(_left_out(item.location, 0, item.excerpt, "", printable(item.reason)[:EXCERPT]))
                continue
            pair = item.pair if isinstance(item, LocatedPair) else _pair(item)
            if pair.id in rows:
                left_out.append(_left_out(item.location, 0, pair.prompt, pair.response, "repeated"))
            else:
                rows[pair.id] = pair
            later = [] if isinstance(item, LocatedPair) else enumerate(item.later, 1)
            left_out += [_left_out(item.location, n, prompt, answer, LATER_TURN) for n, (prompt, answer) in later]
    if not rows:
        reasons = sorted({verdict.reason for _, verdict in left_out})[:3]
        raise UserError(f"{label}: {settings.path} holds no instruction data ({'; '.join(reasons) or 'it is empty'}).")
    left_out.sort(key=lambda entry: entry[0].id)
    passed = [Verdict(id, "readable", True, 1.0) for id in sorted(rows)]
    stage.write("verdicts", 0, to_table(Verdict, [*passed, *(verdict for _, verdict in left_out)]))
    rejects = to_table(Pair, [pair for pair, _ in left_out])
    stage.write("rejects", 0, with_reasons(rejects, [verdict for _, verdict in left_out]))
    stage.write("part", 0, to_table(Pair, [rows[id] for id in sorted(rows)]))
    counts = {"rows_in": len(rows) + len(left_out), "rows": len(rows), "rejected": len(left_out)}
    return {**counts, "licence": settings.licence}


def _pair(item: InstructionConversation) -> Pair:
    # One document for one request: two answers to it are held out together.
    document = digest("instructions", item.prompt)
    language = detect(f"{item.prompt}\n{item.response}")[0]
    return Pair(
        f"{document}-{digest(item.response, size=6)}", document, "instructions", language, item.prompt, "", item.response,
        "instructions", "stop",
    )  # fmt: skip


def _left_out(location: str, turn: int, prompt: str, response: str, reason: str) -> tuple[Pair, Verdict]:
    row = digest("left out", location, str(turn))
    pair = Pair(row, row, "instructions", "", prompt, "", response, printable(location))
    return pair, Verdict(row, "readable", False, 0.0, reason)


def _items(settings: InstructionSettings) -> Iterator[Item]:
    for shard in instruction_files(settings):
        try:
            yield from _of_file(shard, settings)
        except BrokenFileError as error:
            yield Refused(shard.location, str(error))


def _of_file(shard: Shard, settings: InstructionSettings) -> Iterator[Item]:
    name, read_row = PurePath(shard.path).name.lower(), _row_reader(settings)
    if name.endswith(".parquet"):
        return parquet.map_rows(shard, _columns, read_row)
    if ".json" in name and ".jsonl" not in name and _is_list(shard):
        return _list(shard, read_row)
    return jsonl.map_rows(shard, settings.max_row_bytes, read_row)


def _row_reader(settings: InstructionSettings) -> Callable[[object, str], Item]:
    read_conversation = conversation_reader(settings)

    def read(row: object, location: str) -> Item:
        if isinstance(row, dict) and holds_pair(row, settings):
            return read_pair(row, location)
        return read_conversation(row, location)

    return read


def _columns(names: list[str]) -> list[str]:
    wanted = dict.fromkeys([*(name for fields in FIELDS.values() for name in fields), *COLUMNS])
    columns = [name for name in wanted if name in names]
    if not any(fields[0] in names for fields in FIELDS.values()) and "response" not in names:
        known = ", ".join(map(repr, names[:10]))
        raise BrokenFileError(f"no instruction data in the file: its columns are {known}")
    return columns


def _is_list(shard: Shard) -> bool:
    """Whether a .json file holds one list; many hold JSON Lines."""
    return next(read_blocks(shard), b"").removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"["


def _list(shard: Shard, read_row: Callable[[object, str], Item]) -> Iterator[Item]:
    """The values of a JSON list, one by one: damage costs what comes after it, not what came before."""
    data, decode = read_whole(shard, _JSON_BYTES), JSONDecoder().raw_decode
    if len(data) > _JSON_BYTES:
        raise BrokenFileError(f"too long: a .json list over {_JSON_BYTES} bytes; write it as .jsonl")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BrokenFileError(f"not utf-8: byte {error.start}") from error
    index, number = _next_value(text, text.index("[") + 1), 0
    while text[index : index + 1] != "]":
        number += 1
        if index == len(text):
            yield Refused(f"{shard.location}:{number}", "truncated file: the list has no end")
            return
        try:
            value, index = decode(text, index)
        except (ValueError, RecursionError) as error:
            yield Refused(
                f"{shard.location}:{number}", f"not json: {error}", excerpt(text[index : index + EXCERPT].encode())
            )
            return
        yield read_row(value, f"{shard.location}:{number}")
        index = _next_value(text, index)
    if rest := text[index + 1 :].strip():
        yield Refused(
            f"{shard.location}:{number + 1}",
            "not json: something follows the list; write it as .jsonl",
            excerpt(rest[:EXCERPT].encode()),
        )


def _next_value(text: str, index: int) -> int:
    """The next index of what is neither blank nor a comma."""
    while index < len(text) and text[index] in " \t\r\n,":
        index += 1
    return index
