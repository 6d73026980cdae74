"""The models that are compared: what each is trained on, and adapters that are carried over instead of trained."""
