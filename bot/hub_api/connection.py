"""A connection to the Hugging Face Hub, and what its failures mean."""

from collections.abc import Callable, Iterator
from typing import TypeVar, cast

import httpx2
from huggingface_hub import HfApi, constants, hf_hub_url, set_client_factory
from huggingface_hub.errors import HfHubHTTPError, HFValidationError
from huggingface_hub.utils import build_hf_headers, get_session, logging

from bot.retry import Retrying, RetryPolicy, Trouble
from bot.service_settings import PUBLIC_HUB, address_from, policy_from_environment, token_from
from schemas.errors import CommandError
from schemas.problem import shown

Answer = TypeVar("Answer")

_FORBIDDEN, _NOT_FOUND, _TOO_MANY, _SERVER_ERROR = 403, 404, 429, 500


class HubRefused(CommandError):
    """The Hub understood a request and will not do it, now or later. `status` is HTTP's."""

    def __init__(self, status: int, message: str, fix: str) -> None:
        super().__init__(message, fix)
        self.status = status


class FileTooLarge(CommandError):
    """A file on the Hub is larger than what its reader takes."""


class _Passing(Exception):
    """Carries trouble past huggingface_hub's own retries, which would multiply with ours."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.what)
        self.trouble = trouble


class _Body(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._stream
        except httpx2.TransportError as error:
            raise _Passing(_unanswered(error)) from error

    def close(self) -> None:
        self._stream.close()


class _Transport(httpx2.HTTPTransport):
    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        try:
            response = super().handle_request(request)
        except httpx2.TransportError as error:
            raise _Passing(_unanswered(error)) from error
        if trouble := _answered(response.status_code, response.headers):
            response.close()
            raise _Passing(trouble)
        response.stream = _Body(cast(httpx2.SyncByteStream, response.stream))
        return response


class HubConnection:
    """The Hub as a token (None: anonymous) may use it. Every call of `api` goes through `read`, `repeat` or `add`."""

    def __init__(
        self, token: str | None, endpoint: str = PUBLIC_HUB, policy: RetryPolicy | None = None
    ) -> None:
        policy = policy or RetryPolicy()
        self.endpoint = endpoint
        self.token = token
        self.retrying = Retrying("the Hub", policy, trouble_of)
        self.api = HfApi(endpoint=endpoint, token=token or False)
        constants.HF_HUB_DISABLE_XET = True  # its uploads go past this transport and its policy
        logging.set_verbosity_error()  # its warnings tell of what is repeated or expected here
        set_client_factory(
            lambda: httpx2.Client(
                transport=_Transport(), follow_redirects=True, timeout=policy.timeout
            )
        )

    def read(self, call: Callable[[], Answer]) -> Answer:
        """Read something; repeated until it succeeds.

        Raises:
            HubRefused: the Hub says no.
            ServiceAtFault: no answer within the policy's tries.
        """
        return _refusing(lambda: self.retrying.repeatable(call))

    # A write that sets something to what it may already be is as safe to repeat as a read.
    repeat = read

    def add(self, call: Callable[[], Answer]) -> Answer:
        """Do a write that would add something again when repeated.

        Raises:
            MaybeApplied: the answer got lost; look before repeating.
            HubRefused: the Hub says no.
            ServiceAtFault: the Hub refused for now, too often.
        """
        return _refusing(lambda: self.retrying.once(call))

    def read_file(self, repo: str, revision: str, path: str, most_bytes: int) -> bytes | None:
        """A file's content at a revision in one request, without a cache; None where there is none.

        Raises:
            FileTooLarge: it has more than `most_bytes`.
            HubRefused, ServiceAtFault: as `read`.
        """
        url = hf_hub_url(repo, path, revision=revision, endpoint=self.endpoint)
        headers = build_hf_headers(token=self.token or False)
        return self.read(lambda: _fetch(url, headers, path, most_bytes))


def connect() -> HubConnection:
    """The connection that `HF_TOKEN` and `HF_ENDPOINT` describe.

    Raises:
        UsageError: the endpoint is no URL, or the token none that can be sent.
    """
    endpoint = address_from("HF_ENDPOINT", PUBLIC_HUB)
    return HubConnection(token_from("HF_TOKEN") or None, endpoint, policy_from_environment())


def trouble_of(error: Exception) -> Trouble | None:
    """What a failed call comes to; None where repeating it cannot help."""
    if isinstance(error, _Passing):
        return error.trouble
    if isinstance(error, ValueError) and not isinstance(error, (HfHubHTTPError, HFValidationError)):
        return Trouble("an answer that is not JSON", maybe_applied=True)
    return None


def _unanswered(error: httpx2.TransportError) -> Trouble:
    if isinstance(error, (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)):
        return Trouble("no connection", maybe_applied=False)
    return Trouble(f"no answer ({type(error).__name__})", maybe_applied=True)


def _answered(status: int, headers: httpx2.Headers) -> Trouble | None:
    after = headers.get("retry-after", "")
    wait = float(after) if after.isascii() and after.isdigit() else None
    if status >= _SERVER_ERROR:
        return Trouble(f"HTTP {status}", maybe_applied=True, asked_wait=wait)
    if status == _TOO_MANY or (status == _FORBIDDEN and wait is not None):
        return Trouble(f"HTTP {status}, rate limit", maybe_applied=False, asked_wait=wait)
    return None


def _fetch(url: str, headers: dict[str, str], path: str, most_bytes: int) -> bytes | None:
    with get_session().stream("GET", url, headers=headers) as response:
        if (
            response.status_code == _NOT_FOUND
            and response.headers.get("X-Error-Code") == "EntryNotFound"
        ):
            return None
        if response.is_error:
            raise HfHubHTTPError(f"HTTP {response.status_code}", response=response)
        content = b""
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > most_bytes:
                raise FileTooLarge(f"{shown(path)} on the Hub has more than {most_bytes:,} bytes")
    return content


def _refusing(call: Callable[[], Answer]) -> Answer:
    try:
        return call()
    except HfHubHTTPError as error:
        status = error.response.status_code
        said = error.server_message or "no reason given"
        raise HubRefused(
            status,
            f"the Hub refused (HTTP {status}): {shown(str(said), 300)}",
            "check that the token may do this, and that the repository exists",
        ) from error
