"""What training did beside teaching: what it left in memory word for word, and what it drove out. The one room that reads
training pairs to judge a model; it trains nothing.
"""
