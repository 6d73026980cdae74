"""A folder of safetensors as one GGUF file."""
