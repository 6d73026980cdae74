"""FastChat's side of judge_overhead.py: python judge_fastchat.py URL QUESTIONS REFERENCES PROMPTS COPIES CONCURRENCY CLIENT.

Its own play_a_match_single, over its own thread pool as gen_judgment.py has it, writing its own judgment file.
CLIENT: `own` leaves its client, which keeps one session a thread for three minutes and reads proxies from the environment at each
request; `kept` hands it one session for all threads, without such reading (openai.requestssession, a setting of that package).
"""

import json
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

os.environ |= {"OPENAI_API_KEY": "none", "HF_HUB_OFFLINE": "1"}


def main() -> None:
    import openai
    import requests
    from fastchat.llm_judge.common import NEED_REF_CATS, Judge, MatchSingle, load_judge_prompts, load_questions
    from fastchat.llm_judge.common import play_a_match_single as play
    from requests.adapters import HTTPAdapter

    url, questions, references, prompts, copies, concurrency, client = sys.argv[1:]
    openai.api_base, openai.api_key = url, "none"
    if client == "kept":
        session = openai.requestssession = requests.Session()
        session.trust_env = False
        session.mount("http://", HTTPAdapter(pool_maxsize=int(concurrency)))
    judge_prompts = load_judge_prompts(prompts)
    references_by_id = {
        row["question_id"]: row for row in map(json.loads, Path(references).read_text("utf-8").splitlines())
    }
    matches = []
    for copy in range(int(copies)):
        for question in load_questions(questions, None, None):
            needs = question["category"] in NEED_REF_CATS
            answer = {
                "choices": [{"turns": [f"Answer {copy} to {question['question_id']}, turn {turn}." for turn in (1, 2)]}]
            }
            for many in (False, True):
                name = f"single{'-math' if needs else ''}-v1{'-multi-turn' if many else ''}"
                judge = Judge("gpt-4", judge_prompts[name], ref_based=needs, multi_turn=many)
                reference = references_by_id[question["question_id"]] if needs else None
                matches.append(MatchSingle(question, f"model-{copy}", answer, judge, reference, many))
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "gpt-4_single.jsonl")
        start = time.perf_counter()
        with ThreadPoolExecutor(int(concurrency)) as pool:
            for result in pool.map(lambda match: play(match, out), matches):
                assert result["score"] == 7
        seconds = time.perf_counter() - start
        assert len(Path(out).read_text("utf-8").splitlines()) == len(matches)
    print(json.dumps({"judgments_per_s": len(matches) / seconds, "version": version("fschat")}))


if __name__ == "__main__":
    main()
