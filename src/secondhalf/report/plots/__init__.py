"""The page's plots as SVG, one a file: no library, no script, sizes in percent so that type never shrinks on a phone."""
