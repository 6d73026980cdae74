"""Writes the commits of the hub's branches and tags into the resolved recipe, before anything is made of them."""

from secondhalf.errors import UserError
from secondhalf.models.hub.download import commit_of
from secondhalf.recipe.pins import pin_key, unpinned, with_commits
from secondhalf.runs import OpenRun


def pin_revisions(run: OpenRun) -> None:
    """Asks the hub (offline: its cache) for the commit of each revision that has none yet.

    One that cannot be had now stays as it is: the stage that needs it says so, and other stages need no hub.
    """
    commits: dict[str, str] = {}
    for reference in unpinned(run.recipe):
        try:
            commits[pin_key(reference)] = commit_of(reference)
        except UserError:
            continue
    if commits:
        run.replace_recipe(with_commits(run.recipe, commits))
