"""The pages and the JSON interface in front of a desk: who may come in, what they see, and the server."""
