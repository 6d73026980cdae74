"""What is kept of requests, and where."""
