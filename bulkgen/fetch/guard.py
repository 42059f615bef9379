"""The address guard: which hosts we may be made to call, so that a picture's or a callback's address cannot reach into
the private network (server-side request forgery).

Layers: the scheme is http or https; every address a name resolves to is checked, and the connection is made to one of
the checked addresses, so that a name cannot mean something else a moment later; an address in the URL itself is
checked before the call; redirects are not followed here, the caller follows them through the same guard. The holes
left: a public host that itself forwards to a private one, and a proxy, which resolves names by itself.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class ForbiddenAddressError(OSError):
    """A host that the guard does not let through."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be called. Public addresses always may."""

    loopback: bool = False
    private: bool = False

    def allows(self, address: str) -> bool:
        """`address` is an IP address as text."""
        ip = _embedded(ipaddress.ip_address(address.partition("%")[0]))
        if ip.is_loopback:
            return self.loopback or self.private
        return self.private or (ip.is_global and not ip.is_multicast)

    def check_literal(self, url: URL) -> None:
        """A host that is an address goes past any resolver, so it is checked before the call.

        Old spellings (`127.1`, `2130706433`) are addresses to the system's calls, so they are to us.
        """
        host = url.host or ""
        try:
            address = host if ":" in host else socket.inet_ntoa(socket.inet_aton(host))
        except OSError:
            return
        if not self.allows(address):
            raise ForbiddenAddressError(f"{host} is not a public address")


class GuardedResolver(AbstractResolver):
    """Resolves a name to addresses that are all allowed, or refuses the name.

    `trusted` are names that the user set himself: a company's proxy has a private address, and rightly so.
    """

    def __init__(
        self, reach: Reach, resolver: AbstractResolver | None = None, trusted: frozenset[str] = frozenset()
    ) -> None:
        self._reach = reach
        self._resolver = resolver or ThreadedResolver()
        self._trusted = trusted

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        if host not in self._trusted and not all(self._reach.allows(result["host"]) for result in found):
            raise ForbiddenAddressError(f"{host} does not resolve to public addresses only")
        return found

    async def close(self) -> None:
        await self._resolver.close()


def _embedded(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that an IPv6 one stands for, in the forms that routers unwrap."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip.ipv4_mapped:
        return ip.ipv4_mapped
    if ip.sixtofour:
        return ip.sixtofour
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip
