"""Settings of the environment that cannot be meant are refused by name."""

import pytest

from bot.github_api.connection import connect
from bot.service_settings import address_from, policy_from_environment
from schemas.errors import UsageError


@pytest.mark.parametrize("text", ["soon", "0", "-1", "nan", "inf"])
def test_a_setting_that_is_no_time_is_refused_by_name(text, monkeypatch):
    monkeypatch.setenv("MTEB_BOT_TIMEOUT", text)
    with pytest.raises(UsageError, match=f"MTEB_BOT_TIMEOUT is '{text}'"):
        policy_from_environment()


@pytest.mark.parametrize("token", ["ghs\nsecret", "ghs secret", "ghs_s\u20accret"])
def test_a_token_that_no_header_can_carry_is_refused_and_not_shown(token, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", token)
    with pytest.raises(UsageError, match="GITHUB_TOKEN holds characters") as caught:
        connect()
    assert "cret" not in str(caught.value)


@pytest.mark.parametrize("name", ["GITHUB_API_URL", "HF_ENDPOINT"])
@pytest.mark.parametrize(
    "address", ["api.github.com", "ftp://x", "http://", "https://[", "/x", "http://x:99999"]
)
def test_a_service_address_that_is_no_url_is_refused_by_name(name, address, monkeypatch):
    monkeypatch.setenv(name, address)
    with pytest.raises(UsageError, match=f"{name} is"):
        address_from(name, "https://example.org")
