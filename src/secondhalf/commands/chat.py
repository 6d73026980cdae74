"""Talk to an arm of a run: each turn is answered by itself, as in training and evaluation."""

import sys
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.models.generation.student import Local
from secondhalf.models.weights.convert import student_folder
from secondhalf.recipe import load
from secondhalf.runs.run import read_links
from secondhalf.runs.trained import find_student
from secondhalf.store import Store
from secondhalf.text.visible import escape_invisible


def chat(folder: Path, store: Store, arm: str, seed: int | None, max_tokens: int, temperature: float) -> None:
    """Reads questions from standard input until it ends, and prints the answers."""
    recipe = load(folder / "recipe.yaml")
    if arm not in recipe.arms:
        raise UserError(f"The run {folder.name} has no arm {arm}; it has {', '.join(recipe.arms)}.")
    chosen = recipe.arms[arm]
    made = None
    if chosen.trained:
        label = f"{'prefer' if chosen.prefer else 'train'}:{arm}:{seed if seed is not None else chosen.train.seeds[0]}"
        link = read_links(folder).get(label)
        if link is None:
            raise UserError(f"{label} is not trained yet: `secondhalf train RECIPE`, or another --seed.")
        made = store.root / link["stage"]
    student = find_student(recipe, chosen.student, folder, store)
    whole = made is not None and (made / "model").is_dir()
    model = Local(made / "model" if made and whole else student_folder(student.path, student.identity))
    model.use(made / "adapter" if made and not whole else None)
    template = chosen.train.template
    terminal = sys.stdin.isatty()
    if terminal:
        print(f"{folder.name}, arm {arm}. Each question is answered by itself; an empty line ends.")
    for turn, line in enumerate(iter(lambda: _question(terminal), "")):
        tokens = template.encode_prompt(model.tokenizer, line)
        [(text, finish, _)] = model.generate(
            [tokens], max_tokens=max_tokens, temperature=temperature, seed=turn,
            stop_ids=template.stop_ids(model.tokenizer), stop_text=template.frame(model.tokenizer).stop,
        )  # fmt: skip
        # A terminal must not obey what a model writes.
        text = "\n".join(escape_invisible(line) for line in text.split("\n"))
        print(text + ("" if finish == "stop" else " [cut at the length limit]"), flush=True)


def _question(terminal: bool) -> str:
    if terminal:
        print("> ", end="", flush=True)
    return sys.stdin.readline().strip()
