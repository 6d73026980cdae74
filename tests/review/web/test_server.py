"""Addresses that cannot be opened."""

import socket

import pytest
from starlette.applications import Starlette

from secondhalf.errors import UserError
from secondhalf.review.web import server


@pytest.mark.parametrize("host", ["a" * 64, "..", "\ud800"])
def test_a_host_that_is_none_is_said(host: str):
    with pytest.raises(UserError, match="cannot be opened"):
        server.serve_review(Starlette(), host, 0, lambda address: None)


def test_a_port_that_is_taken_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UserError, match="choose another --port"):
        server.serve_review(None, "127.0.0.1", taken.getsockname()[1], print)  # type: ignore[arg-type]
