"""Plain models of an exchange and its streams: what the pure core of the client is held against."""
