"""The one error that is meant for people: a sentence that names what is wrong and the mend."""


class UserError(Exception):
    """Something the user can mend. The command line prints the sentence and exits with code 2."""

    stage = ""
    """The stage of a run that stopped with it; "" outside of a run."""
