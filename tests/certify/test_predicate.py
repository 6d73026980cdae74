"""The page that explains the certificate names every field of it."""

import re
from typing import Any

from secondhalf.certify.predicate import PREDICATE_TYPE, Certificate
from support import ROOT

PAGE = (ROOT / "docs/certificate.md").read_text("utf-8")


def _names(schema: dict[str, Any]) -> set[str]:
    models = [schema, *schema["$defs"].values()]
    return {name for model in models for name in model.get("properties", {})}


def test_the_page_explains_every_field() -> None:
    explained = set(re.findall(r"`(\w+)`", PAGE.partition("| field | |")[2]))
    names = _names(Certificate.model_json_schema())
    assert {"specificity", "pairs_refused", "public", "revision"} < names
    assert names - explained == set()


def test_the_page_names_the_type() -> None:
    assert f"`{PREDICATE_TYPE}`" in PAGE
