"""Which network addresses a calendar may be read from: those anyone could reach, and no other."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

_GIVEN_OUT = IPv6Network("2000::/3")
"""All that has been given out of IPv6 for the open internet."""

_NAT64 = IPv6Network("64:ff9b::/96")
_REFUSED = tuple(
    map(
        ip_network,
        (
            "100.64.0.0/10",  # shared by carriers; one cloud's metadata lives there
            "168.63.129.16/32",  # another cloud's metadata: a public address that is not public
            "192.88.99.0/24",  # relays of 6to4, no longer in use
            "192.0.0.0/24",  # for protocols; one cloud's metadata lives there
            "2001::/32",  # Teredo
            "3fff::/20",  # for documentation
        ),
    )
)


def is_public(address: str) -> bool:
    """Whether this IPv4 or IPv6 address is one of the open internet.

    Loopback, private, link-local, multicast, unspecified and reserved ones are not, nor are
    addresses of a cloud's metadata, nor IPv6 addresses that only wrap such an IPv4 address.
    Raises `ValueError` for what is no address.
    """
    found = ip_address(address.partition("%")[0])
    inner = _wrapped(found) if isinstance(found, IPv6Address) else None
    return _is_open(inner if inner is not None else found)


def _is_open(address: IPv4Address | IPv6Address) -> bool:
    closed = (
        not address.is_global,
        address.is_private,
        address.is_loopback,
        address.is_link_local,
        address.is_multicast,
        address.is_unspecified,
        address.is_reserved,
        isinstance(address, IPv6Address) and address not in _GIVEN_OUT,
        any(address in network for network in _REFUSED if network.version == address.version),
    )
    return not any(closed)


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a packet to this one would end at: mapped, 6to4 or NAT64."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
