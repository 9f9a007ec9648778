"""Calls: signed, and made to an address that somebody else chose.

The connection goes to an address that was checked (`noroshi.edge.connecting`). Redirects are not
followed, proxies of the environment are not used, the body of the answer is not read.
"""

from __future__ import annotations

import datetime as dt
import ssl

import httpx2

from noroshi.core.addresses import Place, Reach, place
from noroshi.core.outgoing import Arrived, Failed, Outcome, Rejected, Trouble
from noroshi.core.webhooks import signature
from noroshi.edge.connecting import (
    Line,
    Resolve,
    addresses,
    asked_to_wait,
    checked,
    is_trust,
    numeric,
    public_trust,
)
from noroshi.edge.outbound.wording import payload
from noroshi.hub.dispatch.contents import Call

TIMEOUT = httpx2.Timeout(10, connect=5)
DEADLINE = 20.0
"""Seconds after which a call is cut, however busily the other side drips its answer."""


class Caller:
    """Makes calls, several at once if need be. ``trust``: whose certificates are believed."""

    def __init__(
        self, *, reach: Reach, trust: ssl.SSLContext | None = None, resolve: Resolve = addresses
    ) -> None:
        self._reach = reach
        self._trust = trust or public_trust()
        self._resolve = resolve

    def call(self, call: Call, *, site: str, now: dt.datetime) -> Outcome:
        """Make one call; return what became of it."""
        where = place(call.url, self._reach)
        if where is None:
            return Failed(Trouble.NOT_PUBLIC)
        try:
            found = self._resolve(where.host, where.port)
        except (OSError, UnicodeError):
            return Failed(Trouble.UNKNOWN_HOST)
        found = checked(found, self._reach)
        if not found:
            return Failed(Trouble.NOT_PUBLIC)
        body = payload(call.news, site)
        return self._post(where, found, body, _headers(call, where, body, now), now)

    def _post(
        self,
        where: Place,
        found: list[str],
        body: bytes,
        headers: dict[str, str],
        now: dt.datetime,
    ) -> Outcome:
        with Line(DEADLINE) as line, self._client() as client:
            last: Outcome = Failed(Trouble.UNREACHABLE)
            for address in found:
                try:
                    with client.stream(
                        "POST",
                        numeric(where, address),
                        content=body,
                        headers=headers,
                        extensions={"sni_hostname": where.host, "trace": line.watch},
                    ) as response:
                        return _answered(response, now)
                except httpx2.ConnectError as error:
                    last = Failed(_trouble(error))
                except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                    return Failed(Trouble.TIMEOUT if line.is_cut else _trouble(error))
            return last

    def _client(self) -> httpx2.Client:
        return httpx2.Client(
            verify=self._trust, timeout=TIMEOUT, follow_redirects=False, trust_env=False
        )


def _headers(call: Call, where: Place, body: bytes, now: dt.datetime) -> dict[str, str]:
    """Return the headers of Standard Webhooks; the id is the same in every attempt."""
    message_id, timestamp = f"msg_{call.news.uid.hex}", int(now.timestamp())
    return {
        "Host": where.authority,
        "Content-Type": "application/json",
        "User-Agent": "Noroshi",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(call.key, message_id, timestamp, body),
    }


def _answered(response: httpx2.Response, now: dt.datetime) -> Outcome:
    status = response.status_code
    if response.is_success:
        return Arrived()
    if status == httpx2.codes.GONE:
        return Rejected(Trouble.GONE, status)
    return Failed(Trouble.STATUS, status, asked_to_wait(response.headers, now))


def _trouble(error: Exception) -> Trouble:
    if isinstance(error, httpx2.TimeoutException):
        return Trouble.TIMEOUT
    return Trouble.TLS if is_trust(error) else Trouble.UNREACHABLE
