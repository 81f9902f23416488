"""Every error a person or a program can meet, as one tree.

    PrivateEditError
    ├── InputError              2  a file, option or instruction cannot be used
    │   ├── UnreadablePhoto     2  the bytes are not a picture that can be opened safely
    │   └── UnknownInstruction  2  an editor cannot do what was asked of it
    ├── NotServed               2  the proxy does not serve a request: not allowed, malformed, too much
    ├── OutputError             2  a result could not be written; nothing partial is left
    ├── NoFaceFound             3  nothing to hide, so nothing may be sent
    ├── Refused                 4  a privacy check failed before a send
    │   ├── NotSealed           4  hidden pixels would reach the outgoing bytes
    │   └── JournalUnwritable   4  a send cannot be written down
    ├── ProviderError           5  the editing service failed or answered nonsense
    │   ├── AuthenticationFailed 5  no key, or one that the service does not take
    │   ├── QuotaExceeded       5  the account has no credit left
    │   ├── RateLimited         5  too many requests; `retry_after` says how long to wait
    │   ├── ContentRefused      5  the service's moderation refused the picture or the words
    │   ├── RequestRejected     5  the service does not take the request: size, model, option
    │   ├── ServiceDown         5  the service has a fault of its own
    │   ├── Unreachable         5  there is no connection to the service
    │   ├── TimedOut            5  no answer in time
    │   ├── BadReply            5  the answer is no usable picture
    │   └── Cancelled         130  a person stopped it
    ├── CannotAlign             6  the edit came back, but the face does not fit it
    └── Missing                 8  a part of the installation is absent or altered
        ├── WeightsMissing      8  a model file is absent or has another digest
        └── ExtraMissing        8  an optional part is not installed

The number is the exit code of the command line. Every error carries ``sent``: whether anything can have
left the device when it was raised. Messages are one plain sentence and never contain picture content,
prompt text or keys.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class Sent(StrEnum):
    """Whether bytes left the device before an error was raised."""

    NO = "no"
    YES = "yes"
    UNKNOWN = "unknown"


_SENT_SENTENCES = {
    Sent.NO: "Nothing was sent.",
    Sent.YES: "The masked picture was sent.",
    Sent.UNKNOWN: "The masked picture may have been sent.",
}


class PrivateEditError(Exception):
    """Any failure PrivateEdit reports on purpose: one sentence, an exit code and what was sent."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, sent: Sent | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.knows_what_was_sent = sent is not None
        self.sent = sent or Sent.NO

    @property
    def sentence(self) -> str:
        """The message followed by what was sent, for showing to a person."""
        return f"{self.message.rstrip()} {_SENT_SENTENCES[self.sent]}"


class InputError(PrivateEditError):
    """A file, option or instruction that cannot be used as given."""

    exit_code = 2


class UnreadablePhoto(InputError):
    """Bytes that are not a picture, are damaged, or exceed the limits against decompression bombs."""


class UnknownInstruction(InputError):
    """An instruction the chosen editor cannot carry out; ``offers`` lists what it can do."""

    def __init__(self, message: str, *, offers: tuple[str, ...] = (), sent: Sent | None = None) -> None:
        super().__init__(message, sent=sent)
        self.offers = offers


class NotServed(PrivateEditError):
    """A request that the proxy does not serve as it is; nothing was sent for it.

    Attributes:
        status: of HTTP.
        code: a word for programs.
        param: which part of the request is meant, if one is.
        retry_after: seconds after which it may be tried again, if that helps.
    """

    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        code: str = "invalid_value",
        param: str | None = None,
        retry_after: int | None = None,
        sent: Sent = Sent.NO,
    ) -> None:
        super().__init__(message, sent=sent)
        self.status, self.code, self.param, self.retry_after = status, code, param, retry_after


class OutputError(PrivateEditError):
    """A result could not be written; no partial file was left behind."""

    exit_code = 2


class NoFaceFound(PrivateEditError):
    """No face was found and no mask was given, so there is nothing to protect and nothing is sent."""

    exit_code = 3


class Refused(PrivateEditError):
    """A privacy check failed; nothing was sent unless `sent` says otherwise."""

    exit_code = 4


class NotSealed(Refused):
    """Scrambling the hidden pixels changed what would leave: the payload depends on the face."""


class JournalUnwritable(Refused):
    """A send could not be written down: before it, nothing was sent; after it, `sent` tells."""


class ProviderError(PrivateEditError):
    """The editing service failed, refused, or returned something that is not a usable picture.

    Attributes:
        provider: whose fault it is, once that is known.
        request_id: what the service calls the request, if it said so.
        retry_after: seconds that the service asks to wait, if it said so.
    """

    exit_code = 5

    def __init__(self, message: str, *, sent: Sent | None = None, retry_after: float | None = None) -> None:
        super().__init__(message, sent=sent)
        self.provider: str | None = None
        self.request_id: str | None = None
        self.retry_after = retry_after


class AuthenticationFailed(ProviderError):
    """No key is known, or the service does not take it."""


class QuotaExceeded(ProviderError):
    """The account at the service has no credit left."""


class RateLimited(ProviderError):
    """Too many requests; `retry_after` says how long to wait, if the service told."""


class ContentRefused(ProviderError):
    """The service's moderation refused the picture, the words or its own result."""


class RequestRejected(ProviderError):
    """The service does not take the request: its size, model or an option."""


class ServiceDown(ProviderError):
    """The service answered that something is wrong on its side."""


class Unreachable(ProviderError):
    """There is no connection to the service."""


class TimedOut(ProviderError):
    """The service did not answer in time."""


class BadReply(ProviderError):
    """The service answered, and the answer is no usable picture."""


class Cancelled(ProviderError):
    """A person stopped the edit; `sent` tells how far it had come."""

    exit_code = 130


class CannotAlign(PrivateEditError):
    """The original face does not fit the edited picture; ``measured`` says by how much."""

    exit_code = 6

    def __init__(
        self, message: str, *, measured: dict[str, float] | None = None, sent: Sent | None = None
    ) -> None:
        super().__init__(message, sent=sent)
        self.measured = dict(measured or {})


class Missing(PrivateEditError):
    """A part of the installation is absent; the message says which command installs it."""

    exit_code = 8


class WeightsMissing(Missing):
    """A model file is absent or its digest differs from the manifest's."""


class ExtraMissing(Missing):
    """An optional part is not installed; the message names the extra."""
