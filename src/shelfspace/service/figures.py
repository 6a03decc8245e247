"""The figures of a running service, as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from shelfspace.service.gate import Gate
from shelfspace.service.serving import Serving

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Figures(Collector):
    """Requests by endpoint and status, their seconds, refusals by reason; and the state of a service."""

    def __init__(self, serving: Serving, gate: Gate) -> None:
        self._serving = serving
        self._gate = gate
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "shelfspace_requests",
            "Answers, by endpoint and status",
            ("endpoint", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "shelfspace_request_seconds",
            "From the first byte to the answer",
            ("endpoint",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._refused = Counter(
            "shelfspace_refused",
            "Requests that were not answered, by reason",
            ("reason",),
            registry=self._registry,
        )
        self._registry.register(self)

    def answered(self, endpoint: str, status: int, seconds: float) -> None:
        """Count an answer."""
        self._requests.labels(endpoint, str(status)).inc()
        self._seconds.labels(endpoint).observe(seconds)

    def refused(self, reason: str) -> None:
        """Count a request that never reached its endpoint."""
        self._refused.labels(reason).inc()

    def text(self) -> bytes:
        """All figures in the text format of Prometheus."""
        return generate_latest(self._registry)

    def collect(self) -> Iterable[Metric]:
        """What the service is like now."""
        opened, refused = self._serving.opened, self._serving.refused
        named = {
            "shelfspace_in_flight": ("Requests that are worked on", self._gate.working),
            "shelfspace_queued": ("Requests that wait for their turn", self._gate.waiting),
            "shelfspace_products": ("Products of the version that answers", len(opened.space)),
            "shelfspace_version_swaps": ("How often another version took over", self._serving.swaps),
            "shelfspace_version_refused": (
                "1 while the current version on disk cannot be served and an older one answers",
                int(refused is not None),
            ),
        }
        for name, (meaning, value) in named.items():
            yield GaugeMetricFamily(name, meaning, value)
        told = GaugeMetricFamily(
            "shelfspace_version", "The version that answers", labels=("version", "encoder")
        )
        told.add_metric((opened.version, opened.manifest.encoder_kind), 1)
        yield told
