"""git LFS: where clients put large files before they commit pointers to them."""

import hashlib
from typing import Any

from werkzeug import Response

from tests.standins.hub import access, large_files
from tests.standins.hub.answers import as_json
from tests.standins.hub.call import Call, check_object
from tests.standins.hub.downloads import require_signature, storage_url
from tests.standins.hub.errors import Refused, Violation
from tests.standins.hub.revisions import ref_of
from tests.standins.hub.state import Repository


def batch(call: Call, repository: Repository) -> Response:
    """`POST /[datasets/]{id}.git/info/lfs/objects/batch`."""
    body = call.json(
        {"operation": str, "objects": list}, {"transfers": list, "ref": dict, "hash_algo": str}
    )
    if body["operation"] == "upload":
        access.require_discuss(call.visitor)
        if "ref" in body:
            ref = ref_of(repository, body["ref"]["name"])
            access.require_ref(call.visitor, repository, ref)
    elif body["operation"] == "download":
        access.require_contents(call.request, call.visitor, repository)
    else:
        raise Violation(f"LFS operation {body['operation']!r}")
    objects = [_answer(call, repository, body["operation"], each) for each in body["objects"]]
    response = as_json({"transfer": "basic", "objects": objects})
    response.content_type = "application/vnd.git-lfs+json"
    return response


def uploaded(call: Call, sha256: str) -> Response:
    """`PUT` of a large file at its signed address."""
    call.query("signature")
    require_signature(call, sha256)
    content = call.request.get_data()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Refused(400, "BadDigest")
    large_files.put(call.hub, content)
    return Response("", 200, {"ETag": f'"{sha256}"'})


def verified(call: Call, repository: Repository) -> Response:
    """`POST /[datasets/]{id}.git/info/lfs/objects/verify`, after an upload."""
    del repository
    body = call.json({"oid": str, "size": int})
    path = call.hub.large_files.get(body["oid"])
    if path is None or path.stat().st_size != body["size"]:
        raise Refused(404, "The file was not uploaded")
    return as_json({})


def _answer(
    call: Call, repository: Repository, operation: str, asked: dict[str, Any]
) -> dict[str, Any]:
    check_object(asked, {"oid": str, "size": int}, {}, "object")
    sha256 = asked["oid"]
    there = sha256 in call.hub.large_files
    if operation == "download" and not there:
        return {**asked, "error": {"code": 404, "message": "Object does not exist"}}
    href = {"href": storage_url(call, sha256), "header": {}}
    if operation == "download":
        return {**asked, "authenticated": True, "actions": {"download": href}}
    if there:
        return {**asked, "authenticated": True}
    verify = f"{call.base}/{repository.url_path}.git/info/lfs/objects/verify"
    actions = {"upload": href, "verify": {"href": verify, "header": {}}}
    return {**asked, "authenticated": True, "actions": actions}
