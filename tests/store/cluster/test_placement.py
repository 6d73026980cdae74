"""What each worker of a group takes, by what the nodes have."""

from secondhalf.store.cluster.placement import workers_apart, workers_of


def test_a_gpu_each_where_there_are_any() -> None:
    head, small, large = {"CPU": 8.0}, {"CPU": 16.0, "GPU": 1.0}, {"CPU": 64.0, "GPU": 8.0}
    assert workers_of([head, small, large], 4) == (4, {"GPU": 1, "CPU": 1})
    assert workers_of([head, small, large], 32) == (9, {"GPU": 1, "CPU": 1})
    assert workers_of([{"CPU": 2.0, "GPU": 8.0}], 8) == (2, {"GPU": 1, "CPU": 1})


def test_a_share_of_the_cores_where_there_is_none() -> None:
    assert workers_of([{"CPU": 8.0}, {"CPU": 8.0}], 2) == (2, {"CPU": 8})
    assert workers_of([{"CPU": 8.0}, {"CPU": 8.0}], 4) == (4, {"CPU": 4})
    # Nobody waits for the worker of a small node longer than has to be.
    assert workers_of([{"CPU": 8.0}, {"CPU": 4.0}], 2) == (2, {"CPU": 4})
    assert workers_of([{"CPU": 8.0}, {"CPU": 4.0}], 1) == (1, {"CPU": 4})


def test_fewer_than_are_wanted_where_there_are_no_more_cores() -> None:
    assert workers_of([{"CPU": 1.0}, {"CPU": 1.0}, {"memory": 1e9}], 5) == (2, {"CPU": 1})
    assert workers_of([{"CPU": 0.0}], 2) == (0, {})
    assert workers_of([], 2) == (0, {})


def test_workers_that_do_not_wait_for_one_another_have_a_node_each_or_a_gpu() -> None:
    assert workers_apart([{"CPU": 8.0}, {"CPU": 4.0}, {"memory": 1e9}], 9) == (2, {"CPU": 4})
    assert workers_apart([{"CPU": 8.0}, {"CPU": 4.0}], 1) == (1, {"CPU": 4})
    assert workers_apart([{"CPU": 8.0}, {"CPU": 64.0, "GPU": 8.0}], 9) == (8, {"GPU": 1, "CPU": 1})
    assert workers_apart([{"CPU": 0.0}], 2) == (0, {})
