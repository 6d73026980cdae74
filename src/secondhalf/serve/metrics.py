"""Figures for Prometheus: of this process, from its start."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 300)


class ServeMetrics:
    """The counters of one endpoint."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        registry = self._registry
        self.requests = Counter(
            "secondhalf_requests", "Requests by arm and HTTP status.", ["arm", "status"], registry=registry
        )
        self.tokens = Counter(
            "secondhalf_tokens", "Tokens by arm, read and written.", ["arm", "kind"], registry=registry
        )
        self.found = Counter(
            "secondhalf_checks_not_passed", "By check, side and action.", ["check", "side", "action"], registry=registry
        )
        self.in_work = Gauge("secondhalf_requests_in_work", "Requests that are answered or wait.", registry=registry)
        self.waiting = Gauge("secondhalf_requests_waiting", "Requests that wait for the model.", registry=registry)
        self.not_kept = Gauge(
            "secondhalf_not_kept", "Requests that are to be kept and could not be written yet.", registry=registry
        )
        self.first = Histogram(
            "secondhalf_first_text_seconds", "Until the first text is sent.", buckets=_SECONDS, registry=registry
        )
        self.whole = Histogram(
            "secondhalf_request_seconds", "Until the answer is sent.", buckets=_SECONDS, registry=registry
        )

    def text(self) -> bytes:
        """All of them in Prometheus's text format."""
        return bytes(generate_latest(self._registry))
