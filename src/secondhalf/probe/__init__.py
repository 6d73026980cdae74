"""What training did beside teaching: what it left in memory word for word, and what it drove out."""
