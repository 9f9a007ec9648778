"""Settings that hold several addresses with names, and the logins for them."""

from __future__ import annotations

import msgspec
import pytest
from django.conf import settings

from noroshi.core.errors import MisconfiguredError
from noroshi.edge.feeds.sources.misp import Misp
from noroshi.edge.feeds.sources.rss import Rss
from noroshi.edge.feeds.sources.taxii import Taxii
from noroshi.run import pulling
from noroshi.run.configuration import load

ONE, TWO = "https://kasumi.example/news.xml", "https://nagomi.example/x?y=z"


@pytest.fixture
def environment(tmp_path):
    return {"NOROSHI_DATA": str(tmp_path / "data")}


@pytest.mark.parametrize("name", ["feed_rss", "feed_misp", "feed_taxii"])
def test_several_addresses_stand_in_one_setting(environment, name):
    written = f"kasumi={ONE}\n  nagomi-2={TWO}"
    found = getattr(load({**environment, f"NOROSHI_{name.upper()}": written}), name)
    assert found == (("kasumi", ONE), ("nagomi-2", TWO))
    assert getattr(load(environment), name) == ()


@pytest.mark.parametrize(
    "written",
    [
        ONE,
        f"={ONE}",
        "kasumi=",
        f"Kasumi={ONE}",
        f"../x={ONE}",
        f"kasumi={ONE} kasumi={TWO}",
        "kasumi=http://kasumi.example/",
        "kasumi=https://10.0.0.1/",
        "kasumi=https://user:password@kasumi.example/",
        "kasumi=file:///etc/passwd",
    ],
)
@pytest.mark.parametrize("name", ["feed_rss", "feed_misp", "feed_taxii"])
def test_an_address_that_cannot_be_asked_names_its_setting(environment, name, written):
    with pytest.raises(MisconfiguredError) as caught:
        load({**environment, f"NOROSHI_{name.upper()}": written})
    assert caught.value.facts["setting"] == name


@pytest.mark.parametrize(
    ("login", "sent"),
    [
        ("basic:noroshi:correct%20horse", "Basic bm9yb3NoaTpjb3JyZWN0IGhvcnNl"),
        ("basic:noroshi:a:b=c", "Basic bm9yb3NoaTphOmI9Yw=="),
        ("basic:noroshi:", "Basic bm9yb3NoaTo="),
        ("bearer:abc.def=", "Bearer abc.def="),
    ],
)
def test_a_login_becomes_what_is_sent(environment, login, sent):
    found = load(
        {
            **environment,
            "NOROSHI_FEED_TAXII": f"sector={ONE}",
            "NOROSHI_TAXII_LOGINS": f"sector={login}",
        }
    )
    assert found.taxii_logins == {"sector": sent}


@pytest.mark.parametrize(
    "written",
    [
        "geheim",
        "other=bearer:geheim",
        "sector=geheim",
        "sector=digest:geheim:x",
        "sector=basic:geheim",
        "sector=basic::geheim",
        "sector=bearer:",
        "sector=bearer:geheim%0d%0aX-Other:%20y",
        "sector=bearer:x sector=bearer:geheim",
    ],
)
def test_a_login_that_cannot_be_used_is_never_repeated(environment, written):
    with pytest.raises(MisconfiguredError) as caught:
        load(
            {
                **environment,
                "NOROSHI_FEED_TAXII": f"sector={ONE}",
                "NOROSHI_TAXII_LOGINS": written,
            }
        )
    assert caught.value.facts["setting"] == "taxii_logins"
    assert "geheim" not in str(caught.value)


def test_the_settings_reach_the_feeds(monkeypatch):
    given = (("kasumi", ONE),)
    logins = {"kasumi": "Bearer x"}
    more = {"feed_rss": given, "feed_misp": given, "feed_taxii": given, "taxii_logins": logins}
    changed = msgspec.structs.replace(settings.NOROSHI, **more)
    monkeypatch.setattr(settings, "NOROSHI", changed)
    assert pulling.feed_named("rss") == Rss(given)
    assert pulling.feed_named("misp") == Misp(given)
    assert pulling.feed_named("taxii") == Taxii(given, logins)
    assert pulling.feed_named("rss").hosts == {"kasumi.example"}
