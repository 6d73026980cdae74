"""What the finish reasons of the servers mean: ended, cut, filtered or failed. One table, with its sources.

A reply keeps its server's own word (`Reply.finish`, and so the journal and the pairs), and is read through this table wherever
it matters whether it came to an end. Words are compared in lower case, with _ for - and blanks, and without the name of an
enumeration before a dot.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

from secondhalf.models.request import RefusedError, Replies, Reply

FinishKind = Literal["ended", "cut", "filtered", "failed"]
"""ended: the model came to its end. cut: a limit or a call of a tool ended the text. filtered: something kept it back.
failed: what served the model broke, and the same request may be answered when it is sent again."""
MISSING = "unknown"
"""The word of a reply whose server gave none."""
NO_CHOICE = "no_choice"
"""The word of an answer that was billed and holds no choice."""
_CANONICAL = {"ended": "stop", "cut": "length", "filtered": "content_filter", "failed": "error"}

# Looked up in November 2026; those marked * through other clients' tables of them. What several have stands at the first.
_SOURCES: tuple[tuple[str, dict[FinishKind, str]], ...] = (
    # platform.openai.com/docs/api-reference/chat/object; Azure, Groq, xAI, Fireworks, Ollama's and llama-server's /v1 alike
    ("OpenAI", {"ended": "stop", "cut": "length tool_calls function_call", "filtered": "content_filter"}),
    # platform.openai.com/docs/api-reference/responses/object: incomplete_details.reason; message.refusal is read as `refusal`
    ("OpenAI Responses", {"ended": "completed", "cut": "max_output_tokens"}),
    # platform.claude.com/docs/en/api/handling-stop-reasons, as proxies hand it on
    ("Anthropic", {"ended": "end_turn stop_sequence", "filtered": "refusal",
                   "cut": "max_tokens model_context_window_exceeded tool_use pause_turn compaction"}),
    # ai.google.dev/api/generate-content#FinishReason; cloud.google.com/vertex-ai: Candidate.FinishReason
    ("Gemini", {"ended": "STOP", "cut": "MAX_TOKENS MALFORMED_FUNCTION_CALL MALFORMED_RESPONSE UNEXPECTED_TOOL_CALL "
                "TOO_MANY_TOOL_CALLS MISSING_THOUGHT_SIGNATURE", "filtered": "SAFETY RECITATION LANGUAGE OTHER BLOCKLIST "
                "PROHIBITED_CONTENT SPII MODEL_ARMOR ESCALATION IMAGE_SAFETY IMAGE_PROHIBITED_CONTENT IMAGE_RECITATION "
                "IMAGE_OTHER NO_IMAGE"}),
    # docs.mistral.ai/api: chat completion choice
    ("Mistral", {"cut": "model_length", "failed": "error"}),
    # docs.cohere.com/reference/chat, v1 and v2; Oracle's CohereChatResponse.FinishReason
    ("Cohere", {"ended": "COMPLETE", "cut": "ERROR_LIMIT TOOL_CALL", "filtered": "ERROR_TOXIC",
                "failed": "ERROR USER_CANCEL TIMEOUT"}),
    # docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html; Titan's completionReason
    ("Bedrock", {"ended": "FINISH FINISHED", "cut": "malformed_model_output malformed_tool_use",
                 "filtered": "guardrail_intervened content_filtered"}),
    # * api-docs.deepseek.com/api/create-chat-completion
    ("DeepSeek", {"failed": "insufficient_system_resource aborted"}),
    # openrouter.ai/docs/api/reference/errors-and-debugging: finish_reason error, beside native_finish_reason
    ("OpenRouter", {"failed": "error"}),
    # huggingface.co/docs/text-generation-inference; docs.together.ai/reference/chat-completions-1
    ("TGI, Together", {"ended": "eos_token eos"}),
    # vllm/v1/engine/__init__.py: FINISH_REASON_STRINGS; sglang FINISH_ABORT (its pull request 2956); lmdeploy the same
    ("vLLM, SGLang", {"cut": "repetition", "failed": "abort error"}),
    # github.com/ggml-org/llama.cpp, tools/server: stop_type of /completion; KoboldCpp and forks
    ("llama.cpp", {"ended": "word", "cut": "limit"}),
    # github.com/ollama/ollama, docs/api.md: done_reason of an answer for which nothing was generated
    ("Ollama", {"failed": "load unload"}),
    # * github.com/lmstudio-ai/lmstudio.js: LLMPredictionStopReason
    ("LM Studio", {"ended": "eosFound stopStringFound", "cut": "maxPredictedTokensReached contextLengthReached toolCalls",
                   "failed": "userStopped modelUnloaded failed"}),
    # ibm.github.io/watsonx-ai-node-sdk: TextChatResultChoice and TextGenResult
    ("watsonx", {"cut": "token_limit time_limit", "failed": "cancelled not_finished error"}),
    # * docs.bigmodel.cn: chat completions (GLM); MiniMax's chatcompletion_v2
    ("Zhipu, MiniMax", {"cut": "max_output", "filtered": "sensitive", "failed": "network_error"}),
    # * docs.ai21.com and docs.aleph-alpha.com: completions; cloud.baidu.com: ERNIE
    ("AI21, Aleph Alpha, Baidu", {"ended": "endoftext end_of_text stop_sequence_reached normal end_of_turn",
                                  "cut": "maximum_tokens"}),
    # github.com/NVIDIA/TensorRT-LLM: FinishReason
    ("TensorRT-LLM", {"ended": "end_id stop_words", "failed": "timed_out canceled"}),
    # github.com/ml-explore/mlx-lm before its pull request 782
    ("mlx-lm", {"cut": "tool_call"}),
    # Ours.
    ("secondhalf", {"filtered": NO_CHOICE}),
)  # fmt: skip


def _folded(word: str) -> str:
    return word.strip().rpartition(".")[2].casefold().replace("-", "_").replace(" ", "_")


_KINDS: dict[str, FinishKind] = {
    _folded(word): kind for _, words in _SOURCES for kind, listed in words.items() for word in listed.split()
}


def finish_kind(finish: str) -> FinishKind | None:
    """What a finish reason means; None for a word that no server of the table has."""
    return _KINDS.get(_folded(finish))


def has_ended(finish: str) -> bool:
    """Whether the model came to its end by itself."""
    return finish_kind(finish) == "ended"


def map_finishes(replies: Replies, own: Mapping[str, FinishKind]) -> Iterator[tuple[str, Reply | RefusedError]]:
    """The replies, those with a word that the recipe explains (`server.finish`) with a common word of that kind in its place."""
    kinds = {_folded(word): kind for word, kind in own.items()}
    for row, reply in replies:
        kind = kinds.get(_folded(reply.finish)) if isinstance(reply, Reply) else None
        yield row, replace(reply, finish=common_word(kind)) if kind and isinstance(reply, Reply) else reply


def common_word(kind: FinishKind) -> str:
    """OpenAI's word for a kind, where a recipe's own meaning takes the place of the table's."""
    return _CANONICAL[kind]


def own_kind(finish: str, own: Mapping[str, FinishKind]) -> FinishKind | None:
    """What a finish reason means where the recipe explains words of its own, which come first."""
    return {_folded(word): kind for word, kind in own.items()}.get(_folded(finish)) or finish_kind(finish)
