"""What models and servers put around an answer: thinking, channels, answer tags, end markers. Knows no server and no stage."""
