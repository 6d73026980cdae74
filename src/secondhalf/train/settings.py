"""How a student is trained. The paper says LoRA; its rank, rate, epochs and lengths are unknown, so they are ours."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from secondhalf.models.chat.template import Template
from secondhalf.settings import Decides, Once, Seed, Settings
from secondhalf.train.early_stopping import EarlyStoppingSettings
from secondhalf.train.keep import KeepSettings
from secondhalf.train.loggers import LoggerName

# What only the training itself reads: the pairs of an arm are composed alike, and an untouched student is probed alike.
TRAINING = Decides("run", "train")


class TrainSettings(Settings):
    """LoRA on all linear layers, the loss on response tokens only."""

    template: Template = Template.named("plain")
    """plain (plain words, ended by the end-of-text token), chatml, gemma, llama-2, llama-3, mistral, one_shot, zephyr
    (FastChat's), urial (three examples first, arXiv 2312.01552), tokenizer (its own chat template), or a path to a .jinja file,
    whose text is kept in the resolved recipe. A base model's turn tokens are often untrained, so `plain` is the default; which
    template a student learns best under was not measured by any figure that carries a verdict."""

    turn_tokens: Annotated[Literal["frozen", "train"], TRAINING] = "frozen"
    """Control tokens of the template that the student never learned (you are warned of them): left as they are, or their rows
    of the embedding and the output layer trained beside the adapter and saved in it."""

    method: Annotated[Literal["lora", "dora", "qlora", "full"], TRAINING] = "lora"
    """lora (the paper's), dora (LoRA with magnitudes apart: arXiv 2402.09353), qlora (over the base in four bits: arXiv
    2305.14314; extra `qlora`), full (every weight; writes a whole model)."""

    rank: Annotated[int, TRAINING] = Field(16, ge=1)
    """LoRA's rank. The paper does not say."""

    alpha: Annotated[int, TRAINING] = Field(32, ge=1)
    """LoRA's scale is alpha / rank. The paper does not say."""

    dropout: Annotated[float, TRAINING] = Field(0.0, ge=0, lt=1)
    """LoRA's dropout. The paper does not say."""

    learning_rate: Annotated[float, TRAINING] = Field(6e-4, gt=0, le=1)
    """Peak rate of AdamW. The paper does not say."""

    epochs: Annotated[int, TRAINING] = Field(1, ge=1)
    """Passes over the pairs. The paper does not say."""

    tokens_per_step: Annotated[int, TRAINING] = Field(2048, ge=1)
    """Tokens of packed pairs behind one step of the optimizer. The paper does not say."""

    tokens_per_batch: Annotated[int, TRAINING] = Field(512, ge=1)
    """Tokens that go through the model at once; bounds memory. Several batches make a step."""

    precision: Annotated[Literal["auto", "bf16", "float32"], TRAINING] = "auto"
    """auto: bf16 where the processor or the GPU multiplies it itself, else float32. Updates gather in float32 either way."""

    gradient_checkpointing: Annotated[Literal["auto", "on", "off"], Decides(False)] = "auto"
    """Activations are computed twice instead of kept: less memory, a third more time. auto: where they would not fit."""

    processes: Annotated[int, Decides(False)] = Field(1, ge=1)
    """Processes that train one arm together, through Accelerate: one a GPU. They share every step's batches, on this machine, or
    with `cluster.train` on the nodes of a cluster."""

    sharding: Annotated[Literal["none", "fsdp"], Decides(False)] = "none"
    """fsdp: the processes share the weights of the blocks too (PyTorch's FSDP2), for students that do not fit on one GPU."""

    max_length: int = Field(1024, ge=16)
    """Longest pair in the student's tokens; a longer one is rejected with its reason, never cut unseen."""

    warmup: Annotated[float, TRAINING] = Field(0.1, ge=0, lt=1)
    """Share of the steps in which the rate rises from 0. The paper does not say."""

    schedule: Annotated[Literal["cosine", "constant"], TRAINING] = "cosine"
    """What the rate does after the warm-up. The paper does not say."""

    weight_decay: Annotated[float, TRAINING] = Field(0.0, ge=0)
    """AdamW's weight decay. The paper does not say."""

    clip: Annotated[float, Decides("run", "train", "prefer")] = Field(1.0, gt=0)
    """Longest gradient. The paper does not say."""

    held_out: float = Field(0.05, ge=0, lt=1)
    """Share of the pairs, chosen by a hash of their id, that only the held-out loss is measured on."""

    min_pairs: Annotated[int, Decides(False)] = Field(50, ge=0)
    """The fewest pairs that an arm is trained on; with fewer a run stops with the figures, and goes on with --anyway. 5 % of 50
    are two or three held-out pairs, the fewest whose mean loss is worth a look, and at a hundred tokens a reply they make two or
    three steps of 2048 tokens, the first of them the warm-up: what comes of less says nothing of the method. 0: never stops."""

    checkpoint_steps: Annotated[int, Decides(False)] = Field(10, ge=1)
    """Steps between two checkpoints."""

    keep: Annotated[KeepSettings, TRAINING] = KeepSettings()
    """What holds the student near to what it was."""

    skip_surprising: Annotated[float | None, TRAINING] = Field(None, gt=0)
    """Response tokens that the untouched student finds less likely than this, in nats, carry no loss: what it could not have
    said itself is where training makes it forget (arXiv 2501.14315). Empty: all of them do."""

    early_stopping: Annotated[EarlyStoppingSettings, TRAINING] = EarlyStoppingSettings()
    """Stops when the held-out loss no longer falls, and keeps the weights of its lowest point."""

    loggers: Annotated[list[LoggerName], Once, Decides(False)] = Field([])
    """Who else is told the losses, step by step: tensorboard, mlflow, wandb, trackio (an extra each). Only numbers are told."""

    seeds: Annotated[list[Seed], Once, Decides("run")] = Field([1], min_length=1)
    """Training seeds: a claim needs three at least."""

    @model_validator(mode="after")
    def _early_stopping_has_held_out_pairs(self) -> Self:
        if self.early_stopping.patience and not self.held_out:
            raise ValueError("early_stopping: there is no held-out loss with held_out: 0; raise it to 0.05")
        return self

    @model_validator(mode="after")
    def _untouched_student_is_at_hand(self) -> Self:
        if self.keep.kl and (self.method == "full" or self.turn_tokens == "train" or self.sharding != "none"):
            raise ValueError(
                "keep.kl: it needs the student without its adapter; train lora, dora or qlora with turn_tokens: frozen and "
                "sharding: none"
            )
        if self.skip_surprising is not None and self.sharding != "none":
            raise ValueError("skip_surprising: the student is read before it is sharded; set sharding: none")
        return self

    @model_validator(mode="after")
    def _sharding_is_possible(self) -> Self:
        if self.sharding == "none":
            return self
        if self.processes < 2:
            raise ValueError("sharding: fsdp shares a model among processes; set train.processes to 2 or more")
        if self.method not in {"lora", "full"} or self.turn_tokens == "train" or self.early_stopping.patience:
            raise ValueError("sharding: fsdp goes with lora or full, turn_tokens: frozen and no early stopping")
        return self
