"""How English is counted: words, sentences, abbreviations, addresses and letters, as spaCy counts them."""
