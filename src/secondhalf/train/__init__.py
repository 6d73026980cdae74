"""Fine-tunes a student on pairs (paper, section 4); what made the pairs and what the result is worth it refuses to know."""
