"""Finished stages and runs on an object store or any other fsspec URL: sent there, and brought here. No stage is made there."""
