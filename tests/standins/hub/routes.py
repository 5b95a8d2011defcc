"""Which endpoint answers which path. Paths are matched before they are decoded: refs%2Fpr%2F1 is one segment."""

from collections.abc import Callable, Iterator
from urllib.parse import unquote

from werkzeug.routing import BaseConverter, Map, PathConverter, Rule

from tests.standins.hub import (
    accounts,
    commits,
    discussions,
    downloads,
    information,
    lfs,
    pushes,
    repositories,
    trees,
)


class _Segment(BaseConverter):
    def to_python(self, value: str) -> str:
        return unquote(value)


class _Path(PathConverter):
    def to_python(self, value: str) -> str:
        return unquote(value)


_API: list[tuple[str, str, Callable[..., object]]] = [
    ("GET", "", information.info),
    ("GET", "/revision/<rev>", information.info),
    ("GET", "/tree/<rev>", trees.tree),
    ("GET", "/tree/<rev>/<path:path>", trees.tree),
    ("POST", "/paths-info/<rev>", trees.paths_info),
    ("GET", "/refs", trees.refs),
    ("GET", "/commits/<rev>", trees.commits),
    ("POST", "/preupload/<rev>", commits.preupload),
    ("POST", "/commit/<rev>", commits.commit),
    ("PUT", "/settings", repositories.settings),
    ("GET", "/auth-check", repositories.allowed),
    ("GET", "/auth-check/write", repositories.may_be_written),
    ("POST", "/branch/<rev>", repositories.branch_created),
    ("DELETE", "/branch/<rev>", repositories.branch_deleted),
    ("POST", "/tag/<rev>", repositories.tag_created),
    ("DELETE", "/tag/<rev>", repositories.tag_deleted),
    ("GET", "/discussions", discussions.listed),
    ("POST", "/discussions", discussions.opened),
    ("GET", "/discussions/<number>", discussions.detailed),
    ("POST", "/discussions/<number>/comment", discussions.commented),
    ("POST", "/discussions/<number>/comment/<comment>/edit", discussions.edited),
    ("POST", "/discussions/<number>/comment/<comment>/hide", discussions.hidden),
    ("POST", "/discussions/<number>/title", discussions.renamed),
    ("POST", "/discussions/<number>/status", discussions.status_changed),
    ("POST", "/discussions/<number>/merge", discussions.merged),
]
_PAGES: list[tuple[str, str, Callable[..., object]]] = [
    ("GET", "/resolve/<rev>/<path:path>", downloads.resolve),
    ("POST", "/info/lfs/objects/batch", lfs.batch),
    ("POST", "/info/lfs/objects/verify", lfs.verified),
    ("GET", "/info/<any(refs):git>", pushes.git_asked),
    ("POST", '/<any("git-upload-pack", "git-receive-pack"):git>', pushes.git_asked),
]


def _rules() -> Iterator[Rule]:
    yield Rule("/api/whoami-v2", methods=["GET"], endpoint=accounts.whoami)
    yield Rule("/api/repos/create", methods=["POST"], endpoint=repositories.created)
    yield Rule("/api/repos/delete", methods=["DELETE"], endpoint=repositories.deleted)
    yield Rule("/api/validate-yaml", methods=["POST"], endpoint=repositories.yaml_checked)
    yield Rule("/api/telemetry/<path:path>", methods=["HEAD"], endpoint=accounts.telemetry)
    yield Rule("/api/agent-harnesses", methods=["GET"], endpoint=accounts.harnesses)
    yield Rule("/large-files/<sha256>", methods=["GET"], endpoint=downloads.stored)
    yield Rule("/large-files/<sha256>", methods=["PUT"], endpoint=lfs.uploaded)
    for kind in ("model", "dataset"):
        at = {"kind": kind}
        where = f"/api/resolve-cache/{kind}s/<owner>/<name>/<rev>/<path:path>"
        yield Rule(where, methods=["GET"], endpoint=downloads.cached, defaults=at)
        for method, path, endpoint in _API:
            where = f"/api/{kind}s/<owner>/<name>{path}"
            yield Rule(where, methods=[method], endpoint=endpoint, defaults=at)
        for method, path, endpoint in _PAGES:
            where = f"/{'' if kind == 'model' else 'datasets/'}<owner>/<name>{path}"
            yield Rule(where, methods=[method], endpoint=endpoint, defaults=at)


ROUTES = Map(
    _rules(),
    converters={"default": _Segment, "path": _Path},
    merge_slashes=False,
    redirect_defaults=False,
    strict_slashes=True,
)
