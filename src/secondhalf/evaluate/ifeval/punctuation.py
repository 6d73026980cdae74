"""Signs that must not be there."""


def no_comma(response: str) -> bool:
    """No comma."""
    return "," not in response


def japanese_no_comma(response: str) -> bool:
    """No 、."""
    return "、" not in response


def japanese_no_period(response: str) -> bool:
    """No 。."""
    return "。" not in response
