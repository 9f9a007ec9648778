"""Signatures of advisories, held against the keys that their provider names."""

from __future__ import annotations

import tarfile
from collections.abc import Callable

import pytest
from pysequoia import Cert

from noroshi.core.errors import UnexpectedAnswer
from noroshi.edge.feeds.port import Answer, File, Mark
from noroshi.edge.feeds.sources import csaf
from noroshi.edge.feeds.sources.csaf_listing import Advisory
from noroshi.edge.feeds.sources.csaf_signatures import Signatures
from tests.edge.feeds.clients import Asked, client
from tests.edge.feeds.sources.worlds import Csaf, Signer
from tests.hub.sector import NOON

PROVIDER = "https://psirt.kasumi.example/.well-known/csaf/provider-metadata.json"
WHITE = "psirt.kasumi.example/.well-known/csaf/white/2026"
KEY = "https://psirt.kasumi.example/.well-known/csaf/openpgp/key.asc"
Ask = Callable[..., Asked]


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer("Kasumi PSIRT <psirt@kasumi.example>")


@pytest.fixture(params=[False, True], ids=["rolie", "folder"])
def provider(request, served, signer, monkeypatch) -> Csaf:
    monkeypatch.setattr(csaf, "PROVIDERS", (PROVIDER,))
    found = Csaf(served[0], PROVIDER, folder=request.param, signer=signer)
    found.put(range(3), NOON)
    return found


@pytest.fixture
def ask(provider, served, tmp_path) -> Ask:
    def asked(*, unsigned: bool = True) -> Asked:
        return Asked(csaf.feed(unsigned=unsigned), tmp_path, served[1], {})

    return asked


def problems(asked: Asked) -> dict[str, str]:
    return {name: error.code for step in asked.steps for name, error in step.problems}


@pytest.mark.parametrize("unsigned", [True, False])
def test_what_is_signed_by_the_provider_comes(ask, unsigned, served):
    found = ask(unsigned=unsigned)
    assert problems(found) == {}
    assert set(found.bodies) == {f"{WHITE}/ksa-{number}.json" for number in range(3)}
    assert f"{WHITE}/ksa-1.json.asc" in served[0].asked()


@pytest.mark.parametrize("unsigned", [True, False])
def test_what_somebody_else_signed_is_set_aside_and_asked_for_again(
    ask, provider, served, unsigned
):
    address = provider.address(1)
    data = served[0].files[address.removeprefix("https://")]
    served[0].put(f"{address}.asc", Signer("Somebody else").sign(data))
    found = ask(unsigned=unsigned)
    assert problems(found) == {f"{WHITE}/ksa-1.json": "wrong-signature"}
    assert f"{WHITE}/ksa-1.json" not in found.bodies
    (known,) = found.cursor.values()
    assert [one["address"] for one in known["again"]] == [address]


def test_a_signature_of_something_else_is_wrong(ask, provider, served, signer):
    served[0].put(f"{provider.address(1)}.asc", signer.sign(b"something else"))
    assert problems(ask()) == {f"{WHITE}/ksa-1.json": "wrong-signature"}


@pytest.mark.parametrize("data", [b"", b"<html>", b"-----BEGIN PGP SIGNATURE-----\n", bytes(99)])
def test_what_is_no_signature_is_a_wrong_one(ask, provider, served, data):
    served[0].put(f"{provider.address(1)}.asc", data)
    assert problems(ask()) == {f"{WHITE}/ksa-1.json": "wrong-signature"}


@pytest.mark.parametrize(
    ("unsigned", "expected"), [(True, {}), (False, {f"{WHITE}/ksa-1.json": "missing-signature"})]
)
def test_whether_one_without_a_signature_is_taken_is_for_the_settings(
    ask, provider, served, unsigned, expected
):
    del served[0].files[f"{provider.address(1)}.asc".removeprefix("https://")]
    assert problems(ask(unsigned=unsigned)) == expected


@pytest.mark.parametrize(("unsigned", "refused"), [(True, 0), (False, 3)])
def test_a_provider_without_keys_signs_nothing(served, tmp_path, monkeypatch, unsigned, refused):
    monkeypatch.setattr(csaf, "PROVIDERS", (PROVIDER,))
    Csaf(served[0], PROVIDER).put(range(3), NOON)
    found = Asked(csaf.feed(unsigned=unsigned), tmp_path, served[1], {})
    assert list(problems(found).values()) == ["missing-signature"] * refused
    assert not any(place.endswith(".asc") for place in served[0].asked())


def test_a_key_that_is_not_the_one_named_is_not_believed(ask, served):
    served[0].put(KEY, str(Signer("Somebody else").certificate).encode())
    with pytest.raises(UnexpectedAnswer, match="fingerprint"):
        ask()


@pytest.mark.parametrize("key", [b"", b"<html>", b"x" * 1_100_000], ids=["empty", "html", "large"])
def test_what_is_no_key_ends_the_pull(ask, served, key):
    served[0].put(KEY, key)
    with pytest.raises(UnexpectedAnswer):
        ask()


@pytest.mark.parametrize(("unsigned", "refused"), [(True, 0), (False, 3)])
def test_a_key_that_is_not_there_signs_nothing(ask, served, unsigned, refused):
    del served[0].files[KEY.removeprefix("https://")]
    assert len(problems(ask(unsigned=unsigned))) == refused


@pytest.mark.shared_data
def test_a_real_signature_of_a_provider_is_checked(shared_data, served, tmp_path):
    with tarfile.open(shared_data / "vectors" / "csaf-provider.tar.gz") as vectors:
        for member in vectors:
            if content := vectors.extractfile(member):
                path = tmp_path / member.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.read())
    folder = tmp_path / "csaf-provider" / "testdata" / "simple-directory-provider"
    advisory = folder / "white" / "avendor-advisory-0004.json"
    keys = Cert.split_bytes((folder / "openpgp" / "pubkey.asc").read_bytes())
    signatures = Signatures(keys, unsigned=False)
    address = "https://psirt.kasumi.example/avendor-advisory-0004.json"
    served[0].put(f"{address}.asc", advisory.with_name(f"{advisory.name}.asc").read_bytes())
    listed = Advisory(NOON, address, (), f"{address}.asc")
    answer = Answer(File(listed.name, advisory), Mark(address), address, NOON)
    with client(csaf.Csaf((address,)), tmp_path, served[1]) as asking:
        assert signatures.wrong(asking, listed, answer) is None
        changed = tmp_path / "changed.json"
        changed.write_bytes(advisory.read_bytes() + b" ")
        answer = Answer(File(listed.name, changed), Mark(address), address, NOON)
        wrong = signatures.wrong(asking, listed, answer)
    assert wrong is not None
    assert wrong.code == "wrong-signature"
