"""What the client knows about the account, kept as values."""
