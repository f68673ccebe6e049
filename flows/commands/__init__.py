"""The commands of copydesk, one module each; `flows.cli` imports the one that was called and no other."""
