"""AlpacaEval 2 (arXiv 2404.04475): outputs compared with a baseline's, and a win rate that length does not sway."""
