"""An example of every command, or a few, which end its help. A test reads each as a command line."""

EXAMPLES = {
    "run": ("secondhalf run my.yaml", "secondhalf run my.yaml --set name=other --set corpus.sample=2000"),
    "corpus": ("secondhalf corpus my.yaml",),
    "clean": ("secondhalf clean my.yaml", "secondhalf clean my.yaml --explain guide.docx"),
    "split": ("secondhalf split my.yaml",),
    "teach": ("secondhalf teach my.yaml --dry-run", "secondhalf teach my.yaml --pilot"),
    "audit": ("secondhalf audit my.yaml",),
    "train": ("secondhalf train my.yaml --anyway",),
    "evaluate": (
        "secondhalf evaluate my.yaml",
        "secondhalf evaluate hf:ORG/NAME@main model.gguf --benchmark ifeval=input_data.jsonl",
    ),
    "probe": ("secondhalf probe my.yaml",),
    "report": ("secondhalf report my.yaml --set report.language=ja",),
    "sweep": ("secondhalf sweep my.yaml --over train.learning_rate=3e-4,6e-4 --arm taught",),
    "search": (
        "secondhalf search my.yaml --over train.learning_rate=1e-5..1e-3:log --over train.rank=4..64 --trials 20 "
        "--limit 'forgotten_en<0.1'",
    ),
    "init": (
        "secondhalf init my.yaml --from documents --teacher NAME --server https://HOST/v1",
        "secondhalf init --recipe quickstart",
    ),
    "doctor": (
        "secondhalf doctor",
        "secondhalf doctor my.yaml --gpu A100",
        "secondhalf doctor my.yaml --nodes 8 --cores 32 --pairs 8000000",
    ),
    "show": ("secondhalf show my-run", "secondhalf show my-run clean"),
    "compare": (
        "secondhalf compare my-run other-run --arm taught",
        "secondhalf compare small middle large --scaling --at 80000 --out scaling.html",
    ),
    "chat": ("secondhalf chat my-run --arm taught",),
    "export": ("secondhalf export my-run --arm taught --as gguf --type q8_0 --out my-model",),
    "document": ("secondhalf document my-run --as data-card --language ja",),
    "data": (
        "secondhalf data my-run --as messages --out my-pairs",
        "secondhalf data my-run --arm mixed --as parquet --out hf:ORG/NAME",
    ),
    "score": ("secondhalf score input_data.jsonl responses.jsonl",),
    "gate": ("secondhalf gate my-run --policy production --out decision.html",),
    "store": ("secondhalf store --check", "secondhalf store --prune --keep-trash 7d"),
    "journal": ("secondhalf journal --export replies.jsonl", "secondhalf journal --prune --older-than 90d"),
    "certify": ("secondhalf certify my-run --model my-model",),
    "verify": ("secondhalf verify certificate.json --model my-model",),
    "keys": ("secondhalf keys make --name 'My team'", "secondhalf keys trust theirs.pub"),
    "review": ("secondhalf review my-run --add-reviewer NAME", "secondhalf review my-run"),
    "serve": ("secondhalf serve my-run --arm taught --port 8080",),
    "completion": ("secondhalf completion bash > ~/.local/share/bash-completion/completions/secondhalf",),
}


def epilog(command: str) -> str:
    """The end of a command's help."""
    lines = EXAMPLES.get(command, ())
    return (
        "\n".join(["example:" if len(lines) == 1 else "examples:", *(f"  {line}" for line in lines)]) if lines else ""
    )
