"""Which part of an Office file is which: the references that its parts have to each other."""

import posixpath
from typing import NamedTuple

from secondhalf.corpus.readers.documents.archive import Archive, target_of
from secondhalf.corpus.readers.documents.xml_events import read_xml


class Relation(NamedTuple):
    """A reference from a part: its kind, the last word of its type, and the name of the part that it means."""

    kind: str
    target: str


def relations(archive: Archive, part: str = "") -> dict[str, Relation]:
    """The references of a part, by id; of the whole file where none is named. What lies outside the file is left out.

    Raises BrokenFileError where they are damaged.
    """
    folder, name = posixpath.split(part)
    references = posixpath.join(folder, "_rels", f"{name}.rels")
    listed: dict[str, Relation] = {}
    if references not in archive.names:
        return listed

    def start(element: str, attributes: dict[str, str]) -> None:
        if element == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            listed[attributes.get("Id", "")] = Relation(kind, target_of(part, attributes.get("Target", "")))

    read_xml(archive.blocks(references), start, lambda _: None, lambda _: None)
    return listed


def main_part(archive: Archive, usual: str) -> str:
    """The part that the file is about, by its references; else where it usually stands."""
    targets = [relation.target for relation in relations(archive).values() if relation.kind == "officeDocument"]
    return next((target for target in targets if target in archive.names), usual)
