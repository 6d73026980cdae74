"""How turns become tokens: chat templates, plain text, tokenizing in batches. Refuses to write a template in Python."""
