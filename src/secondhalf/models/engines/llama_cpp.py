"""A GGUF model inside this process: llama.cpp's server with continuous batching, from the wheel `xllamacpp`.

The chat template is the file's own, applied and tokenised by the engine. A text never becomes a special token: the
template is rendered around a placeholder, its frame is tokenised with special tokens, the text without. The engine
listens on 127.0.0.1 under a random key, which only this process knows.
"""

import json
import os
import secrets
import urllib.error
import urllib.request
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil

from secondhalf import install
from secondhalf.errors import UserError
from secondhalf.models.chat.chat_tokens import ChatConversation
from secondhalf.models.request import RefusedError, Reply, Request

_CONTEXT = 2048  # tokens a slot: a prompt and its reply
_ANCHOR = "\n"  # stands before a text whose tokens are those of the middle; see plain_text.py
_STRAIGHT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # HTTP_PROXY's machine has no such engine


class LlamaCppTeacher:
    """One loaded GGUF. 16 slots: measured as fast as more on two cores (SmolLM2-135M, 118 to 237 tokens/s)."""

    def __init__(
        self, path: Path, identity: str, slots: int = 16, *, plain: bool = False, context: int = _CONTEXT
    ) -> None:
        """`plain`: it carries texts on as they stand, without a chat template; `context`: tokens of a prompt with its reply."""
        self.identity, self.slots, self._plain = identity, slots, plain
        need, have = path.stat().st_size * 2, psutil.virtual_memory().available
        if need > have:
            raise UserError(
                f"{path.name} needs about {need >> 20} MB of memory, {have >> 20} MB are free: use a smaller teacher."
            )
        try:
            import xllamacpp
        except ModuleNotFoundError as error:
            raise UserError(f"A GGUF teacher needs the embedded engine: {install.extra('embedded')}.") from error
        except ImportError as error:  # a slim image has no libgomp
            raise UserError(
                f"The embedded engine is installed, and cannot be loaded ({error}): install the library that it names "
                "(libgomp.so.1 is Debian's package libgomp1)."
            ) from error
        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        params.n_parallel = self.slots
        params.n_ctx = self.slots * context
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        for threads in (params.cpuparams, params.cpuparams_batch):  # those for the tokens of replies, those for prompts
            threads.n_threads = cores
            # Idle threads sleep. Wheels with OpenMP, such as Linux's, never read this: there secondhalf/threads.py sees to it.
            threads.poll = 0
        params.kv_unified = False  # each slot has a cache of its own and attends to nothing else
        params.cache_ram_mib = 0  # no prompt is asked twice: what was asked is in the journal
        params.n_ctx_checkpoints = 0
        params.warmup = False
        params.verbosity = -1
        params.ui = False
        self.secret = secrets.token_hex(16)
        """The key that the engine's own port asks for."""
        params.api_keys = [self.secret]
        try:
            self._server: Any = xllamacpp.Server(params)
        except RuntimeError as error:
            raise UserError(
                f"{path.name} cannot be loaded by the embedded engine ({error}): is it a whole GGUF file?"
            ) from error
        self._conversation = ChatConversation(
            self._render, self._frame_ids, lambda text: self._ids_within(text, special=False)
        )

    def generate(self, request: Request) -> Reply:
        """The model's reply to one request, its own chat template around it. Several threads may ask at once."""
        body = {
            "prompt": self.ids(request.messages),
            "max_tokens": request.sampling.max_tokens,
            "temperature": request.sampling.temperature,
            "top_p": request.sampling.top_p,
            # The engine's own defaults would cut the tail twice more.
            "top_k": 0,
            "min_p": 0.0,
            "seed": request.seed,
        }
        out = self._server.handle_completions(body)
        if "error" in out:
            raise RefusedError(str(out["error"].get("message", out["error"])))
        choice, usage = out["choices"][0], out["usage"]
        return Reply(
            choice["text"].strip(), choice["finish_reason"], usage["prompt_tokens"], usage["completion_tokens"]
        )

    def ids(self, messages: tuple[tuple[str, str], ...]) -> list[int]:
        """Token ids up to where the reply begins; of a USER_TURN, up to where that is to be carried on."""
        if self._plain:
            return self.plain_ids(messages[-1][1])
        return self._conversation.ids(messages)

    def plain_ids(self, text: str) -> list[int]:
        """Token ids of a text that is to be carried on as it stands."""
        return self._tokenize(text, special=False, begin=True)

    @property
    def address(self) -> str:
        """Where the engine listens: http://127.0.0.1:PORT."""
        return str(self._server.listening_address)

    def close(self) -> None:
        self._server = None

    def chat_ids(self, text: str) -> list[int]:
        """Token ids of one user's turn as a chat client's request gets them: the file's template, tokenised as a whole.

        Unlike in `generate`, a special token that the text spells becomes one: such is the way of every server.
        """
        body = {"messages": [{"role": "user", "content": text}]}
        prompt = self._post("/apply-template", body)["prompt"]
        return list(self._post("/tokenize", {"content": prompt, "add_special": True, "parse_special": True})["tokens"])

    def greedy(self, prompt: list[int], max_tokens: int, likeliest: int) -> list[tuple[int, dict[int, float]]]:
        """The likeliest token again and again, each with the log-probabilities (nats) of the `likeliest` ones there.

        The server tells none at a token that ends within a character, as bytes of Japanese do: there they are empty.
        """
        body = {
            "prompt": prompt,
            "n_predict": max_tokens,
            "temperature": 0,
            "n_probs": likeliest,
            "return_tokens": True,
            "cache_prompt": False,
        }
        out = self._post("/completion", body)
        tokens, reported = out["tokens"], out.get("completion_probabilities", [])
        steps: list[tuple[int, dict[int, float]]] = [(token, {}) for token in tokens]
        reported_ids = [step["id"] for step in reported]
        first = _earliest_positions(tokens, reported_ids)
        last = [len(tokens) - 1 - position for position in _earliest_positions(tokens[::-1], reported_ids[::-1])][::-1]
        for step, earliest, latest in zip(reported, first, last, strict=True):
            if earliest == latest:  # elsewhere it could be the same token's before or after
                steps[earliest] = (
                    step["id"],
                    {candidate["id"]: candidate["logprob"] for candidate in step["top_logprobs"]},
                )
        return steps

    def _render(self, messages: list[dict[str, str]]) -> str:
        return str(self._post("/apply-template", {"messages": messages})["prompt"])

    def _frame_ids(self, text: str, first: bool) -> list[int]:
        # The server takes a beginning token off the rendered template, and puts it back when it tokenises: so is done here.
        return self._tokenize(text, special=True, begin=True) if first else self._ids_within(text, special=True)

    def _ids_within(self, text: str, *, special: bool) -> list[int]:
        """Token ids of a text in the middle of others: without the blank that the engine writes before whatever it is given."""
        if not text or not self._begins_with_blank:
            return self._tokenize(text, special=special)
        return self._tokenize(_ANCHOR + text, special=special)[len(self._tokenize(_ANCHOR, special=special)) :]

    @cached_property
    def _begins_with_blank(self) -> bool:
        """Vocabularies of Llama 2's kind."""
        alone, within = (self._tokenize(text, special=False) for text in ("x", _ANCHOR + "x"))
        return within[-len(alone) :] != alone

    def _tokenize(self, text: str, *, special: bool, begin: bool = False) -> list[int]:
        body = {"content": text, "add_special": begin, "parse_special": special}
        return list(self._post("/tokenize", body)["tokens"]) if text or begin else []

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.secret}"}
        call = urllib.request.Request(self._server.listening_address + path, json.dumps(body).encode(), headers)
        try:
            with _STRAIGHT.open(call, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise RefusedError(f"the engine answered {error.code} to {path}") from error
        except urllib.error.URLError as error:  # as in a network of one's own whose loopback is down
            raise UserError(
                f"The embedded engine cannot be reached at {self.address} ({error.reason}): see that programs of this machine "
                "may call it there (`ip link set lo up`)."
            ) from error


def _earliest_positions(tokens: list[int], subsequence: list[int]) -> list[int]:
    """The earliest places of `subsequence` in `tokens`, which hold them in this order among others."""
    rest = iter(enumerate(tokens))
    return [next(position for position, token in rest if token == candidate) for candidate in subsequence]
