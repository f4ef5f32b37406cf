"""What `grip` can do, one verb or family of verbs per file. Knows all three services."""
