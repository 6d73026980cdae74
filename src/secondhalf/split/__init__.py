"""Cutting a text in two: the first half becomes the pseudo-instruction (paper, section 3). One rule a file."""
