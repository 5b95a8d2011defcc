"""Users, bots and the apps behind them."""

from typing import Any

from tests.standins.github.shapes.identifiers import node_id
from tests.standins.github.world import User, World

_PAGES = {
    "followers_url": "followers",
    "following_url": "following{/other_user}",
    "gists_url": "gists{/gist_id}",
    "starred_url": "starred{/owner}{/repo}",
    "subscriptions_url": "subscriptions",
    "organizations_url": "orgs",
    "repos_url": "repos",
    "events_url": "events{/privacy}",
    "received_events_url": "received_events",
}
SINCE = "2020-01-01T00:00:00Z"  # nobody's age matters


def simple_user(world: World, login: str, base: str) -> dict[str, Any]:
    """A user as other objects show them."""
    user = world.users[login]
    url = f"{base}/users/{login.replace('[', '%5B').replace(']', '%5D')}"
    slug = login.removesuffix("[bot]")
    return {
        "login": login,
        "id": user.id,
        "node_id": node_id("U", user.id),
        "avatar_url": f"{base}/avatars/u/{user.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{base}/{'apps/' if user.kind == 'Bot' else ''}{slug}",
        **{name: f"{url}/{page}" for name, page in _PAGES.items()},
        "type": user.kind,
        "site_admin": False,
        "user_view_type": "public",
    }


def public_user(world: World, user: User, base: str) -> dict[str, Any]:
    """A user's own page."""
    owned = [x for x in world.repositories.values() if x.owner == user.login and not x.private]
    return {
        **simple_user(world, user.login, base),
        "name": user.name,
        "company": None,
        "blog": "",
        "location": None,
        "email": None,
        "hireable": None,
        "bio": None,
        "twitter_username": None,
        "public_repos": len(owned),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": SINCE,
        "updated_at": SINCE,
    }


def app_of(world: World, login: str, base: str) -> dict[str, Any] | None:
    """The app that acts under a bot's login; None for a person."""
    user = world.users[login]
    if user.kind != "Bot":
        return None
    slug = login.removesuffix("[bot]")
    return {
        "id": user.id,
        "slug": slug,
        "node_id": node_id("A", user.id),
        "client_id": f"Iv1.{user.id:016x}",
        "owner": simple_user(world, "github", base),
        "name": slug.replace("-", " ").title(),
        "description": "",
        "external_url": f"{base}/apps/{slug}",
        "html_url": f"{base}/apps/{slug}",
        "created_at": SINCE,
        "updated_at": SINCE,
        "permissions": {"checks": "write", "contents": "write", "issues": "write"},
        "events": [],
    }
