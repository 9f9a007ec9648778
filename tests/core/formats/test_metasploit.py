from __future__ import annotations

import datetime as dt
import json

import pytest

from noroshi.core.errors import DuplicateKey, FormatError, NotAnIdentifier, WrongShape
from noroshi.core.facets import Exploit, Maturity, Record
from noroshi.core.formats import metasploit
from tests.core.formats import feed_samples as samples
from tests.core.formats.contract.metasploit import module
from tests.core.formats.feed_samples import NAME, raw

OTHER = "CVE-2024-99990002"


def read(value):
    (document,) = samples.documents(metasploit, raw(value))
    return list(metasploit.read(document.body))


def test_a_module_is_a_record_of_its_cve():
    assert read(module()) == [
        Record(
            source="metasploit",
            external_id=f"exploit/linux/http/kasumi_sr200_ping/{NAME}",
            names=(NAME,),
            modified=dt.datetime(2024, 7, 21, 8, 38, 6, tzinfo=dt.UTC),
            exploits=(
                Exploit(
                    "metasploit",
                    "exploit/linux/http/kasumi_sr200_ping",
                    Maturity.HIGH,
                    title="Kasumi SR-200 Command Injection",
                    since=dt.date(2024, 7, 9),
                    url="https://github.com/rapid7/metasploit-framework/blob/master"
                    "/modules/exploits/linux/http/kasumi_sr200_ping.rb",
                ),
            ),
        )
    ]


def test_the_object_of_all_modules_is_split_into_them():
    other = {**module(), "fullname": "auxiliary/scanner/http/kasumi"}
    payload = raw({"exploit_a": module(), "auxiliary_b": other})
    found = samples.documents(metasploit, payload)
    assert [(one.where, one.body) for one in found] == [
        ("$.exploit_a", raw(module())),
        ("$.auxiliary_b", raw(other)),
    ]


def test_the_object_of_all_modules_may_be_printed_on_many_lines():
    payload = json.dumps({"exploit_a": module()}, indent=2).encode()
    (document,) = samples.documents(metasploit, payload)
    assert document.body in payload
    assert list(metasploit.read(document.body)) == read(module())


def test_several_lines_are_a_module_each():
    payload = raw(module()) + b"\n" + raw(module())
    assert [one.where for one in samples.documents(metasploit, payload)] == ["line 1", "line 2"]


def test_a_module_told_twice_is_an_error_behind_what_came_before():
    payload = b'{"a":%s,"b":%s,"a":%s}' % ((raw(module()),) * 3)
    *before, error = metasploit.documents(payload)
    assert len(before) == 2
    assert type(error) is DuplicateKey


@pytest.mark.parametrize(
    ("fullname", "rank", "maturity"),
    [
        ("exploit/multi/http/a", 600, Maturity.HIGH),
        ("exploit/multi/http/a", 500, Maturity.HIGH),
        ("exploit/multi/http/a", 400, Maturity.HIGH),
        ("exploit/multi/http/a", 300, Maturity.FUNCTIONAL),
        ("exploit/multi/http/a", 200, Maturity.PROOF_OF_CONCEPT),
        ("exploit/multi/http/a", 100, Maturity.PROOF_OF_CONCEPT),
        ("exploit/multi/http/a", 0, Maturity.PROOF_OF_CONCEPT),
        ("auxiliary/scanner/http/a", 300, Maturity.CHECK),
        ("auxiliary/scanner/http/a", 600, Maturity.CHECK),
        ("auxiliary/admin/http/a", 300, Maturity.FUNCTIONAL),
        ("auxiliary/dos/http/a", 300, Maturity.FUNCTIONAL),
        ("post/linux/gather/a", 300, Maturity.FUNCTIONAL),
    ],
)
def test_kind_and_rank_tell_how_far_an_exploit_has_come(fullname, rank, maturity):
    (record,) = read({**module(), "fullname": fullname, "rank": rank})
    assert record.exploits[0].maturity is maturity


def test_an_exploit_without_a_rank_is_ranked_manual():
    value = module()
    del value["rank"]
    assert read(value)[0].exploits[0].maturity is Maturity.PROOF_OF_CONCEPT


def test_a_module_that_names_several_cves_is_a_record_of_each():
    found = read({**module(), "references": [NAME, OTHER, NAME, "EDB-1"]})
    assert [record.names for record in found] == [(NAME,), (OTHER,)]


def test_a_module_without_a_cve_is_no_record_and_no_error():
    assert read({**module(), "references": ["OSVDB-1"]}) == []
    assert read({"fullname": "payload/a"}) == []


def test_an_odd_reference_is_named_and_the_good_ones_go_on():
    error, record = read({**module(), "references": ["CVE-2024", NAME]})
    assert (type(error), error.where) == (NotAnIdentifier, "$.references[0]")
    assert record.names == (NAME,)


@pytest.mark.parametrize("path", ["", "/tmp/x.rb", "/modules/a b", "modules/a.rb", "/modules/é"])
def test_an_address_is_made_of_the_path_of_a_module_only(path):
    assert read({**module(), "path": path})[0].exploits[0].url is None


@pytest.mark.parametrize("days", [{"disclosure_date": None}, {"disclosure_date": "soon"}])
def test_a_module_need_not_have_a_day(days):
    assert read({**module(), **days})[0].exploits[0].since is None


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({}, "$"),
        ({"fullname": 7}, "$.fullname"),
        ({"fullname": ""}, "$.fullname"),
        ({"fullname": "exploit"}, "$.fullname"),
        ({"fullname": "exploit/" + "x" * 100}, "$.fullname"),
        ([], "$"),
    ],
)
def test_what_is_no_module_is_one_error(value, where):
    (error,) = metasploit.read(raw(value))
    assert isinstance(error, FormatError)
    assert (type(error), error.where) == (WrongShape, where)


def test_an_object_without_modules_is_an_error():
    (error,) = metasploit.documents(b"{}")
    assert (type(error), error.where) == (WrongShape, "$")
