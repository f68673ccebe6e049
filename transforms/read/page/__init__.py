"""The parts of a web page: its tree, its blocks of text, the story among them, and what its head says."""
