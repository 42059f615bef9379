"""Tells an address how a run ended: one POST of JSON, repeated a little where that may help.

    Notice -> POST -> "" or why it did not go

The address is a secret, as chat services put a token into its path: messages name its host only. It is the choice of
who runs the command, so it may be a private one. A redirect is not followed: it would carry the notice to an address
that nobody chose.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import aiohttp

from bulkgen.clock import Clock
from bulkgen.engine.transport import environment_proxy
from bulkgen.engine.trust import trusted
from bulkgen.notice import Notice

# A notice is of use for minutes, and a cron job is to end: after three tries and some seconds it is given up.
ATTEMPTS = 3
TIMEOUT_SECONDS = 10.0
PAUSES_SECONDS = (1.0, 5.0)


async def notify(
    url: str, notice: Notice, clock: Clock, *, attempts: int = ATTEMPTS, timeout_seconds: float = TIMEOUT_SECONDS
) -> str:
    """Send the notice. Why it did not arrive, "" where it did; never raises for what the network does."""
    timeout = aiohttp.ClientTimeout(total=timeout_seconds)
    connector = aiohttp.TCPConnector(ssl=trusted(url))
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, proxy=environment_proxy(url), headers={"User-Agent": "bulkgen"}
    ) as session:
        for attempt in range(attempts):
            why, is_over = await _attempt(session, url, notice)
            if is_over:
                break
            if attempt + 1 < attempts:
                await clock.sleep(PAUSES_SECONDS[min(attempt, len(PAUSES_SECONDS) - 1)])
    return f"{urlsplit(url).hostname} was not told how the run ended: {why}" if why else ""


async def _attempt(session: aiohttp.ClientSession, url: str, notice: Notice) -> tuple[str, bool]:
    """(why it did not go, whether that is the end of it)."""
    try:
        async with session.post(url, json=notice.to_json(), allow_redirects=False) as response:
            if response.ok:
                return ("", True) if response.status < 300 else ("it wants to be called elsewhere (a redirect)", True)
            return f"it answered HTTP {response.status}", response.status < 500
    except (aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError):
        return "its certificate is not trusted", True
    except TimeoutError:
        return f"no answer within {session.timeout.total:g} s", False
    except (aiohttp.ClientError, OSError, asyncio.IncompleteReadError):
        return "no connection, or no whole answer", False
