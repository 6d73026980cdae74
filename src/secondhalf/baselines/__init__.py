"""Data sets that are made of no text: instruction data, and what an instruct model writes by itself. What ours is measured
against."""
