"""The five questions of the person who signs, answered from a run's facts: which answer, which evidence, and no words."""
