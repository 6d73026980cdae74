"""Share of real documents on which each quality filter says what datatrove's says; every difference is listed.

    python benchmarks/agree.py [--quick] [--peer PYTHON]

`share` is the lowest of the four filters, `share_low` the lower end of its 95 % interval (Wilson). Settings are datatrove's
defaults on both sides.
"""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from harness import arguments, documents, finish, last_core, side
from secondhalf.clean.c4 import C4Settings, apply_c4
from secondhalf.clean.fineweb import FineWebSettings, check_fineweb
from secondhalf.clean.gopher_quality import GopherQualitySettings, check_gopher_quality
from secondhalf.clean.gopher_repetition import GopherRepetitionSettings, check_gopher_repetition
from secondhalf.clean.tokenized_text import TokenizedText
from secondhalf.rows import Verdict
from secondhalf.statistics.selection import wilson

OURS: dict[str, Callable[[TokenizedText], list[Verdict]]] = {
    "gopher_repetition": lambda text: check_gopher_repetition(text, GopherRepetitionSettings()),
    "gopher_quality": lambda text: check_gopher_quality(text, GopherQualitySettings()),
    "c4": lambda text: apply_c4(text, C4Settings(end_punctuation=True))[1],
    "fineweb": lambda text: check_fineweb(text, FineWebSettings()),
}


def main() -> None:
    options = arguments(__doc__ or "", "datatrove")
    texts = [text for word_count in (80, 600) for text in documents(word_count)]
    if options.quick:
        texts = texts[::20]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.jsonl"
        path.write_text("".join(json.dumps(text) + "\n" for text in texts), "utf-8")
        script = Path(__file__).parent / "peers" / "datatrove_filters.py"
        theirs = side([options.peer, str(script), "verdicts", str(path)], last_core())
    shares, refused, differences = {}, {}, []
    for name, judge in OURS.items():
        equal = 0
        for number, (text, reason) in enumerate(zip(texts, theirs["verdicts"][name], strict=True)):
            failed = [verdict for verdict in judge(TokenizedText(str(number), text)) if not verdict.passed]
            if bool(failed) == bool(reason):
                equal += 1
            else:
                ours = f"{failed[0].check} {failed[0].score:.4f}" if failed else "passed"
                differences.append({"filter": name, "document": number, "ours": ours, "theirs": reason or "passed"})
        shares[name] = equal / len(texts)
        refused[name] = sum(bool(reason) for reason in theirs["verdicts"][name]) / len(texts)
    for difference in differences:
        print(difference)
    lowest = min(shares.values())
    figures = {
        "share": lowest,
        "share_low": round(wilson(lowest * len(texts), len(texts))[0], 5),
        "documents": len(texts),
        "shares": shares,
        "refused_by_theirs": refused,
        "differences": differences,
    }
    finish("agree", figures, theirs["versions"], quick=options.quick)


if __name__ == "__main__":
    main()
