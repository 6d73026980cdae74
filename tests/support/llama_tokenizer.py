"""A tiny tokenizer of Llama 2's kind: pieces of SentencePiece that begin with a blank, byte fallback, <s> and </s>."""

from typing import Any

from support.tiny_student import TEXT


def llama_tokenizer(*, legacy: bool) -> Any:
    """legacy: a blank before every stretch of text, as Llama 2 and Mistral 7B have it; else before the first one alone."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    blanks = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    learner = Tokenizer(models.BPE())
    learner.normalizer = blanks
    learner.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    # Line breaks are bytes there, joined with nothing.
    text = TEXT.replace("\n", " ") + " [INST] [/INST] ###"
    learner.train_from_iterator([text], trainers.BpeTrainer(vocab_size=300, show_progress=False))
    learned = learner.get_vocab(with_added_tokens=False)
    pieces = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *sorted(learned, key=learned.get)]
    merges = _merges(learner)
    vocabulary = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    backend = Tokenizer(models.BPE(vocabulary, merges, unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    if legacy:
        backend.normalizer = blanks
    else:
        backend.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    backend.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    backend.add_special_tokens([AddedToken(word, normalized=False) for word in ("<unk>", "<s>", "</s>")])
    backend.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=backend, bos_token="<s>", eos_token="</s>", unk_token="<unk>", model_max_length=1024
    )


def _merges(tokenizer: Any) -> list[tuple[str, str]]:
    import json

    return [tuple(pair) for pair in json.loads(tokenizer.to_str())["model"]["merges"]]
