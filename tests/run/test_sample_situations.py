"""The situations that the built-in sample is there to show, looked up by hand.

Nothing of the product's own version order or matching is used here: the ranges are read from the
raw records, and versions are compared as lists of numbers.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from noroshi.core.components import Component
from noroshi.core.formats import sbom
from noroshi.run import sample

FOLDER = Path(sample.__file__).parent


def numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


def running(system: str, name: str) -> str:
    """Return the version of the component called ``name`` in that system's inventory."""
    found = [component for component in components(system) if component.name == name]
    assert len(found) == 1, (system, name)
    return found[0].version or ""


def components(system: str) -> tuple[Component, ...]:
    (path,) = (FOLDER / "sboms").glob(f"{system}.*")
    return sbom.read(path.read_bytes()).components


def cve5(name: str) -> Any:
    for line in (FOLDER / "feeds" / "cve5.jsonl").read_bytes().splitlines():
        record = json.loads(line)
        if record["cveMetadata"]["cveId"] == name:
            return record
    raise AssertionError(name)


def nvd(name: str) -> Any:
    for line in (FOLDER / "feeds" / "nvd.jsonl").read_bytes().splitlines():
        cve = json.loads(line)["cve"]
        if cve["id"] == name:
            return cve
    raise AssertionError(name)


def versions(container: Any, product: str) -> list[Any]:
    """Return what a container of a CVE record says about the versions of ``product``."""
    return next(one["versions"] for one in container["affected"] if one["product"] == product)


def matches(cve: Any, product: str) -> list[Any]:
    """Return the NVD's criteria for ``part:vendor:product``."""
    return [
        match
        for configuration in cve["configurations"]
        for node in configuration["nodes"]
        for match in node["cpeMatch"]
        if match["criteria"].split(":", 2)[2].startswith(f"{product}:")
    ]


def test_a_match_in_the_middle_of_a_range():
    version = running("korpokkur-dns", "BIND 9")
    stated = versions(cve5("CVE-2024-1975")["containers"]["cna"], "BIND 9")
    assert any(
        one["status"] == "affected"
        and numbers(one["version"]) <= numbers(version) <= numbers(one["lessThanOrEqual"])
        for one in stated
        if "S" not in one["version"]
    )


def test_a_near_miss_runs_exactly_the_version_that_is_fixed():
    pan_os = versions(cve5("CVE-2024-3400")["containers"]["cna"], "PAN-OS")
    assert running("majimun-telecom-firewall", "PAN-OS") in {one.get("lessThan") for one in pan_os}
    postfix = matches(nvd("CVE-2017-10140"), "a:postfix:postfix")
    ends = {match["versionEndExcluding"] for match in postfix}
    assert running("korpokkur-mail", "postfix") in ends
    gitlab = matches(nvd("CVE-2021-22205"), "a:gitlab:gitlab")
    assert running("bakedoro-tv-newsroom", "GitLab") in {
        one["versionEndExcluding"] for one in gitlab
    }


def test_a_neighbour_of_the_near_miss_is_hit():
    version = running("azukiarai-telecom-firewall", "PAN-OS")
    pan_os = versions(cve5("CVE-2024-3400")["containers"]["cna"], "PAN-OS")
    (one,) = [one for one in pan_os if one["version"] == "10.2.0"]
    assert numbers(one["version"]) <= numbers(version) < numbers(one["lessThan"])


def test_a_system_runs_what_is_known_to_be_exploited():
    entries = json.loads((FOLDER / "feeds" / "kev.json").read_bytes())["vulnerabilities"]
    assert "CVE-2021-40438" in {entry["cveID"] for entry in entries}
    (match,) = matches(nvd("CVE-2021-40438"), "a:apache:http_server")
    version = running("bakedoro-tv-streaming", "Apache HTTP Server")
    assert numbers(version) <= numbers(match["versionEndIncluding"])


def test_a_disputed_vulnerability_touches_a_system():
    assert "disputed" in cve5("CVE-2019-10143")["containers"]["cna"]["tags"]
    (match,) = matches(nvd("CVE-2019-10143"), "a:freeradius:freeradius")
    version = running("onibi-telecom-radius", "freeradius")
    assert numbers(version) <= numbers(match["versionEndIncluding"])


def test_a_rejected_identifier_points_to_one_that_touches_a_system():
    rejected = cve5("CVE-2024-6305")
    assert rejected["cveMetadata"]["state"] == "REJECTED"
    assert rejected["containers"]["cna"]["replacedBy"] == ["CVE-2024-31111"]
    version = running("hyoryu-tv-web", "WordPress")
    stated = versions(cve5("CVE-2024-31111")["containers"]["cna"], "WordPress")
    assert any(
        numbers(one["version"]) <= numbers(version) <= numbers(one["lessThanOrEqual"])
        for one in stated
    )


def test_other_rejected_identifiers_lead_nowhere():
    for name in ("CVE-2023-45918", "CVE-2024-21683", "CVE-2024-26464"):
        record = cve5(name)
        assert record["cveMetadata"]["state"] == "REJECTED"
        assert "replacedBy" not in record["containers"]["cna"]
    assert running("onibi-telecom-monitoring", "net-snmp") == "5.9.4"


