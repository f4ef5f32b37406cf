"""What the service can be asked to do, one verb per file, each inside the caller's transaction."""
