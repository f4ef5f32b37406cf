"""The rows booking keeps, by what they are about. Instants are UTC."""
