"""A hub on 127.0.0.1 that speaks as much of the Hugging Face hub's API as its client uses: repositories with commits and branches,
downloads with ranges, uploads as git blobs and LFS objects; and that fails as it is told to.
"""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from ruamel.yaml import YAML

Files = dict[str, bytes]


@dataclass
class Repository:
    """`gate`: who asks needs a token in `readers`. `private`: the same, and others are told that there is none."""

    commits: dict[str, Files] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    gated: bool = False
    private: bool = False

    def commit(self, files: Files, branch: str = "main") -> str:
        """A new commit of these files on a branch."""
        sha = hashlib.sha1(repr((sorted(files.items()), len(self.commits))).encode()).hexdigest()
        self.commits[sha], self.branches[branch] = dict(files), sha
        return sha


@dataclass
class Fault:
    """What happens to the next `times` requests whose line matches: a status with headers, or (`cut`) a body that breaks off."""

    line: str
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    cut: int = -1


@dataclass
class Hub:
    """Its repositories by type and name, the tokens that may read what is gated or private and may write, and what it was asked."""

    port: int = 0
    repositories: dict[tuple[str, str], Repository] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=lambda: {"hf_good"})
    faults: list[Fault] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    """METHOD PATH of each."""
    agents: set[str] = field(default_factory=set)
    stored: dict[str, bytes] = field(default_factory=dict)
    """LFS objects by their SHA-256."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def add(self, name: str, files: Files, kind: str = "model", **options: bool) -> str:
        """A repository with one commit on main; returns the commit."""
        self.repositories[kind, name] = repository = Repository(**options)
        return repository.commit(files)


_RESOLVE = re.compile(r"/(datasets/)?([^/]+/[^/]+)/resolve/([^/]+)/(.+)")
_API = re.compile(
    r"/api/(model|dataset)s/([^/]+/[^/]+)(?:/(revision|tree|paths-info|preupload|commit)/([^/]+)(?:/(.*))?)?"
)
_LFS = re.compile(r"/(datasets/)?([^/]+/[^/]+)\.git/info/lfs/objects/batch")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, *_: object) -> None:
        pass

    def answer(self) -> None:  # noqa: PLR0911
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = unquote(urlsplit(self.path).path)
        line = f"{self.command} {path}"
        self.hub.requests.append(line)
        self.hub.agents.add(self.headers.get("User-Agent", ""))
        self.cut = -1
        for fault in self.hub.faults:
            if fault.times and re.search(fault.line, line):
                fault.times -= 1
                if fault.status:
                    return self.refuse(fault.status, "", **fault.headers)
                self.cut = fault.cut
                break
        if match := _RESOLVE.fullmatch(path):
            return self.resolve("dataset" if match[1] else "model", match[2], match[3], match[4])
        if match := _LFS.fullmatch(path):
            return self.batch()
        if path.startswith("/lfs/"):
            self.hub.stored[path.removeprefix("/lfs/")] = self.body
            return self.send(b"")
        if path == "/api/validate-yaml":
            header = json.loads(self.body)["content"].partition("---\n")[2].partition("\n---")[0]
            wrong = header and not isinstance(YAML(typ="safe").load(header).get("license", "other"), str)
            return self.refuse(400, "") if wrong else self.json({"errors": [], "warnings": []})
        if path == "/api/repos/create":
            return self.create()
        if match := _API.fullmatch(path):
            return self.api(*match.groups())
        return self.refuse(404, "")

    do_GET = do_HEAD = do_POST = do_PUT = answer

    @property
    def token(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def found(self, kind: str, name: str) -> Repository | None:
        """The repository, or None after a refusal."""
        repository = self.hub.repositories.get((kind, name))
        if self.token and self.token not in self.hub.tokens and self.token != "hf_stranger":
            self.refuse(401, "", **{"X-Error-Message": "Invalid credentials in Authorization header"})
        elif repository is None or (repository.private and self.token not in self.hub.tokens):
            self.refuse(404 if self.token else 401, "RepoNotFound")
        else:
            return repository
        return None

    def at(self, repository: Repository, revision: str) -> str:
        """The commit of a revision, "" after a refusal."""
        sha = repository.branches.get(revision, revision)
        if sha in repository.commits:
            return sha
        self.refuse(404, "RevisionNotFound")
        return ""

    def resolve(self, kind: str, name: str, revision: str, file: str) -> None:
        repository = self.found(kind, name)
        if repository is None or not (sha := self.at(repository, revision)):
            return None
        if repository.gated and self.token not in self.hub.tokens:
            return self.refuse(403 if self.token else 401, "GatedRepo")
        data = repository.commits[sha].get(file)
        if data is None:
            return self.refuse(404, "EntryNotFound", **{"X-Repo-Commit": sha})
        headers = {"X-Repo-Commit": sha, "ETag": f'"{hashlib.sha256(data).hexdigest()}"', "Accept-Ranges": "bytes"}
        start = int((re.match(r"bytes=(\d+)-", self.headers.get("Range", "")) or [0, 0])[1])
        if end := re.match(r"bytes=\d+-(\d+)", self.headers.get("Range", "")):
            whole, data = len(data), data[start : int(end[1]) + 1]
            return self.send(
                data, 206, **headers, **{"Content-Range": f"bytes {start}-{start + len(data) - 1}/{whole}"}
            )
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        return self.send(data[start:], 206 if start else 200, **headers)

    def api(self, kind: str, name: str, what: str | None, revision: str | None, below: str | None) -> None:  # noqa: PLR0911
        repository = self.found(kind, name)
        if repository is None:
            return None
        if what in {"preupload", "commit"}:
            if self.token not in self.hub.tokens:
                return self.refuse(403, "", **{"X-Error-Message": "You have no right to write"})
            return self.preupload() if what == "preupload" else self.commit(kind, name, repository)
        sha = self.at(repository, revision or "main") if repository.commits or revision != "main" else ""
        if not sha and repository.commits:
            return None
        files = repository.commits.get(sha, {})
        if what in {None, "revision"}:
            siblings = [{"rfilename": path} for path in files]
            return self.json({"id": name, "sha": sha, "siblings": siblings, "private": repository.private, "tags": [],
                              "gated": "auto" if repository.gated else False, "downloads": 0, "likes": 0})  # fmt: skip
        entries = [self.entry(path, data) for path, data in files.items()]
        if what == "tree":
            return self.json(self.tree(entries, f"{below}/" if below else ""))
        wanted = parse_qs(self.body.decode()).get("paths", []) or json.loads(self.body or b"{}").get("paths", [])
        return self.json([entry for entry in entries if entry["path"] in wanted])

    def tree(self, entries: list[dict[str, object]], below: str) -> list[dict[str, object]]:
        """The files and folders below one, with all that is in them where that is asked for."""
        inside = [entry for entry in entries if str(entry["path"]).startswith(below)]
        if "recursive=true" in self.path.lower():
            return inside
        names = {below + str(entry["path"])[len(below) :].partition("/")[0]: entry for entry in inside}
        return [
            entry if entry["path"] == name else {"type": "directory", "path": name, "oid": "0" * 40, "size": 0}
            for name, entry in names.items()
        ]

    def entry(self, path: str, data: bytes) -> dict[str, object]:
        return {"type": "file", "path": path, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}

    def create(self) -> None:
        if self.token not in self.hub.tokens:
            return self.refuse(403 if self.token == "hf_stranger" else 401, "")
        wanted = json.loads(self.body)
        name = f"{wanted['organization']}/{wanted['name']}" if wanted.get("organization") else f"me/{wanted['name']}"
        kind = wanted.get("type", "model")
        if (kind, name) in self.hub.repositories:
            told = {"error": "You already created this repo", "url": f"{self.hub.url}/{kind}s/{name}"}
            return self.send(json.dumps(told).encode(), 409, **{"Content-Type": "application/json"})
        private = bool(wanted.get("private") or wanted.get("visibility") == "private")
        self.hub.repositories[kind, name] = repository = Repository(private=private)
        repository.commit({".gitattributes": b"*.parquet filter=lfs\n"})
        return self.json({"url": f"{self.hub.url}/{kind}s/{name}", "id": name, "name": name})

    def preupload(self) -> None:
        files = json.loads(self.body)["files"]
        modes = [{"path": one["path"], "uploadMode": "lfs" if one["path"].endswith(".parquet") else "regular",
                  "shouldIgnore": False} for one in files]  # fmt: skip
        self.json({"files": modes})

    def batch(self) -> None:
        objects = json.loads(self.body)["objects"]
        actions = [
            {**one, "authenticated": True, "actions": {"upload": {"href": f"{self.hub.url}/lfs/{one['oid']}"}}}
            for one in objects
        ]
        self.json({"transfer": "basic", "objects": actions})

    def commit(self, kind: str, name: str, repository: Repository) -> None:
        files = dict(repository.commits[repository.branches["main"]])
        for line in self.body.decode().splitlines():
            operation = json.loads(line)
            key, value = operation["key"], operation["value"]
            if key == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif key == "lfsFile":
                files[value["path"]] = self.hub.stored[value["oid"]]
            elif key == "deletedFile":
                del files[value["path"]]
        sha = repository.commit(files)
        self.json({"commitUrl": f"{self.hub.url}/{kind}s/{name}/commit/{sha}", "commitOid": sha, "success": True})

    def json(self, value: object) -> None:
        self.send(json.dumps(value).encode(), 200, **{"Content-Type": "application/json"})

    def refuse(self, status: int, code: str, **headers: str) -> None:
        message = json.dumps({"error": headers.get("X-Error-Message", code or "refused")}).encode()
        self.send(
            message,
            status,
            **{"Content-Type": "application/json"},
            **({"X-Error-Code": code} if code else {}),
            **headers,
        )

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if self.cut >= 0:
            self.wfile.write(body[: self.cut])
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()
            return
        self.wfile.write(body)


@contextmanager
def hub_serving() -> Iterator[Hub]:
    """A running hub without repositories."""
    hub = Hub()
    handler = type("Handler", (_Handler,), {"hub": hub})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        hub.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield hub
        finally:
            server.shutdown()
