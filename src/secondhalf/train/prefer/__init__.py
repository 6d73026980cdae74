"""Preference training after fine-tuning: the teacher's continuation over the text's own second half (DPO, through TRL)."""
