"""What a run found: its tables and manifests read once into one results object. Draws no page, and makes no claim of its own."""
