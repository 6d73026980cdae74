"""Bespoke Curator's side of teach_overhead.py: python generate_curator.py URL COUNT CONCURRENCY. Its LLM, with its cache on."""

import json
import os
import sys
import tempfile
import time
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

os.environ |= {"TELEMETRY_ENABLED": "false", "CURATOR_DISABLE_CACHE": "false", "OPENAI_API_KEY": "none",
               "HF_HUB_OFFLINE": "1", "LITELLM_LOCAL_MODEL_COST_MAP": "True", "CURATOR_VIEWER": "false"}  # fmt: skip
os.environ["CURATOR_CACHE_DIR"] = tempfile.mkdtemp()
# Its token counter wants a file from the network; litellm, which it installs, brings the same file along.
os.environ["TIKTOKEN_CACHE_DIR"] = str(Path(find_spec("litellm").origin).parent / "litellm_core_utils" / "tokenizers")


def main() -> None:
    from bespokelabs import curator
    from prompts import prompts

    url, count, concurrency = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    texts = list(prompts(count))
    llm = curator.LLM(
        model_name="gpt-4o-mini",
        backend="openai",
        generation_params={"max_tokens": 160},
        backend_params={
            "base_url": url, "api_key": "none", "max_concurrent_requests": concurrency,
            "max_requests_per_minute": 10_000_000, "max_tokens_per_minute": 10_000_000_000,
        },
    )  # fmt: skip
    start = time.perf_counter()
    response = llm(texts)
    seconds = time.perf_counter() - start
    response = getattr(response, "dataset", response)
    assert len(response) == count
    print(json.dumps({"requests_per_s": count / seconds, "version": version("bespokelabs-curator")}))


if __name__ == "__main__":
    main()
