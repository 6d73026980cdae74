"""Names of people by short word lists and rules of our own: the light way, which needs no model and finds a part of them."""

from secondhalf.clean.personal.person.persons import persons

__all__ = ["persons"]
