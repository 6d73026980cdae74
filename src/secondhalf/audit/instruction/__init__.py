"""Instruction-like content in a pair: rules, a small classifier and, if wanted, an asked model; what must not be in the data if
the method's claim is to hold (paper, section 5)."""
