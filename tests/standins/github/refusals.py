"""How GitHub says no."""

from typing import Any

DOCUMENTATION = "https://docs.github.com/rest"


class Refused(Exception):
    """An answer with an error status; `errors` is what a 422 lists."""

    def __init__(
        self, status: int, message: str, errors: list[dict[str, Any]] | list[str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors

    @property
    def body(self) -> dict[str, Any]:
        """The error as JSON."""
        errors = {} if self.errors is None else {"errors": self.errors}
        about = {"documentation_url": DOCUMENTATION, "status": str(self.status)}
        return {"message": self.message, **errors, **about}


def not_found() -> Refused:
    """What is not there, and what this caller is not to know of."""
    return Refused(404, "Not Found")


def invalid(resource: str, field: str, code: str, message: str | None = None) -> Refused:
    """A 422 that names one field of the request; codes: missing, missing_field, invalid, already_exists, unprocessable."""
    text = {} if message is None else {"message": message}
    error = {"resource": resource, "code": code, "field": field, **text}
    return Refused(422, "Validation Failed", [error])


def custom(resource: str, message: str) -> Refused:
    """A 422 that only a sentence explains."""
    return Refused(
        422, "Validation Failed", [{"resource": resource, "code": "custom", "message": message}]
    )


def unprocessable(message: str) -> Refused:
    """A 422 of the git database, which has nothing but a sentence."""
    return Refused(422, message)
