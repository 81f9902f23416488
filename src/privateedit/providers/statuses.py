"""What a status of HTTP usually means, as an error that says what to do."""

from __future__ import annotations

from privateedit.errors import (
    AuthenticationFailed,
    ProviderError,
    QuotaExceeded,
    RateLimited,
    RequestRejected,
    ServiceDown,
    TimedOut,
)
from privateedit.providers.reply import Reply, dig, shown
from privateedit.providers.service import Profile


def usual_refusal(reply: Reply, profile: Profile) -> ProviderError:  # noqa: PLR0911 (a table)
    """Return the error for a reply whose status is not 2xx; nothing of its text is repeated."""
    who, code = profile.title, _code(reply)
    match reply.status:
        case 401 | 403:
            return AuthenticationFailed(f"{who} does not take the key{_where(profile)}{code}.")
        case 402:
            return QuotaExceeded(f"The account at {who} has no credit left{code}.")
        case 404 | 405 | 410:
            return RequestRejected(f"{who} has no such model or address{code}; check both.")
        case 408 | 504:
            return TimedOut(f"{who} did not finish in time{code}.")
        case 413:
            return RequestRejected(f"The picture is too large for {who}{code}; try --max-side.")
        case 429:
            return rate_limited(reply, profile)
        case status if 300 <= status < 400:
            return RequestRejected(f"{who} points to another address, which is not followed; check its URL.")
        case status if status >= 500:
            return ServiceDown(f"{who} has a fault of its own ({status}){code}; try again later.")
        case status:
            return RequestRejected(f"{who} does not take this request ({status}){code}.")


def rate_limited(reply: Reply, profile: Profile) -> RateLimited:
    """Return the error for too many requests, with the seconds to wait if they are known."""
    seconds = reply.retry_after
    when = "later" if seconds is None else f"in {seconds:.0f} s"
    return RateLimited(f"{profile.title} gets too many requests; try again {when}.", retry_after=seconds)


def _where(profile: Profile) -> str:
    return f" in {profile.key}" if profile.key else ""


def _code(reply: Reply) -> str:
    """Return a code word of the usual places, in brackets."""
    try:
        said = reply.json()
    except ProviderError:
        return ""
    for path in (("error", "code"), ("error", "status"), ("name",), ("error_type",), ("error",), ("code",)):
        if word := shown(dig(said, *path)):
            return f" [{word}]"
    return ""
