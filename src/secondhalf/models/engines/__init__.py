"""Teachers without a server: in this process, replayed from a file, or a dummy. Each turns requests into replies."""
