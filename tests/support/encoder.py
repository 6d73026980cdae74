"""A sentence encoder made on the spot: an untrained BERT over words and letters that does not see their order."""

from collections.abc import Sequence
from pathlib import Path
from string import ascii_lowercase

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
LETTERS = (*ascii_lowercase, *(f"##{letter}" for letter in ascii_lowercase), *".,?!'-")


def write_encoder(folder: Path, words: Sequence[str]) -> Path:
    """Writes it into the folder, with these words beside the special tokens; returns the folder.

    Texts of the same tokens in any order have the same row, since no token knows its place.
    """
    import torch
    import transformers

    folder.mkdir(exist_ok=True)
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join([*SPECIAL, *words]), "utf-8")
    transformers.BertTokenizerFast(vocab_file=str(vocabulary), vocab=str(vocabulary)).save_pretrained(folder)
    torch.manual_seed(1)
    size = len(SPECIAL) + len(words)
    config = transformers.BertConfig(
        vocab_size=size, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    model = transformers.BertModel(config)
    with torch.no_grad():
        model.embeddings.position_embeddings.weight.zero_()
    model.save_pretrained(folder, safe_serialization=True)
    return folder
