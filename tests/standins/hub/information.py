"""`model_info` and `dataset_info`: everything the Hub says about a repository at a revision."""

import json
from typing import Any

from werkzeug import Response

from tests.standins.hub import evaluations, scans, weights
from tests.standins.hub.answers import as_json, moment
from tests.standins.hub.call import Call
from tests.standins.hub.card import front_matter
from tests.standins.hub.contents import File, text_of
from tests.standins.hub.contents import files as files_of
from tests.standins.hub.errors import Refused
from tests.standins.hub.revisions import commit_of, shown
from tests.standins.hub.state import BEGINNING, MAIN, Repository

_ALWAYS = ("_id", "id")
_ON_REQUEST = ("evalResults", "baseModels", "downloadsAllTime", "trendingScore", "childrenModelCount",
               "gguf", "inferenceProviderMapping", "resourceGroup", "mask_token", "mainSize",
               "paperswithcode_id", "citation", "description")  # fmt: skip


def info(call: Call, repository: Repository, rev: str = "main") -> Response:
    """`GET /api/models/{id}[/revision/{rev}]`, the same for datasets."""
    query = call.query("blobs", "securityStatus", "expand")
    commit = commit_of(repository, rev)
    facts = _facts(call, repository, commit)
    facts["sha"] = shown(repository, commit, rev)
    facts["siblings"] = [
        _sibling(file, metadata=call.flag("blobs"))
        for file in files_of(repository, commit).values()
    ]
    if call.flag("securityStatus"):
        facts["securityRepoStatus"] = scans.repository_status(repository)
    wanted = query.getlist("expand")
    if not wanted:
        kept = {k: v for k, v in facts.items() if v is not None and k not in _ON_REQUEST}
        return as_json(kept)
    if unknown := set(wanted) - set(facts):
        raise Refused(400, f'"expand" must be one of [{", ".join(facts)}], not {sorted(unknown)}')
    return as_json({k: facts[k] for k in (*_ALWAYS, *wanted) if facts[k] is not None})


def _facts(call: Call, repository: Repository, commit: str) -> dict[str, Any]:
    card = front_matter((text_of(repository, commit, "README.md") or b"").decode(errors="replace"))
    common = {
        "_id": f"{repository.name.replace('/', '-'):0>24.24}",
        "id": repository.name,
        "author": repository.owner,
        "sha": "",
        "lastModified": moment(repository.dates.get(commit, BEGINNING)),
        "createdAt": moment(BEGINNING),
        "private": repository.private,
        "gated": repository.gated,
        "disabled": False,
        "downloads": 0,
        "downloadsAllTime": 0,
        "likes": 0,
        "trendingScore": 0,
        "tags": _tags(repository, card),
        "cardData": json.loads(json.dumps(card, default=str)) or None,
        "siblings": [],
        "usedStorage": sum(file.size for file in files_of(repository, commit).values()),
        "resourceGroup": None,
    }
    special = _of_model if repository.kind == "model" else _of_dataset
    return {**common, **special(call, repository, commit, card)}


def _of_model(
    call: Call, repository: Repository, commit: str, card: dict[str, Any]
) -> dict[str, Any]:
    config = _json(repository, commit, "config.json")
    tokenizer = _json(repository, commit, "tokenizer_config.json")
    known = {
        key: config[key] for key in ("architectures", "model_type", "auto_map") if key in config
    }
    return {
        "modelId": repository.name,
        "config": {**known, **({"tokenizer_config": {}} if tokenizer else {})} or None,
        "library_name": card.get("library_name"),
        "pipeline_tag": card.get("pipeline_tag"),
        "mask_token": tokenizer.get("mask_token"),
        "model-index": card.get("model-index"),
        "transformersInfo": {"auto_model": "AutoModel"} if config else None,
        "safetensors": weights.parameters(call.hub, repository, commit),
        "spaces": [],
        "widgetData": None,
        "inference": None,
        "inferenceProviderMapping": None,
        "gguf": None,
        "baseModels": None,
        "childrenModelCount": 0,
        "evalResults": evaluations.stated(repository, commit_of(repository, MAIN)),
    }


def _of_dataset(
    call: Call, repository: Repository, commit: str, card: dict[str, Any]
) -> dict[str, Any]:
    del call
    size = sum(file.size for file in files_of(repository, commit).values())
    return {
        "description": card.get("pretty_name", ""),
        "citation": None,
        "paperswithcode_id": None,
        "mainSize": size,
    }


def _sibling(file: File, *, metadata: bool) -> dict[str, Any]:
    if not metadata:
        return {"rfilename": file.path}
    facts: dict[str, Any] = {"rfilename": file.path, "blobId": file.blob, "size": file.size}
    if file.pointer:
        facts["lfs"] = {
            "sha256": file.pointer.sha256,
            "size": file.size,
            "pointerSize": file.pointer_size,
        }
    return facts


def _tags(repository: Repository, card: dict[str, Any]) -> list[str]:
    def several(name: str) -> list[str]:
        value = card.get(name)
        return [str(v) for v in (value if isinstance(value, list) else [value]) if v is not None]

    bases = [f"base_model:{model}" for model in several("base_model")]
    datasets = [f"dataset:{dataset}" for dataset in several("datasets")]
    licenses = [f"license:{name}" for name in several("license")]
    found = [*several("library_name"), *several("tags"), *several("language"), *datasets, *bases]
    return list(dict.fromkeys([*found, *licenses, *([] if repository.private else ["region:us"])]))


def _json(repository: Repository, commit: str, path: str) -> dict[str, Any]:
    try:
        value = json.loads(text_of(repository, commit, path) or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
