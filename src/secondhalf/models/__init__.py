"""Where a model comes from and how it is asked: below every stage, for teacher, judge and student alike."""
