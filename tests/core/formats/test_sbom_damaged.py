"""Whatever happens to the bytes: an SBOM is read or refused, and nothing else is raised."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from noroshi.core.components import InventoryDocument
from noroshi.core.errors import FormatError
from noroshi.core.formats import sbom
from tests.core.formats import sbom_samples as samples


@settings(max_examples=150, deadline=None)
@given(data=st.data(), dialect=st.sampled_from(list(samples.WRITERS)))
def test_damaged_bytes_are_read_or_refused_but_never_crash(data, dialect):
    damaged = bytearray(samples.WRITERS[dialect]())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        start = data.draw(st.integers(0, len(damaged)))
        del damaged[start : start + data.draw(st.integers(1, 400))]
    read_or_refused(bytes(damaged))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8) | st.just("pkg:npm/a@1"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "metadata",
                    "component",
                    "components",
                    "name",
                    "version",
                    "purl",
                    "cpe",
                    "type",
                    "supplier",
                    "evidence",
                    "identity",
                    "packages",
                    "externalRefs",
                    "creationInfo",
                    "relationships",
                    "documentDescribes",
                    "referenceType",
                    "referenceLocator",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None)
@given(
    members=st.dictionaries(
        st.sampled_from(["metadata", "components", "packages", "relationships", "name"]), _JSON
    ),
    head=st.sampled_from(
        [{"bomFormat": "CycloneDX", "specVersion": "1.6"}, {"spdxVersion": "SPDX-2.3"}]
    ),
)
def test_json_of_any_shape_is_read(members, head):
    read_or_refused(json.dumps({**members, **head}).encode())


@settings(max_examples=150, deadline=None)
@given(
    purl=st.text(max_size=30).map("pkg:{}".format) | st.from_regex(r"pkg:[a-z]+/[a-z@%0-9?#=/]+"),
    cpe=st.text(max_size=30).map("cpe:/a:{}".format) | st.from_regex(r"cpe:2\.3:a(:[a-z*\\-]){10}"),
)
def test_identifiers_kept_are_canonical_and_others_are_told(purl, cpe):
    component = {"name": "x", "purl": purl, "cpe": cpe}
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [component]}
    found = read_or_refused(json.dumps(document).encode())
    if found is None:
        return
    (kept,) = found.components
    assert len(found.problems) == (kept.purl is None) + (not kept.cpes)
    again = {**component, "purl": kept.purl, "cpe": next(iter(kept.cpes), None)}
    assert sbom.read(json.dumps({**document, "components": [again]}).encode()).components == (kept,)


def read_or_refused(data: bytes) -> InventoryDocument | None:
    """Read, or be refused; anything else that is raised fails the test."""
    try:
        found = sbom.read(data)
    except FormatError as error:
        str(error)  # must not fail either
        return None
    for component in found.components:
        assert 0 < len(component.name) <= 512
        assert "\0" not in "".join((component.name, component.path, *component.cpes))
    return found
