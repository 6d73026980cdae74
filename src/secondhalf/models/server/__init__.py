"""OpenAI-compatible servers over HTTP: settings, client, requests and what came back. Knows no stage and no journal."""
