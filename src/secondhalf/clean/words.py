"""Stub until the real one lands."""
import re
_T=re.compile(r"\w+|[^\w\s]")
def segment(chunk): return tuple(_T.findall(chunk)) or (chunk,)
def sentence_class(token): return 2 if token in ".!?" else 1 if not any(c.isalnum() for c in token) else 0
