"""What pages show: values that stay good after the transaction; a fixed number of queries each."""
