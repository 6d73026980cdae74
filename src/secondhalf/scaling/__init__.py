"""Gain against pairs, by teacher and student, over arms of finished runs: the points, a line, and what lies beyond them."""
