"""One command a file: it parses, calls the public functions and prints. Decides nothing."""