def test_sources_contradict_each_other_about_the_version_a_system_runs():
    record = cve5("CVE-2022-3996")
    version = running("yamanba-tv-api", "OpenSSL")
    (vendor,) = versions(record["containers"]["cna"], "OpenSSL")
    (publisher,) = versions(record["containers"]["adp"][0], "openssl")
    assert version == vendor["lessThanOrEqual"] == publisher["lessThan"]


def test_a_publisher_names_a_version_affected_that_the_vendor_names_fixed():
    record = cve5("CVE-2024-1737")
    version = running("tanuki-net-resolver", "BIND 9")
    ours = [
        one for one in versions(record["containers"]["cna"], "BIND 9") if "S" not in one["version"]
    ]
    theirs = versions(record["containers"]["adp"][0], "bind")

    def within(one: Any) -> bool:
        return numbers(one["version"]) <= numbers(version) <= numbers(one["lessThanOrEqual"])

    assert not any(within(one) for one in ours)
    assert any(within(one) for one in theirs if "s" not in one["lessThanOrEqual"])


def test_sources_contradict_each_other_about_severity():
    (vendor,) = cve5("CVE-2021-24018")["containers"]["cna"]["metrics"]
    (nist,) = nvd("CVE-2021-24018")["metrics"]["cvssMetricV31"]
    assert vendor["cvssV3_1"]["baseScore"] == 4.3
    assert nist["cvssData"]["baseScore"] == 8.8


def test_of_the_same_record_they_contradict_each_other_about_the_version_too():
    version = numbers(running("onibi-telecom-vpn", "FortiOS"))
    cna = cve5("CVE-2021-24018")["containers"]["cna"]
    assert [one["version"] for one in versions(cna, "Fortinet FortiOS")] == ["FortiOS before 7.0.1"]
    assert version < numbers("7.0.1")
    for match in matches(nvd("CVE-2021-24018"), "o:fortinet:fortios"):
        low = numbers(match.get("versionStartIncluding", "0"))
        assert not low <= version < numbers(match["versionEndExcluding"])


def test_firmware_counts_only_on_its_hardware():
    pairs = [one for one in nvd("CVE-2018-0665")["configurations"] if one["operator"] == "AND"]
    assert len(pairs) == 4
    (match,) = matches(nvd("CVE-2018-0665"), "o:yamaha:rtx810_firmware")
    hardware = "cpe:2.3:h:yamaha:rtx810:"
    for system, complete in (("yamanba-tv-relay", True), ("kijimuna-tv-master", False)):
        version = running(system, "RTX810 firmware")
        assert numbers(version) <= numbers(match["versionEndIncluding"])
        cpes = [cpe for component in components(system) for cpe in component.cpes]
        assert any(cpe.startswith(hardware) for cpe in cpes) is complete


def test_one_operator_runs_nothing_that_is_in_the_sample_as_vulnerable():
    systems = [
        one["sbom"].split(".")[0]
        for one in tomllib.loads((FOLDER / "systems.toml").read_text(encoding="utf-8"))["system"]
        if one["organisation"] == "mamedanuki-telecom"
    ]
    assert len(systems) == 2
    ends = upper_ends()
    for component in (one for system in systems for one in components(system)):
        for name in names(component):
            assert all(
                numbers(end) <= numbers(component.version or "") for end in ends.get(name, ())
            )


def names(component: Component) -> set[str]:
    """Return what a source may call the component: bare, as a package and as a CPE product."""
    products = {cpe.split(":")[4] for cpe in component.cpes}
    return {component.name.lower(), *products, (component.purl or "").partition("@")[0]}


def upper_ends() -> dict[str, set[str]]:
    """Return, by product name, every version before which something is affected."""
    ends: dict[str, set[str]] = {}
    for line in (FOLDER / "feeds" / "cve5.jsonl").read_bytes().splitlines():
        containers = json.loads(line)["containers"]
        for container in (containers["cna"], *containers.get("adp", ())):
            for one in container.get("affected", ()):
                name = (one.get("packageName") or one["product"]).lower()
                for version in one.get("versions", ()):
                    end = version.get("lessThan") or version.get("lessThanOrEqual")
                    ends.setdefault(name, set()).add(end or version["version"])
    for line in (FOLDER / "feeds" / "nvd.jsonl").read_bytes().splitlines():
        for configuration in json.loads(line)["cve"]["configurations"]:
            for match in (match for node in configuration["nodes"] for match in node["cpeMatch"]):
                fields = match["criteria"].split(":")
                end = match.get("versionEndExcluding") or match.get("versionEndIncluding")
                ends.setdefault(fields[4], set()).add(end or fields[5])
    return ends


def test_one_member_answers_only_after_bureau_and_hub_were_told():
    story = tomllib.loads((FOLDER / "story.toml").read_text(encoding="utf-8"))
    (notice,) = [one for one in story["notice"] if one["slug"] == "webmail"]
    answers = [
        one["after"]
        for one in story["response"]
        if (one["notice"], one["organisation"]) == ("webmail", "majimun-telecom")
    ]
    to_the_hub = 24  # hours between the bureau's turn and the hub's, as the settings have it
    assert min(answers) > notice["respond_within"] + to_the_hub
