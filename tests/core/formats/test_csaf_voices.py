from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.formats.csaf_voices import LONGEST, author, voice


@pytest.mark.parametrize(
    ("namespace", "name", "called"),
    [
        ("https://www.cisa.gov/", "CISA", "cisa"),
        ("https://wwww.cisco.com", "Cisco", "cisco"),
        ("https://security.paloaltonetworks.com", "Palo Alto Networks", "palo_alto"),
        ("https://msrc.microsoft.com", "", "microsoft"),
        ("https://www.bsi.bund.de/", "BSI", "bsi"),
        ("https://www.jpcert.or.jp", "JPCERT/CC", "jpcert"),
        ("https://example.co.uk", "", "example"),
        ("https://kasumi.example:8443/x", "", "kasumi"),
        ("https://localhost", "Kasumi K.K.", "kasumi-k.k."),
        ("", "Kasumi  Networks", "kasumi-networks"),
        ("https://[", "Kasumi", "kasumi"),
        ("", "カスミ", "カスミ"),
        ("", "", "unknown"),
    ],
)
def test_a_publisher_is_called_by_its_domain(namespace, name, called):
    assert voice(namespace, name) == called


@pytest.mark.parametrize(
    ("source", "who"),
    [
        (None, "kasumi"),
        ("", "kasumi"),
        ("https://nvd.nist.gov/vuln/detail/CVE-2024-99990001", "nvd@nist.gov"),
        ("NVD", "nvd@nist.gov"),
        ("IPA", "ipa"),
        ("https://www.cisa.gov/x", "cisa"),
    ],
)
def test_a_metric_is_its_sources(source, who):
    assert author(source, "kasumi") == who


@given(st.text(max_size=80), st.text(max_size=80))
def test_whoever_publishes_has_a_short_name(namespace, name):
    assert 0 < len(voice(namespace, name)) <= LONGEST
    assert " " not in voice(namespace, name)
