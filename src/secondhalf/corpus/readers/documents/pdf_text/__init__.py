"""PDF files with a text layer: a process of its own gives their lines, which become running text here."""
