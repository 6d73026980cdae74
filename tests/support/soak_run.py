"""A command over shards that are made while they are read, with every model call written down.

    python soak_run.py CALLS COMMAND [...]

`generated://COUNT` is a folder of so many shards of 100 MB in JSON Lines, whose documents are English by a grammar: of some
100 to 500 words, no two alike, and such as the filters keep. CALLS is a file that gets a line for every call of the dummy teacher.
"""

import os
import random
import sys
from collections.abc import Iterator

from generated_shards import register_generated

from secondhalf.cli import main
from secondhalf.models.engines import dummy
from secondhalf.process import run_process

_SUBJECTS = "The old miller|A young engineer|My neighbour|The harbour master|Her brother|The night watchman|A travelling teacher|The baker"
_VERBS = "carried|repaired|measured|described|painted|remembered|borrowed|examined|counted|moved|sold|kept"
_ADJECTIVES = "heavy|broken|narrow|silent|wooden|bright|careful|distant|empty|familiar|gentle|rusty|western|yellow"
_NOUNS = (
    "bridge|ladder|garden|letter|engine|window|market|river|lantern|basket|station|village|orchard|chimney|wagon|mirror|harvest|"
    "blanket|compass|notebook|kettle|meadow|quarry|signal|tunnel|violin|workshop|barrel|cellar|fence"
)
_WHERE = "near|behind|below|beside|above|outside|inside|opposite"
_WHY = "because|before|although|while|until|after"
_ORDER = (
    _SUBJECTS, _VERBS, _ADJECTIVES, _NOUNS, _ADJECTIVES, _NOUNS, _WHERE, _ADJECTIVES, _NOUNS, _WHY, _NOUNS, _VERBS, _ADJECTIVES, _NOUNS,
)  # fmt: skip


def _sentences(count: int) -> list[str]:
    """Sentences of some 20 words."""
    rng = random.Random(1)
    lists = [words.split("|") for words in _ORDER]
    form = "{} {} the {} {} of {} {} {}s {} the {} {}, {} the {} {} no {} {}."
    made = []
    for number in range(count):
        words = [rng.choice(each) for each in lists]
        made.append(form.format(*words[:4], number + 3, *words[4:]))
    return made


_SENTENCES = _sentences(30_000)


def _rows(shard: int) -> Iterator[bytes]:
    rng = random.Random(shard)
    while True:
        texts = (" ".join(rng.choices(_SENTENCES, k=rng.randrange(5, 25))) for _ in range(64))
        yield "".join(f'{{"text": "{text}"}}\n' for text in texts).encode()


# Here and not below, so that processes that read beside this one know it too.
register_generated(_rows)


def run(calls: str, arguments: list[str]) -> int:
    """The command, with the dummy's calls counted."""
    handle, generate = os.open(calls, os.O_WRONLY | os.O_CREAT | os.O_APPEND), dummy.Dummy.generate

    def counted(engine: dummy.Dummy, request: dummy.Request) -> dummy.Reply:
        os.write(handle, f"{request.id}\n".encode())
        return generate(engine, request)

    dummy.Dummy.generate = counted  # type: ignore[method-assign]
    return main(arguments)


if __name__ == "__main__":
    run_process(lambda: run(sys.argv[1], sys.argv[2:]))
