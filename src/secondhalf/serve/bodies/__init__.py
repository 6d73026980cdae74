"""The bodies of requests and answers, as OpenAI's API has them."""
