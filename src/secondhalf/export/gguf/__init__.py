"""A merged model as one GGUF file, as llama.cpp reads it. Refuses architectures and tokenizers that it cannot write exactly."""
