"""Our side of serve.py: the endpoint with every check on that needs no further model, over llama.cpp in the same process.

    python benchmarks/serve_ours.py MODEL SLOTS

Prints one line of JSON (address and key of each side, the bare engine's among them), and serves until it is told to stop.
"""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

import uvicorn

from secondhalf.listening_socket import listening_socket
from secondhalf.models.reference import resolve
from secondhalf.serve.arms import ServedArm, ServedArms
from secondhalf.serve.checks.recited import RecitedPassages
from secondhalf.serve.checks.texts import TextChecks
from secondhalf.serve.connection import uvicorn_options
from secondhalf.serve.endpoint import Endpoint
from secondhalf.serve.engines.llama_cpp_engine import LlamaCppEngine
from secondhalf.serve.kept.database import ServeDatabase
from secondhalf.serve.keys import ClientKeys
from secondhalf.serve.settings import ServeSettings
from secondhalf.server_loop import run_server
from serve_prompts import texts

# Masking holds a word back until the next one begins, so the first word of a stream comes a token later; flagging does not.
SIDES = {"ours": "mask", "flagging": "flag"}


def settings(action: str) -> ServeSettings:
    """Every check that needs no further model; `action`: what is done with personal data and templates' markers."""
    output = {"personal": action, "template": action, "loops": "flag", "language": "flag", "recited": "flag"}
    return ServeSettings.model_validate({"input": {"personal": "mask"}, "output": output, "limits": {"in_work": 256}})


async def serve(engine: LlamaCppEngine, folder: Path) -> None:
    """One endpoint a side, all over one engine."""
    recited = RecitedPassages(texts(), span=50, span_spaceless=25)
    addresses = {"bare": [f"{engine.address}/v1", engine.secret]}
    servers = []
    for side, action in SIDES.items():
        arm = ServedArm("taught", engine, TextChecks(settings(action), recited, None))
        database = ServeDatabase(folder / f"{side}.sqlite")
        key = ClientKeys(database).make("benchmark", 0, 0)
        endpoint = Endpoint(ServedArms("bench", {"taught": arm}, {"taught": 1.0}), settings(action), database, 1)
        bound = listening_socket("127.0.0.1", 0, 2048)
        addresses[side] = [f"http://127.0.0.1:{bound.getsockname()[1]}/v1", key]
        servers.append(uvicorn.Server(uvicorn.Config(endpoint.app, **uvicorn_options())).serve(sockets=[bound]))
    print(json.dumps(addresses), flush=True)
    await asyncio.gather(*servers)


def main() -> None:
    engine = LlamaCppEngine(resolve(sys.argv[1]).path, longest=256, slots=int(sys.argv[2]), context=512)
    with tempfile.TemporaryDirectory() as folder:
        run_server(serve(engine, Path(folder)))


if __name__ == "__main__":
    main()
