"""Fetch a file of a published site the way a browser does, and return the complete response."""

import gzip
import http.client
import urllib.error
import urllib.request
import zlib
from email.message import Message
from typing import NamedTuple
from urllib.parse import quote

TIMEOUT = 30  # seconds
# Some hosts respond only if the User-Agent begins like that of a browser.
_REQUEST_HEADERS = {"Accept-Encoding": "gzip", "User-Agent": "Mozilla/5.0 (compatible; Gene)"}


class PublishedFile(NamedTuple):
    """The response of a host for one file.

    Attributes:
        path: Path relative to the address of the site.
        url: The address that was requested.
        final_url: The address after redirects.
        status: The HTTP status; 0 if there was no response.
        headers: The headers of the response.
        body: The content that was received, decompressed.
        trouble: What was wrong with the transfer, or "".
    """

    path: str
    url: str
    final_url: str
    status: int
    headers: Message
    body: bytes
    trouble: str = ""

    @property
    def media_type(self) -> str:
        """The Content-Type without parameters, in lowercase."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def is_redirected(self) -> bool:
        """Whether the request was redirected to another address."""
        return self.final_url != self.url


def fetch(base: str, path: str) -> PublishedFile:
    """Fetch one file.

    Args:
        base: Address of the site, ending with a slash.
        path: Path of the file relative to that address.
    """
    url = base + quote(path)
    request = urllib.request.Request(url, headers=_REQUEST_HEADERS)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            answer = PublishedFile(path, url, response.url, response.status, response.headers, b"")
            return _with_body(answer, response)
    except urllib.error.HTTPError as error:
        return PublishedFile(path, url, error.url or url, error.code, error.headers, b"")
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        return PublishedFile(path, url, url, 0, Message(), b"", str(reason) or "no answer")


def _with_body(answer: PublishedFile, response: http.client.HTTPResponse) -> PublishedFile:
    try:
        body = response.read()
    except http.client.IncompleteRead as error:
        return answer._replace(body=error.partial, trouble="cut off")
    except TimeoutError:
        return answer._replace(trouble="stalled")
    encoding = answer.headers.get("Content-Encoding", "identity")
    if encoding == "identity":
        return answer._replace(body=body)
    if encoding != "gzip":
        return answer._replace(
            body=body, trouble=f"compressed with {encoding}, which was not requested"
        )
    try:
        return answer._replace(body=gzip.decompress(body))
    except (OSError, EOFError, zlib.error):
        return answer._replace(body=body, trouble="declared as gzip, but not gzip-compressed")
