"""Which of lm-eval's tasks every arm does."""

from typing import Annotated

from pydantic import Field

from secondhalf.settings import Decides, Filled, Once, Settings


class LeaderboardSettings(Settings):
    """lm-eval's tasks (extra `leaderboard`). Their data come from a hub, or from files that a task in `folder` names."""

    tasks: Annotated[list[Filled], Once] = Field([])
    """Names of tasks or groups; open_llm_v1 and open_llm_v2 stand for the leaderboards' own, with their numbers of examples in
    the prompt. No chat template is used, as both boards ask base models; the second asked chat models under their own, so its
    scores of those are others. Empty: none is asked."""

    folder: Annotated[str, Decides("run")] = ""
    """A folder with tasks of your own in lm-eval's YAML; with dataset_path: json and data_files they need no network."""

    limit: int | None = Field(None, ge=1)
    """Use only this many rows of each task, the first ones: for trying things out. No figure is the leaderboard's then."""

    batch_size: Annotated[int, Decides(False)] = Field(8, ge=1)
    """Requests that are answered together."""
