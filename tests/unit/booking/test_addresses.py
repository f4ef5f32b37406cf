"""Which addresses a calendar may be read from."""

import pytest

from services.booking.adapters.addresses import is_public


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1", "93.184.216.34", "198.51.99.1", "2606:4700::1111", "2a00:1450:4001::200e",
        "::ffff:1.1.1.1",  # IPv4 in IPv6's clothes
        "2002:101:101::1",  # 6to4 of 1.1.1.1
        "64:ff9b::101:101",  # NAT64 of 1.1.1.1
    ],
)  # fmt: skip
def test_the_open_internet_may_be_asked(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "::1",
        "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12:3456::1",
        "169.254.1.1", "fe80::1", "fe80::1%eth0", "fec0::1",
        "0.0.0.0", "0.1.2.3", "::",
        "224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1",
        "240.0.0.1", "255.255.255.255",
        "192.0.0.1", "192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "2001:db8::1",
        "100.64.0.1", "192.88.99.1",
        "169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192",  # metadata
        "fd00:ec2::254",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1",
        "::127.0.0.1", "::7f00:1",
        "2002:7f00:1::1", "2002:a00:1::1", "2002:a9fe:a9fe::1",  # 6to4 of closed ones
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::a00:1",  # NAT64 of closed ones
        "64:ff9b:1::1.1.1.1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # inner NAT64, Teredo
    ],
)  # fmt: skip
def test_what_is_not_open_to_anyone_may_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "0x7f.0.0.1", "1.2.3.4.5"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        is_public(text)
