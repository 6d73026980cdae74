"""How English is counted, as spaCy counts it: words, sentences, abbreviations, addresses, letters; it judges no text."""
