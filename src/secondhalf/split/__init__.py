"""Where a text is cut in two (paper, section 3), one rule a file or function; it knows no model and judges no quality."""
