"""Would a base model's hidden states find instruction-like content better than character n-grams? On the dev half alone.

    python benchmarks/instruction_labels/hidden_states.py MODEL [--states FILE.npz]

MODEL is a reference to a student (package:…gguf#sha256=…, or a folder). Of each side's first 256 tokens the states of five
layers are averaged over the tokens, and taken at the last one. A logistic regression on them, alone and added to the n-grams
and rules of the classifier, is held to sources that it was not fitted on, as `train_classifier` does (five folds): precision
and recall of pairs, rules included, where the lower of the two is largest. `--states` keeps the states (a quarter of an hour on
two cores), or reads them.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from secondhalf.audit.instruction import train_classifier
from secondhalf.audit.instruction.train_classifier import FOLDS, choose_threshold, labelled_sides

FOLDER = Path(__file__).parent
TOKENS, BATCH = 256, 16
WEIGHTS = (0.1, 0.3, 1.0)
"""How large the states' kernel is beside the n-grams'."""
Matrix = NDArray[np.floating[Any]]


def labelled_pairs() -> list[dict[str, Any]]:
    """The dev half's pairs that have labels."""
    rows = {
        name: [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]
        for name in ("pairs", "more_pairs", "labels", "more_labels")
    }
    labelled = {row["id"] for name in ("labels", "more_labels") for row in rows[name]}
    pairs = [row for name in ("pairs", "more_pairs") for row in rows[name]]
    return [row for row in pairs if row["half"] == "dev" and row["id"] in labelled]


def hidden_states(reference: str, texts: list[str]) -> Matrix:
    """[texts, 10, width]: of layers at a third to the whole of the depth the mean and the last token's."""
    import torch

    from secondhalf.models.generation.student import StudentModel
    from secondhalf.models.reference import resolve
    from secondhalf.models.weights.convert import student_folder

    source = resolve(reference)
    model = StudentModel(student_folder(source.path, source.identity))
    decoder, depth = model.model.get_decoder(), model.model.config.num_hidden_layers
    layers = [depth // 3, depth // 2, 2 * depth // 3, 5 * depth // 6, depth]
    ids = [model.tokenizer(text.strip()[:2000]).input_ids[:TOKENS] for text in texts]
    order = sorted(range(len(ids)), key=lambda index: len(ids[index]))
    states = np.zeros((len(ids), 2 * len(layers), model.model.config.hidden_size), np.float32)
    for start in range(0, len(order), BATCH):
        part = order[start : start + BATCH]
        longest = max(len(ids[index]) for index in part)
        tokens = torch.tensor([ids[index] + [0] * (longest - len(ids[index])) for index in part])
        mask = torch.tensor([[1] * len(ids[index]) + [0] * (longest - len(ids[index])) for index in part])
        with torch.inference_mode():
            given = decoder(input_ids=tokens, attention_mask=mask, output_hidden_states=True, use_cache=False)
        for place, layer in enumerate(layers):
            values, weights = given.hidden_states[layer].float(), mask[:, :, None].float()
            states[part, 2 * place] = ((values * weights).sum(1) / weights.sum(1)).numpy()
            states[part, 2 * place + 1] = values[torch.arange(len(part)), mask.sum(1) - 1].numpy()
    return states


def held_out(kernel: Matrix, labels: NDArray[np.bool_], folds: NDArray[np.int64]) -> Matrix:
    """Each side's probability by a regression in the kernel that no side of its fold helped to fit."""
    result: Matrix = np.zeros(len(labels))
    for fold in range(FOLDS):
        inside = folds == fold
        dual = train_classifier._dual(kernel[np.ix_(~inside, ~inside)], labels[~inside])
        result[inside] = 1 / (1 + np.exp(-kernel[np.ix_(inside, ~inside)] @ dual))
    return result


def main() -> None:
    """Prints a line a language and way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--states", type=Path)
    options = parser.parse_args()
    pairs = labelled_pairs()
    if options.states and options.states.is_file():
        states = np.load(options.states)["states"]
    else:
        states = hidden_states(options.model, [pair[side] for side in ("prompt", "response") for pair in pairs])
        if options.states:
            np.savez(options.states, states=states)
    for language in ("en", "ja"):
        sides = labelled_sides(FOLDER, language)
        of_language = np.array([pair["language"] == language for pair in pairs] * 2)
        own = states[of_language].astype(np.float32)
        scaled = (own - own.mean(0)) / (own.std(0) + 1e-3)
        kernel = np.einsum("alw,blw->ab", scaled, scaled, optimize=True) / scaled[0].size
        ngrams = sides.rows @ sides.rows.T
        ways = {"n-grams and rules": ngrams}
        for weight in WEIGHTS:
            ways[f"states, {weight:g}"] = weight * kernel + 1
            ways[f"both, {weight:g}"] = ngrams + weight * kernel
        for name, each in ways.items():
            threshold, precision, recall = choose_threshold(sides, held_out(each, sides.labels, sides.folds))
            print(f"{language}  {name:20} precision {precision:.3f}  recall {recall:.3f}  threshold {threshold:.2f}")


if __name__ == "__main__":
    main()
