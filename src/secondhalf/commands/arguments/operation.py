"""What the commands of operation take: people's review and the endpoint."""

import argparse

from secondhalf.commands.arguments.numbers import whole_number
from secondhalf.commands.arguments.places import local_path


def add_review(review: argparse.ArgumentParser) -> None:
    review.add_argument(
        "--host", default="127.0.0.1", help="the address to open (default: 127.0.0.1, this machine alone)"
    )
    review.add_argument("--port", type=_port, default=8765, help="(default: 8765; 0: any free one)")
    review.add_argument(
        "--database", default="", metavar="PATH|URL",
        help="where decisions are kept: a file for SQLite, or postgresql://USER@HOST/NAME, the password in PGPASSWORD "
        "(default: review/review.sqlite in the run's folder)",
    )  # fmt: skip
    review.add_argument("--data", action="append", default=[], help="a data set (default: all that a teacher wrote)")
    review.add_argument(
        "--allow-host", action="append", default=[], metavar="NAME", help="a name by which browsers may call the pages"
    )
    review.add_argument(
        "--proxy-header", default="", metavar="HEADER", help="a header in which a proxy says who is logged in"
    )
    review.add_argument(
        "--proxy-from", action="append", default=[], metavar="ADDRESS", help="the proxy that is trusted to say it"
    )
    review.add_argument(
        "--https", action="store_true", help="a proxy in front speaks HTTPS: cookies through nothing else"
    )
    review.add_argument(
        "--add-reviewer", default="", metavar="NAME", help="add a reviewer or change their password, and end"
    )
    review.add_argument("--role", choices=("reviewer", "lead"), default="reviewer", help="with --add-reviewer")
    review.add_argument(
        "--password-env", default="", metavar="VARIABLE",
        help="with --add-reviewer: the environment variable that holds the password (default: ask at the terminal)",
    )  # fmt: skip
    review.add_argument(
        "--without-password", action="store_true", help="with --add-reviewer: they come through the proxy alone"
    )
    review.add_argument("--remove-reviewer", default="", metavar="NAME", help="end a reviewer's access, and end")
    review.add_argument("--list-reviewers", action="store_true", help="list the reviewers, and end")
    review.add_argument("--figures", action="store_true", help="print what the decisions come to, and end")
    review.add_argument("--report", action="store_true", help="put what people said into the run's report, and end")
    review.add_argument("--export", type=local_path, metavar="FILE", help="write the decisions, and end")
    review.add_argument("--import", dest="import_", type=local_path, metavar="FILE", help="take decisions in, and end")
    review.add_argument(
        "--as", dest="form", choices=("log", "preference", "label-studio", "argilla"), default="log",
        help="log: what audit.reviews reads (default); preference: chosen and rejected answers for training (export alone)",
    )  # fmt: skip


def add_serve(serve: argparse.ArgumentParser) -> None:
    serve.add_argument(
        "--arm", action="append", default=[], metavar="ARM[=SHARE]",
        help="an arm to serve; several share the traffic: --arm taught --arm tuned=0.1",
    )  # fmt: skip
    serve.add_argument("--seed", type=int, help="which training seed (default: the first)")
    serve.add_argument(
        "--upstream", action="append", default=[], metavar="[ARM=]URL[#MODEL]",
        help="a server of OpenAI's API that answers for the arm, such as vLLM: http://127.0.0.1:8001/v1",
    )  # fmt: skip
    serve.add_argument(
        "--gguf", action="append", default=[], metavar="[ARM=]FILE", help="the arm's GGUF export, answered by llama.cpp"
    )
    serve.add_argument(
        "--host", default="127.0.0.1", help="the address to open (default: 127.0.0.1, this machine alone)"
    )
    serve.add_argument("--port", type=_port, default=8000, help="(default: 8000; 0: any free one)")
    serve.add_argument(
        "--settings", type=local_path, metavar="FILE", help="a YAML file: checks, limits, what is kept (docs/serve.md)"
    )
    serve.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", help="override a field, such as output.loops=block"
    )
    serve.add_argument("--make-key", default="", metavar="NAME", help="make a client's key, show it once, and end")
    serve.add_argument(
        "--requests-per-minute", type=whole_number(0), default=0, help="with --make-key: its limit (default: none)"
    )
    serve.add_argument(
        "--tokens-per-minute", type=whole_number(0), default=0, help="with --make-key: its limit (default: none)"
    )
    serve.add_argument("--list-keys", action="store_true", help="list the clients' keys, and end")
    serve.add_argument("--revoke-key", default="", metavar="NAME", help="revoke a client's key, and end")
    serve.add_argument(
        "--forget", default="", metavar="KEY|ID", help="remove what is kept of a key's name or of one request, and end"
    )


def _port(text: str) -> int:
    """A port's number: the system would take others by their remainder of 65,536, and open a port that nobody named."""
    if not (text.isascii() and text.isdigit() and int(text[:6]) < 1 << 16):
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no port: write a number from 0 to 65535")
    return int(text)
