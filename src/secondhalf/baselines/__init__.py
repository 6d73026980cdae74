"""Data sets that are made of no documents, which the method is measured against: instruction data, and what an instruct model
writes by itself. Refuses whatever is not one request and its answer.
"""
