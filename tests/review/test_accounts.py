"""Passwords, sessions that end, and how often a log-in may fail."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from secondhalf.errors import UserError
from secondhalf.review import accounts as module
from secondhalf.review.accounts import Accounts, LoginLimit
from secondhalf.review.database import REVIEWERS, SESSIONS, ReviewDatabase


@pytest.fixture
def database(url: str) -> Iterator[ReviewDatabase]:
    database = ReviewDatabase(url)
    yield database
    database.close()


def test_reviewers_are_added_changed_and_removed_by_new_rows(database: ReviewDatabase):
    accounts = Accounts(database)
    accounts.add("aki", "reviewer", "a long password", "op")
    accounts.add("aki", "lead", "another long one", "op")
    assert accounts.check("aki", "a long password") is None
    lead = accounts.check("aki", "another long one")
    assert lead
    assert lead.role == "lead"
    cookie, _ = accounts.begin(lead)
    accounts.remove("aki", "op")
    assert accounts.check("aki", "another long one") is None
    assert Accounts(database).session(cookie) is None
    rows = database.read(sa.select(REVIEWERS.c.password, REVIEWERS.c.active))
    assert len(rows) == 3
    assert all(row.password.startswith("$argon2id$") for row in rows[:2])


def test_without_a_password_nobody_logs_in(database: ReviewDatabase):
    accounts = Accounts(database)
    accounts.add("proxied", "reviewer", "", "op")
    assert accounts.check("proxied", "") is None
    assert accounts.check("nobody", "") is None
    assert accounts.reviewer("proxied")


@pytest.mark.parametrize(
    ("name", "password"),
    [("", "a long password"), ("a b", "a long password"), ("aki", "short"), ("../x", "a long password")],
)
def test_a_poor_name_or_password_is_refused(database: ReviewDatabase, name: str, password: str):
    with pytest.raises(UserError):
        Accounts(database).add(name, "reviewer", password, "op")


def test_names_that_look_alike_are_one_reviewer(database: ReviewDatabase):
    accounts = Accounts(database)
    accounts.add("Jose\u0301", "reviewer", "a long password", "op")
    for form in ("Jose\u0301", "Jos\u00e9"):
        assert accounts.check(form, "a long password")
        assert accounts.reviewer(form)
    for other in ("JOS\u00c9", "jos\u00e9", "\uff2aos\u00e9"):
        with pytest.raises(UserError, match="differs from the reviewer Jos\u00e9"):
            accounts.add(other, "reviewer", "", "op")
    accounts.add("Jos\u00e9", "lead", "another long one", "op")
    accounts.remove("Jose\u0301", "op")
    assert accounts.reviewers() == []
    accounts.add("jos\u00e9", "reviewer", "", "op")


def test_a_name_that_no_database_takes_is_nobodys(database: ReviewDatabase):
    assert Accounts(database).check("a\0", "a long password") is None


def test_a_new_password_or_role_ends_the_sessions_of_before(database: ReviewDatabase, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("secondhalf.review.accounts._FRESH", 0.0)
    accounts = Accounts(database)
    accounts.add("ann", "reviewer", "a long password", "the command line")
    accounts.add("ben", "reviewer", "a long password", "the command line")
    reviewer, other = accounts.reviewer("ann"), accounts.reviewer("ben")
    assert reviewer
    assert other
    cookie, kept = accounts.begin(reviewer)[0], accounts.begin(other)[0]
    accounts.add("ann", "lead", "another long password", "the command line")
    assert accounts.session(cookie) is None
    assert accounts.session(kept) is not None


def test_sessions_end(database: ReviewDatabase, monkeypatch: pytest.MonkeyPatch):
    accounts = Accounts(database)
    accounts.add("aki", "reviewer", "", "op")
    reviewer = accounts.reviewer("aki")
    assert reviewer
    cookie, session = accounts.begin(reviewer)
    found = accounts.session(cookie)
    assert found
    assert found.token == session.token
    assert accounts.session(cookie + "x") is None
    assert cookie not in str(database.read(sa.select(SESSIONS)))
    now = module.time.time()
    monkeypatch.setattr(module.time, "time", lambda: now + module.SESSION_SECONDS + 1)
    assert accounts.session(cookie) is None
    monkeypatch.undo()
    cookie, _ = accounts.begin(reviewer)
    accounts.end(cookie)
    assert accounts.session(cookie) is None


def test_log_ins_that_fail_are_slowed(monkeypatch: pytest.MonkeyPatch):
    limit, now = LoginLimit(), 1000.0
    monkeypatch.setattr(module.time, "monotonic", lambda: now)
    for _ in range(5):
        assert limit.wait("aki", "10.0.0.1") == 0
        limit.tried("aki", "10.0.0.1")
    assert 0 < limit.wait("aki", "10.0.0.1") <= 301
    assert limit.wait("aki", "10.0.0.2") == 0  # nobody locks another out from elsewhere
    assert limit.wait("ben", "10.0.0.1") == 0
    now += 301
    assert limit.wait("aki", "10.0.0.1") == 0
    for n in range(20):
        limit.tried(f"name{n}", "10.0.0.3")
    assert limit.wait("other", "10.0.0.3") > 0
    limit.tried("lea", "10.0.0.4")
    limit.succeeded("lea", "10.0.0.4")
    assert limit._failures.get(("both", "lea", "10.0.0.4")) is None
