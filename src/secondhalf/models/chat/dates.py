"""Chat templates that say today's date (Llama 3.2's, Granite's, Mistral Small's): the date is fixed once, so that training,
evaluation and every export show the student the same one.

The fixed template is Jinja like the one that it comes from, with a macro in front that stands in for `strftime_now`.
"""

from datetime import datetime

from secondhalf.models.chat.rendering import is_dated

# What strftime knows, the longer first: %-d holds no %d.
_DIRECTIVES = [
    *(f"%-{letter}" for letter in "dmyHIMSj"),
    *(f"%{letter}" for letter in "aAbBcdDeFfGhHIjklmMpPrRSTuUVwWxXyYzZ"),
]


def fix_date(template: str, moment: datetime) -> str:
    """The template with `moment` for today; the template itself where it asks for no date, or was fixed before.

    Raises UserError for a template that cannot be read.
    """
    if not is_dated(template):
        return template
    percent = "\\u0001"  # stands for %% until the directives are replaced
    steps = [("%%", percent), *((one, moment.strftime(one)) for one in _DIRECTIVES if one in template), (percent, "%")]
    replaced = "".join(f" | replace('{old}', '{new}')" for old, new in steps)
    macro = "{%- macro strftime_now(format) -%}{{- format" + replaced + " -}}{%- endmacro %}"
    # A line break at the template's beginning would be taken for the macro's own, were there nothing between them.
    return macro + ("{{- '' }}" if template[:1].isspace() else "") + template
