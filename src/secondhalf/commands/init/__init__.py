"""`secondhalf init`: the first recipe, in ten lines or with every field; of a folder of documents the one that fits them."""
