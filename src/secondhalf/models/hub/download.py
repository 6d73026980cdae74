"""Fetches what a reference names into the hub's cache, and tells the commit that a revision is."""

import os
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.models.hub.client import endpoint, hub_client, is_offline, with_patience
from secondhalf.models.hub.errors import hub_error
from secondhalf.models.hub.reference import HubReference, is_commit

# What a student or a teacher is made of; never code, never pickles.
HUB_FILES = ["*.safetensors", "*.safetensors.index.json", "config.json", "generation_config.json", "tokenizer*", "*.jinja",
             "special_tokens_map.json", "vocab.json", "vocab.txt", "merges.txt"]  # fmt: skip


def fetch(reference: HubReference) -> Path:
    """The file, or the folder of a model's files, in the cache; what is there already is not asked for again.

    Offline (HF_HUB_OFFLINE) only the cache is looked at. Raises UserError for what cannot be had, or not wholly.
    """
    client = hub_client()
    if reference.is_data and not reference.file:
        raise UserError(f"{reference} names a whole data set: add the file, such as {reference}:train.jsonl.")
    options = {"revision": reference.exact, "endpoint": endpoint(), "local_files_only": is_offline()}

    def download() -> str:
        if reference.file:
            return str(client.hf_hub_download(reference.repo, reference.file, repo_type=reference.kind, **options))
        return str(client.snapshot_download(reference.repo, allow_patterns=HUB_FILES, **options))

    try:
        return Path(with_patience(download))
    except Exception as error:
        raise hub_error(reference, error) from error


def commit_of(reference: HubReference) -> str:
    """The commit that the reference's revision is now; offline, the one in the cache.

    Raises UserError where the hub cannot tell, or the cache does not know.
    """
    if reference.commit:
        return reference.commit
    client = hub_client()
    if is_offline():
        folder = client.file_download.repo_folder_name(repo_id=reference.repo, repo_type=reference.kind)
        path = Path(client.constants.HF_HUB_CACHE, folder, "refs", reference.revision)
        if not os.path.isfile(path):
            raise hub_error(reference, FileNotFoundError())
        return _commit(reference, path.read_text("utf-8", "replace").strip())
    api = client.HfApi(endpoint=endpoint())
    try:
        info = with_patience(
            lambda: api.repo_info(reference.repo, revision=reference.revision, repo_type=reference.kind, timeout=20)
        )
    except Exception as error:
        raise hub_error(reference, error) from error
    return _commit(reference, str(info.sha))


def _commit(reference: HubReference, told: str) -> str:
    """What was told, where it is a commit: anything else would be no reference in the resolved recipe."""
    if not is_commit(told):
        raise UserError(f"{reference}: {endpoint()} tells no commit of it: name another HF_ENDPOINT, or a commit.")
    return told
