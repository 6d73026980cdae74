"""The YAML that decides a run: reading it, laying its defaults, and whether its parts fit. Runs nothing."""

from secondhalf.recipe.recipe import Recipe, load_recipe

__all__ = ["Recipe", "load_recipe"]
