"""The page's plots as SVG, one a file: no library, no script; places in percent, so that type keeps its size."""
