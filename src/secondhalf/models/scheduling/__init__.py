"""When a request is sent: concurrency, rate limits, retries and broken servers. Knows no wire format."""
