"""One arm trained on the nodes of a Ray cluster: the workers' side, this process's side, and the files between them."""
