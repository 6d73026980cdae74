"""Where documents come from, and which of them are the sample; it judges no text and knows no stage after it."""
