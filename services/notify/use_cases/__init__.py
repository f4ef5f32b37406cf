"""What notify does, one verb a file; each works in the session it is given."""
