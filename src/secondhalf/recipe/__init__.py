"""The YAML that decides a run: reading it, laying its defaults, and whether its parts fit. Runs nothing."""

from secondhalf.recipe.load import load_recipe, with_fixed_templates
from secondhalf.recipe.recipe import Recipe

__all__ = ["Recipe", "load_recipe", "with_fixed_templates"]
