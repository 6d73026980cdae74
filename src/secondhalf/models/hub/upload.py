"""Uploads a data set to the hub: one commit, in which nothing of an earlier upload is left, and nothing of others is removed."""

import re
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.models.hub.client import endpoint, hub_client, is_offline, status_of, with_patience
from secondhalf.models.hub.errors import last_words

_NAME = re.compile(r"hf:(?:datasets/)?(?!datasets/)([\w.-]+/[\w.-]+)")
_OURS = re.compile(r"README\.md|\.gitattributes|dataset_info\.json|(train|validation)\.(jsonl|parquet)")


def hub_data_set(text: str) -> str:
    """ORG/NAME of hf:ORG/NAME. Raises UserError for what is none."""
    match = _NAME.fullmatch(text)
    if not match:
        raise UserError(f"{text} is no data set of a hub: write hf:ORG/NAME.")
    return match[1]


def check_upload(name: str) -> None:
    """Raises UserError where nothing can be uploaded: no client, no token, no network wanted."""
    client = hub_client()
    if is_offline():
        raise UserError(
            f"{name} cannot be uploaded while HF_HUB_OFFLINE is set: unset it, or name a folder with --out."
        )
    if not client.get_token():
        raise UserError(
            f"An upload to {endpoint()} needs a token that may write: set HF_TOKEN, or name a folder with --out."
        )


def upload_data_set(folder: Path, name: str, *, public: bool) -> str:
    """Makes the data set, private unless `public`, or takes the one that is there; returns the address of the new commit.

    Raises UserError for a data set that holds files of others, for one that everybody reads where that is not wanted, and for
    what the hub refuses.
    """
    api = hub_client().HfApi(endpoint=endpoint())
    try:
        with_patience(lambda: api.create_repo(name, repo_type="dataset", private=not public, exist_ok=True))
        existing = with_patience(lambda: api.list_repo_files(name, repo_type="dataset"))
        others = [file for file in existing if not _OURS.fullmatch(file)]
        if others:
            raise UserError(
                f"{name} at {endpoint()} holds other files ({', '.join(others[:3])}): name another data set."
            )
        # One that is there stays as open as it is, whatever was wished for it.
        if not public and not with_patience(lambda: api.repo_info(name, repo_type="dataset")).private:
            raise UserError(f"{name} at {endpoint()} is there, and public: add --public, or name another data set.")
        stale = [file for file in existing if file != ".gitattributes" and not (folder / file).is_file()]
        commit = api.upload_folder(
            repo_id=name,
            folder_path=folder,
            repo_type="dataset",
            commit_message="Pairs, by `secondhalf data`",
            delete_patterns=stale or None,
        )
    except UserError:
        raise
    except Exception as error:
        raise UserError(f"{name} could not be uploaded to {endpoint()} ({_reason(error)}).") from error
    return f"{endpoint()}/datasets/{name}/tree/{commit.oid}"


def _reason(error: Exception) -> str:
    mends = {
        401: "the token is not accepted: set HF_TOKEN to one that is valid",
        403: "the token may not write there: set HF_TOKEN to one that may, or name another ORG",
        429: "it had too many requests: try again later",
    }
    status = status_of(error)
    return f"{status}: {mends[status]}" if status in mends else last_words(error)
