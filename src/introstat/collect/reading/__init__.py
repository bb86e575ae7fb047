"""From bytes to rows of text: what kind of file it is, its encoding, its rows, its header."""
