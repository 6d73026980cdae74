"""Answers on the nodes of a Ray cluster: the workers' side, and this process's side."""
