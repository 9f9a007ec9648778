"""Addresses that our server may ask."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.addresses import Place, Reach, place, reachable

NOT_PUBLIC = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "168.63.129.16",
    "192.0.2.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
]
PUBLIC = ["1.1.1.1", "203.0.114.5", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"]


class TestPlace:
    def test_an_address_is_taken_apart(self):
        assert place("https://soc.example.jp/in?team=1", Reach.PUBLIC) == Place(
            "https", "soc.example.jp", 443, "/in?team=1"
        )

    @pytest.mark.parametrize(
        ("url", "authority"),
        [
            ("https://soc.example.jp", "soc.example.jp"),
            ("https://soc.example.jp:443/", "soc.example.jp"),
            ("https://soc.example.jp:8443/", "soc.example.jp:8443"),
            ("https://[2606:4700::1111]/", "[2606:4700::1111]"),
        ],
    )
    def test_the_host_header_names_the_port_where_it_is_not_the_usual_one(self, url, authority):
        found = place(url, Reach.PUBLIC)
        assert found is not None
        assert found.authority == authority

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "soc.example.jp",
            "http://soc.example.jp/",
            "ftp://soc.example.jp/",
            "file:///etc/passwd",
            "https://",
            "https:///in",
            "https://user:word@soc.example.jp/",
            "https://soc.example.jp/#part",
            "https://soc.example.jp:0/",
            "https://soc.example.jp:99999/",
            "https://soc.example.jp:x/",
            "https://soc..example.jp/",
            "https://情報.example.jp/",
            "https://soc.example.jp/\r\nX-Injected: 1",
            "https://soc.example.jp/ in",
            "https://soc.example.jp\\@other.example/",
            "https://[::1",
            "https://soc.example.jp/" + "x" * 500,
            # addresses in disguise
            "https://2130706433/",
            "https://0x7f000001/",
            "https://127.1/",
            "https://0177.0.0.1/",
            "https://127.0.0.1./",
        ],
    )
    def test_what_is_no_public_https_address_is_refused(self, url):
        assert place(url, Reach.PUBLIC) is None

    @pytest.mark.parametrize("address", NOT_PUBLIC)
    def test_a_literal_address_out_of_reach_is_refused(self, address):
        host = f"[{address}]" if ":" in address else address
        assert place(f"https://{host}/", Reach.PUBLIC) is None

    def test_within_our_own_network_http_will_do(self):
        found = place("http://10.0.0.7:8080/hook", Reach.ANYWHERE)
        assert found == Place("http", "10.0.0.7", 8080, "/hook")

    @given(st.text(max_size=60))
    def test_any_text_is_either_an_address_or_none(self, text):
        for url in (text, f"https://{text}/", f"https://a.example/{text}"):
            found = place(url, Reach.PUBLIC)
            assert found is None or found.scheme == "https"


class TestReachable:
    @pytest.mark.parametrize("address", NOT_PUBLIC)
    def test_what_only_our_server_reaches_is_out_of_reach(self, address):
        assert not reachable(address, Reach.PUBLIC)
        assert reachable(address, Reach.ANYWHERE)

    @pytest.mark.parametrize("address", PUBLIC)
    def test_the_public_network_is_in_reach(self, address):
        assert reachable(address, Reach.PUBLIC)

    def test_what_is_no_address_is_an_error(self):
        with pytest.raises(ValueError, match="soc"):
            reachable("soc.example.jp", Reach.PUBLIC)
