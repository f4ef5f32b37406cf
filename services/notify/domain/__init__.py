"""Pure rules of messages: who is told what, on which channel, and when."""
