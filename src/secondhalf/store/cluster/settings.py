"""What a recipe says of the cluster that its stages are computed on."""

from typing import Annotated

from pydantic import Field

from secondhalf.settings import Decides, Settings


class ClusterSettings(Settings):
    """A Ray cluster, for `engine: ray`."""

    address: Annotated[str, Decides(False)] = ""
    """HOST:PORT of the cluster's head, as `ray start` prints it, on a machine that is itself one of its nodes; `auto`: the
    cluster that this machine belongs to. Empty: a Ray of this machine's cores alone, which is started and ended with the run."""

    part_minutes: Annotated[float, Decides(False)] = Field(60, gt=0)
    """A part (1,000 rows, or one file of the corpus) that has not come back after so long is taken from its node, which hangs,
    and given to another; after the third time the run stops and says so. Workers that train count as hanging when no step of
    theirs ends for so long, and those that answer when they write no token. Ours."""

    train: Annotated[bool, Decides(False)] = False
    """Arms are trained on the nodes too: `train.processes` workers, a GPU each, or a share of the cores where there is none,
    train one arm together; what they write comes back to this machine. Log and weights are those of a training here but for how
    sums are rounded (docs/scale.md). Preference training (`prefer`) stays here."""

    evaluate: Annotated[bool, Decides(False)] = False
    """The arms' answers are written on the nodes too: a worker a GPU, or where there is none a node, has the student in memory
    and takes parts of 256 prompts, in the batches in which they would be answered here (docs/scale.md). Likelihoods and
    judges' questions stay here."""
