"""The YAML that decides a run: reading it, laying its defaults, and whether its parts fit. Runs nothing."""

from secondhalf.recipe.recipe import Recipe, load_recipe, with_fixed_templates

__all__ = ["Recipe", "load_recipe", "with_fixed_templates"]
