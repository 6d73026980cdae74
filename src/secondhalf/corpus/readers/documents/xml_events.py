"""XML as events, by expat: nothing is held but what a reader keeps. What declares an entity is refused."""

from collections.abc import Callable, Iterable, Iterator
from xml.parsers import expat

from secondhalf.corpus.readers.items import BrokenFileError

_MOST_DEPTH = 1000  # elements inside each other; what people write has some tens

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def read_xml(blocks: Iterable[bytes], start: Start, end: End, text: Text) -> None:
    """Calls the three functions at each element's start (name and attributes, both without namespaces), its end, and its text.

    Raises BrokenFileError for what is no XML, is too deep, or declares an entity.
    """
    for _ in xml_steps(blocks, start, end, text):
        pass


def xml_steps(blocks: Iterable[bytes], start: Start, end: End, text: Text) -> Iterator[None]:
    """The same block by block, so that what a reader keeps can be taken away in between. Raises as `read_xml`."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    depth = 0

    def on_start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MOST_DEPTH:
            raise BrokenFileError(f"broken xml: over {_MOST_DEPTH} elements inside each other")
        # `id` can stand twice, plain and as a reference with a namespace: the reference counts.
        plain_first = sorted(attributes.items(), key=lambda one: "}" in one[0])
        start(_local(name), {_local(key): value for key, value in plain_first})

    def on_end(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(_local(name))

    def refuse(*_: object) -> None:
        raise BrokenFileError("broken xml: it declares entities, which can grow without end")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = on_start, on_end, text
    parser.EntityDeclHandler = refuse
    try:
        for block in blocks:
            parser.Parse(block, False)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise BrokenFileError(f"broken xml: {error}") from error
    except (ValueError, LookupError) as error:  # an encoding that Python does not know
        raise BrokenFileError(f"broken xml: {' '.join(str(error).split())[:200]}") from error


def _local(name: str) -> str:
    return name.rpartition("}")[2]
