"""What booking can do: one verb per module, each in the session it is given."""
