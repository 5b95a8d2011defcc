"""The part of the GraphQL API that REST lacks: hiding comments."""

from typing import Any

from graphql import GraphQLError, build_schema, graphql_sync

from tests.standins.github.permissions import granted, has_role, visible
from tests.standins.github.refusals import Refused
from tests.standins.github.routing import Call, Reply, endpoint
from tests.standins.github.shapes.identifiers import node_id, number_of
from tests.standins.github.world import Comment, Repository

# An excerpt of https://docs.github.com/public/fpt/schema.docs.graphql: names, types and nullability.
_SCHEMA = build_schema("""
    interface Node { id: ID! }
    interface Minimizable {
      id: ID!
      isMinimized: Boolean!
      minimizedReason: String
      viewerCanMinimize: Boolean!
    }
    interface Actor { login: String! }
    type Bot implements Actor { login: String! }
    type User implements Actor { login: String! }
    type IssueComment implements Node & Minimizable {
      id: ID!
      databaseId: Int
      author: Actor
      body: String!
      isMinimized: Boolean!
      minimizedReason: String
      viewerCanMinimize: Boolean!
    }
    enum ReportedContentClassifiers { SPAM ABUSE OFF_TOPIC OUTDATED DUPLICATE RESOLVED LOW_QUALITY }
    input MinimizeCommentInput {
      clientMutationId: String
      subjectId: ID!
      classifier: ReportedContentClassifiers!
    }
    input UnminimizeCommentInput { clientMutationId: String subjectId: ID! }
    type MinimizeCommentPayload { clientMutationId: String minimizedComment: Minimizable }
    type UnminimizeCommentPayload { clientMutationId: String unminimizedComment: Minimizable }
    type Query { node(id: ID!): Node nodes(ids: [ID!]!): [Node]! }
    type Mutation {
      minimizeComment(input: MinimizeCommentInput!): MinimizeCommentPayload
      unminimizeComment(input: UnminimizeCommentInput!): UnminimizeCommentPayload
    }
""")


class _Nodes:
    """The root of queries and mutations for one call."""

    def __init__(self, call: Call) -> None:
        self.call = call

    def node(self, _: Any, id: str) -> dict[str, Any]:  # noqa: A002 -- GraphQL's name
        return self._shape(*self._find(id))

    def nodes(self, _: Any, ids: list[str]) -> list[dict[str, Any]]:
        return [self._shape(*self._find(each)) for each in ids]

    def minimizeComment(self, _: Any, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002, N802 -- GraphQL's names
        return self._hide(input, "minimizedComment", input["classifier"])

    def unminimizeComment(self, _: Any, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002, N802 -- GraphQL's names
        return self._hide(input, "unminimizedComment", None)

    def _hide(self, asked: dict[str, Any], key: str, classifier: str | None) -> dict[str, Any]:
        repository, comment = self._find(asked["subjectId"])
        if not self._may_hide(repository, comment):
            message = f"{self.call.login} does not have the correct permissions to execute this"
            if self.call.caller and self.call.caller.of_app:
                message = "Resource not accessible by integration"
            raise GraphQLError(message, extensions={"type": "FORBIDDEN"})
        comment.minimized = classifier and classifier.lower().replace("_", "-")
        return {
            "clientMutationId": asked.get("clientMutationId"),
            key: self._shape(repository, comment),
        }

    def _may_hide(self, repository: Repository, comment: Comment) -> bool:
        caller = self.call.caller
        assert caller is not None
        role = "write" if comment.author != caller.login else "read"
        areas = ("issues", "pull_requests")
        return granted(caller, repository, areas, "write") and has_role(repository, caller, role)

    def _find(self, node: str) -> tuple[Repository, Comment]:
        number = number_of(node, "IC")
        for repository in self.call.world.repositories.values():
            for pull in repository.pulls.values():
                for comment in pull.comments:
                    if comment.id == number and visible(repository, self.call.caller):
                        return repository, comment
        message = f"Could not resolve to a node with the global id of '{node}'"
        raise GraphQLError(message, extensions={"type": "NOT_FOUND"})

    def _shape(self, repository: Repository, comment: Comment) -> dict[str, Any]:
        kind = "Bot" if comment.author.endswith("[bot]") else "User"
        return {
            "__typename": "IssueComment",
            "id": node_id("IC", comment.id),
            "databaseId": comment.id,
            # GraphQL names a bot without the suffix that REST gives it.
            "author": {"__typename": kind, "login": comment.author.removesuffix("[bot]")},
            "body": comment.body,
            "isMinimized": comment.minimized is not None,
            "minimizedReason": comment.minimized,
            "viewerCanMinimize": self._may_hide(repository, comment),
        }


@endpoint("POST /graphql")
def graphql(call: Call):
    """Answer a query. Errors come with status 200, beside what could be answered."""
    if call.caller is None:
        raise Refused(401, "This endpoint requires you to be authenticated.")
    asked = call.body or {}
    done = graphql_sync(
        _SCHEMA, asked.get("query", ""), _Nodes(call), variable_values=asked.get("variables")
    )
    body: dict[str, Any] = {"data": done.data}
    if done.errors:
        body["errors"] = [_error(error) for error in done.errors]
    return Reply(body)


def _error(error: GraphQLError) -> dict[str, Any]:
    extensions = error.extensions or {}
    kind = {"type": extensions["type"]} if "type" in extensions else {}
    where = [{"line": x.line, "column": x.column} for x in error.locations or ()]
    return {**kind, "path": error.path, "locations": where, "message": error.message}
