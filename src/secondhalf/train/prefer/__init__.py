"""Preference training after fine-tuning: the teacher's continuation over the text's own second half. DPO by TRL, and nothing
that starts without a fine-tuned adapter.
"""
