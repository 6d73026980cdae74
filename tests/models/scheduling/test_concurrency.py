"""The width finds a server's own, whatever the server is like; time is simulated."""

import heapq
import random
from collections.abc import Callable

import pytest

from secondhalf.models.request import Request, Sampling
from secondhalf.models.scheduling.circuit_breaker import CircuitBreaker
from secondhalf.models.scheduling.concurrency import ConcurrencyLimit
from secondhalf.models.scheduling.rate_limit import RateLimit, estimate_tokens


def _drive(
    concurrency: ConcurrencyLimit,
    seconds: Callable[[float, int, random.Random], float],
    replies: int,
    refuse_over: int | None = None,
):
    """Plays a server that takes `seconds(now, in flight)` for a reply. Returns the throughput of the last half, and the time."""
    now, in_flight, done, half = 0.0, [], 0, 0.0
    generator = random.Random(1)
    while done < replies:
        while len(in_flight) < concurrency.limit:
            refused = refuse_over is not None and len(in_flight) >= refuse_over
            heapq.heappush(
                in_flight,
                (
                    now + (0.01 if refused else seconds(now, len(in_flight) + 1, generator)),
                    generator.random(),
                    now,
                    refused,
                ),
            )
        now, _, sent, refused = heapq.heappop(in_flight)
        if refused:
            concurrency.too_much(sent, now)
        else:
            concurrency.answered(1, sent, now, full=len(in_flight) + 1 >= concurrency.limit)
            done += 1
            half = now if done == replies // 2 else half
    return (replies - replies // 2) / (now - half), now


class Slots:
    """A server of so many slots of about one second a reply; who finds none free waits in line."""

    def __init__(self, slots: int, spread: float = 0.0) -> None:
        self.free_at, self.spread = [0.0] * slots, spread

    def __call__(self, now: float, in_flight: int, generator: random.Random) -> float:
        done = max(now, heapq.heappop(self.free_at)) + generator.uniform(1 - self.spread, 1 + self.spread)
        heapq.heappush(self.free_at, done)
        return done - now


@pytest.mark.parametrize("slots", [8, 33, 64, 100, 200])
@pytest.mark.parametrize("spread", [0.0, 0.5])
def test_a_server_of_fixed_width_is_kept_full(slots: int, spread: float):
    concurrency = ConcurrencyLimit(16, 512)
    rate, _ = _drive(concurrency, Slots(slots, spread), 200 * slots)
    assert rate >= 0.95 * slots
    assert concurrency.limit <= 4 * max(slots, 16)


def test_a_server_that_batches_is_given_batches():
    # Each more request in flight slows all a little, as a GPU does: 256 in flight give 4 times the throughput of 16.
    concurrency = ConcurrencyLimit(16, 256)
    rate, _ = _drive(concurrency, lambda now, in_flight, generator: 1 + in_flight / 64, 40_000)
    assert rate >= 0.85 * 256 / (1 + 256 / 64)


def test_too_much_makes_it_narrow_once_a_round_and_it_grows_again():
    concurrency = ConcurrencyLimit(64, 64)
    for _ in range(40):  # all of one round, sent before the first refusal
        concurrency.too_much(sent=0.0, now=1.0)
    assert concurrency.limit == 44
    limit = ConcurrencyLimit(16, 512)
    rate, _ = _drive(limit, lambda now, in_flight, generator: generator.uniform(0.5, 1.5), 20_000, refuse_over=50)
    assert rate >= 30
    assert limit.limit <= 64


def test_an_engines_slots_stay():
    concurrency = ConcurrencyLimit(4, 4, fixed=True)
    _drive(concurrency, Slots(100), 1000)
    concurrency.too_much(0, 1)
    assert concurrency.limit == 4


def test_what_does_not_fill_the_server_says_nothing():
    concurrency = ConcurrencyLimit(16, 512)
    for number in range(1000):
        concurrency.answered(1, 0, number * 0.001, full=False)
    assert concurrency.limit == 16


def test_no_minute_holds_more_than_is_allowed():
    rate_limit, now, sent = RateLimit(120, None), 0.0, []
    request = Request("r", (("user", "x"),), Sampling())
    while now < 180:
        if (wait := rate_limit.wait(now)) > 0:
            now += wait
            continue
        rate_limit.sent(request, now)
        sent.append(now)
    assert max(sum(start <= at < start + 60 for at in sent) for start in sent) <= 122
    assert len(sent) >= 355


def test_tokens_are_guessed_and_put_right():
    request = Request("r", (("user", "あ" * 100),), Sampling(max_tokens=100))
    assert estimate_tokens(request) == 200
    rate_limit = RateLimit(None, 6000)  # 100 a second
    rate_limit.sent(request, 10.0)
    assert rate_limit.wait(10.0) == pytest.approx(1.0)  # 2 seconds' worth, less the burst of one
    rate_limit.answered(request, 120, 10.0)
    assert rate_limit.wait(10.0) == pytest.approx(0.2)
    assert RateLimit().wait(0.0) == 0


def test_a_breaker_opens_tries_and_closes():
    breaker = CircuitBreaker(first=1.0, failures=3)
    assert [breaker.failed(now) for now in (0.0, 0.1, 0.2, 0.3)] == [False, False, True, False]
    assert breaker.wait(0.5) == pytest.approx(0.7)
    breaker.sent()
    assert breaker.wait(2.0) is None  # one tries, the others wait
    assert not breaker.failed(2.0)
    assert breaker.wait(2.0) == pytest.approx(2.0)  # twice as long
    assert breaker.silent(2.5) == 2.5
    breaker.sent()
    assert breaker.answered()
    assert breaker.wait(9.0) == 0
    assert breaker.silent(9.0) == 0
    assert not breaker.answered()
