"""Fine-tuning of a student on the pairs, with LoRA (paper, section 4)."""
