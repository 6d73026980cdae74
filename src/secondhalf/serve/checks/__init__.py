"""Checks of what comes in and goes out: of whole texts, and of a growing one. Each gives verdicts; none knows HTTP."""
