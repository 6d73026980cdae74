"""The report: one self-contained page a person can sign on, and the same facts as JSON for programs."""
