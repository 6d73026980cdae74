"""distilabel's side of teach_overhead.py: python generate_distilabel.py URL COUNT BATCHxREPLICAS. Its pipeline, its cache on."""

import json
import os
import sys
import tempfile
import time
from importlib.metadata import version

os.environ |= {"HF_HUB_OFFLINE": "1", "OPENAI_API_KEY": "none", "DISTILABEL_LOG_LEVEL": "ERROR"}
os.environ["HF_HOME"] = tempfile.mkdtemp()
os.environ["DISTILABEL_CACHE_DIR"] = tempfile.mkdtemp()


def main() -> None:
    from distilabel.models import OpenAILLM
    from distilabel.pipeline import Pipeline
    from distilabel.steps import LoadDataFromDicts, StepResources
    from distilabel.steps.tasks import TextGeneration
    from prompts import prompts

    url, count = sys.argv[1], int(sys.argv[2])
    batch, replicas = map(int, sys.argv[3].split("x"))
    rows = [{"instruction": prompt} for prompt in prompts(count)]
    with Pipeline(name=f"overhead-{os.getpid()}", cache_dir=tempfile.mkdtemp()) as pipeline:
        load = LoadDataFromDicts(data=rows, batch_size=batch)
        llm = OpenAILLM(model="gpt-4o-mini", base_url=url, api_key="none", generation_kwargs={"max_new_tokens": 160})
        load >> TextGeneration(llm=llm, input_batch_size=batch, resources=StepResources(replicas=replicas))
    start = time.perf_counter()
    result = pipeline.run(use_cache=True)
    seconds = time.perf_counter() - start
    replies = result["default"]["train"]["generation"]
    assert len(replies) == count
    assert all(replies)
    print(json.dumps({"requests_per_s": count / seconds, "version": version("distilabel")}))


if __name__ == "__main__":
    main()
