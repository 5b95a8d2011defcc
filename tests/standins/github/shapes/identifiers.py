"""Global node ids, which the GraphQL API takes for any object."""

from base64 import urlsafe_b64decode, urlsafe_b64encode


def node_id(kind: str, number: int | str) -> str:
    """An opaque id such as `IC_…`."""
    return f"{kind}_{urlsafe_b64encode(str(number).encode()).decode().rstrip('=')}"


def number_of(node: str, kind: str) -> int | None:
    """The number within a node id; None where it is none of that kind."""
    prefix, _, rest = node.partition("_")
    if prefix != kind:
        return None
    try:
        return int(urlsafe_b64decode(rest + "=" * (-len(rest) % 4)))
    except ValueError:
        return None
