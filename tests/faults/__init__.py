"""What happens when processes are killed, brokers are away and everybody books at once."""
