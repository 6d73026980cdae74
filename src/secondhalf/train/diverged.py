"""The error of a training whose loss is no number: a search notes it and goes on, everything else stops it."""

from secondhalf.errors import UserError


class DivergedError(UserError):
    """A loss was no number; a lower learning rate mends it."""
