"""JVN iPedia's layouts, about an invented router; see `feed_samples`. Every sentence is ours."""

from __future__ import annotations

from typing import Any

from tests.core.formats.feed_samples import NAME, V31, V40, raw

JVNDB = "JVNDB-2024-000123"
OTHER = "CVE-2024-99990002"
CPE22 = "cpe:/o:kasumi:sr-200_firmware"
CPE = "cpe:2.3:o:kasumi:sr-200_firmware:*:*:*:*:*:*:*:*"
V30 = V31.replace("3.1", "3.0", 1)
_SPACES = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:sec="http://jvn.jp/rss/mod_sec/3.0/" '
    'xmlns:marking="http://data-marking.mitre.org/Marking-1"'
)


def related(kind: str, source: str, name: str, url: str) -> str:
    """A ``RelatedItem``."""
    return (
        f'<RelatedItem type="{kind}"><Name>{source}</Name><VulinfoID>{name}</VulinfoID>'
        f"<URL>{url}</URL></RelatedItem>"
    )


def cve(name: str) -> str:
    """A ``RelatedItem`` of the CVE list."""
    source = "Common Vulnerabilities and Exposures (CVE)"
    return related("advisory", source, name, f"https://cve.example/{name}")


RELATED = (
    related("vendor", "Kasumi", "SR-200 について", "https://kasumi.example/sa/1")
    + related("advisory", "JVN", "JVN#12345678", "https://jvn.example/12345678")
    + related("advisory", "関連文書", "CVE-2024-X を読む", "https://notes.example/1")
    + related("cwe", "JVNDB", "CWE-78", "https://jvndb.example/CWE-78")
)


def vulinfo(
    *,
    jvndb: str = JVNDB,
    overview: str = "SR-200 には、命令を実行される脆弱性が存在します。",
    versions: str = "<VersionNumber>2.4 より前のバージョン</VersionNumber>",
    cpe: str = f'<Cpe version="2.2">{CPE22}</Cpe>',
    attributes: str = "",
    cves: str = cve(NAME),
    solution: str = "[アップデートする]\n2.4 に更新してください。",
) -> str:
    """An entry of VULDEF."""
    return f"""<Vulinfo>
  <VulinfoID>{jvndb}</VulinfoID>
  <VulinfoData>
    <Title>SR-200 における OS コマンドインジェクション</Title>
    <VulinfoDescription><Overview>{overview}</Overview></VulinfoDescription>
    <Affected>
      <AffectedItem{attributes}>
        <Name>霞ネットワークス</Name>
        <ProductName>SR-200 ファームウェア</ProductName>
        {cpe}{versions}
      </AffectedItem>
    </Affected>
    <Impact>
      <Cvss version="3.0">
        <Severity type="Base">Critical</Severity><Base>9.8</Base><Vector>{V30}</Vector>
      </Cvss>
      <ImpactItem><Description>隣接機器に操作される。</Description></ImpactItem>
    </Impact>
    <Solution><SolutionItem><Description>{solution}</Description></SolutionItem></Solution>
    <Related>{RELATED}{cves}</Related>
    <Credit><CreditItem><Name>森 葵</Name></CreditItem></Credit>
    <DateFirstPublished>2024-07-09T19:00:00+09:00</DateFirstPublished>
    <DateLastUpdated>2024-07-15T21:00+09:00</DateLastUpdated>
  </VulinfoData>
</Vulinfo>"""


def vuldef(*entries: str) -> bytes:
    """A file of VULDEF."""
    return (
        '<?xml version="1.0" encoding="UTF-8" ?>\n'
        f'<VULDEF-Document version="3.2" xmlns="http://jvn.jp/vuldef/" {_SPACES} xml:lang="ja">\n'
        f"{''.join(entries)}\n<!-- end -->\n"
        "<sec:handling><marking:Marking/></sec:handling>\n"
        '<status:Status xmlns:status="http://jvndb.jvn.jp/myjvn/Status" retCd="0"/>\n'
        "</VULDEF-Document>\n"
    ).encode()


def item(name: str = NAME) -> str:
    """An item of JVNRSS."""
    return f"""<item rdf:about="https://jvndb.example/{JVNDB}.html">
  <title>SR-200 における OS コマンドインジェクション</title>
  <link>https://jvndb.example/{JVNDB}.html</link>
  <description>SR-200 には、命令を実行される脆弱性が存在します。</description>
  <sec:identifier>{JVNDB}</sec:identifier>
  <sec:references source="CVE" id="{name}">https://cve.example/{name}</sec:references>
  <sec:references id="CWE-78" title="x">https://cwe.example/78</sec:references>
  <sec:cpe version="2.2" vendor="霞ネットワークス" product="SR-200 ファームウェア">
    {CPE22}</sec:cpe>
  <sec:cvss version="3.0" score="9.8" type="Base" severity="Critical" vector="{V30}" />
  <dc:date>2024-07-15T21:00:00+09:00</dc:date>
  <dcterms:issued>2024-07-09T19:00:00+09:00</dcterms:issued>
  <dcterms:modified>2024-07-15T21:00:00+09:00</dcterms:modified>
</item>"""


def rss(*items: str) -> bytes:
    """A feed of JVNRSS."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- a feed -->\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:dcterms="http://purl.org/dc/terms/" {_SPACES} xml:lang="ja">\n'
        '<channel rdf:about="x"><title>new</title><items><rdf:Seq/></items></channel>\n'
        f"{''.join(items)}\n</rdf:RDF>"
    ).encode()


def detail() -> dict[str, Any]:
    """JVN-CSAF: one CVE id, version ranges in the extension."""
    leaf = {
        "category": "product_name",
        "name": "SR-200 ファームウェア",
        "product": {
            "product_id": "jvnpid:1.0::kasumi:sr-200",
            "name": "SR-200 ファームウェア",
            "product_identification_helper": {"cpe": CPE},
        },
    }
    return {
        "$schema": "https://jvndb.example/myjvn_vuldef_1.0.csaf.json",
        "document": _head(),
        "product_tree": {
            "branches": [{"category": "vendor", "name": "霞ネットワークス", "branches": [leaf]}]
        },
        "vulnerabilities": [_said(NAME)],
        "jvn_extension": {"affected": [_affected()], "cpeApplicability": _applicability()},
        "status": {"retCd": 0, "errMsg": ""},
    }


def _head() -> dict[str, Any]:
    return {
        "category": "myjvn_security_advisory",
        "csaf_version": "2.1",
        "lang": "ja",
        "title": "SR-200 における OS コマンドインジェクション",
        "distribution": {"tlp": {"label": "CLEAR"}},
        "notes": [{"category": "description", "text": "SR-200 に脆弱性が存在します。"}],
        "publisher": {"category": "coordinator", "name": "IPA", "namespace": "https://ipa.example"},
        "tracking": {
            "id": JVNDB,
            "status": "final",
            "initial_release_date": "2024-07-09T19:00:00+09:00",
            "current_release_date": "2024-07-15T21:00:00+09:00",
        },
        "references": [
            {
                "category": "external",
                "summary": "JVN#12345678",
                "url": "https://jvn.example/1",
                "type": "advisory",
                "source": "JVN",
            },
            {"summary": "SR-200", "url": "https://kasumi.example/sa/1", "type": "vendor"},
        ],
    }


def _said(name: str) -> dict[str, Any]:
    cvss3 = {"version": "3.0", "vectorString": V30, "baseScore": 9.8}
    cvss4 = {"version": "4.0", "vectorString": V40, "baseScore": 9.3}
    return {
        "cve": name,
        "cwes": [{"id": "CWE-78", "name": "命令", "source": "NVD"}],
        "product_status": {"known_affected": ["jvnpid:1.0::kasumi:sr-200"]},
        "threats": [{"category": "impact", "details": "隣接機器に操作される。"}],
        "remediations": [{"category": "vendor_fix", "details": "更新してください。"}],
        "metrics": [
            {"content": {"cvss_v3": cvss3, "source": "NVD", "type": "Primary"}},
            {"content": {"cvss_v4": cvss4, "source": "vendor"}},
        ],
    }


def _affected() -> dict[str, Any]:
    return {
        "vendor": "霞ネットワークス",
        "product": "SR-200 ファームウェア",
        "versions": [
            {"version": "2.0", "status": "affected", "lessThan": "2.4", "versionType": "custom"}
        ],
    }


def _applicability() -> list[dict[str, Any]]:
    own = {"vulnerable": True, "criteria": "jvnpid:1.0::kasumi:sr-200:2.0"}
    match = {
        "vulnerable": True,
        "criteria": CPE,
        "versionStartIncluding": "2.0",
        "versionEndExcluding": "2.4",
    }
    return [{"nodes": [{"operator": "OR", "negate": False, "cpeMatch": [own, match]}]}]


def several() -> dict[str, Any]:
    """JVN-CSAF about two CVE ids; what is of the whole stands in a third part."""
    value = detail()
    one, two = _said(NAME), _said(OTHER)
    del one["cwes"], two["cwes"]
    value["vulnerabilities"] = [{"cwes": [{"id": "CWE-78"}, {"id": "CWE-79"}]}, one, two]
    text = f"・コマンド (CWE-78) - {NAME} ・スクリプト (CWE-79) - {OTHER}"
    value["document"]["notes"][0]["text"] = text
    return value


def stix(*details: dict[str, Any]) -> dict[str, Any]:
    """Entries in STIX."""
    return {
        "type": "bundle",
        "id": "bundle--1",
        "objects": [
            {"type": "identity", "id": "identity--1", "name": "x"},
            {"type": "jvn-jp-sdo", "id": "jvn-jp-sdo--1", "VULDEF-Document": list(details)},
        ],
        "status": {"retCd": 0},
    }


def overview() -> dict[str, Any]:
    """One entry of an overview."""
    return {
        "title": "SR-200 における OS コマンドインジェクション",
        "id": JVNDB,
        "summary": "SR-200 には、命令を実行される脆弱性が存在します。",
        "link": f"https://jvndb.example/{JVNDB}.html",
        "created": "2024-07-09T19:00:00+09:00",
        "modified": "2024-07-15T21:00:00+09:00",
        "references": [
            {"url": f"https://cve.example/{NAME}", "summary": NAME, "source": "CVE"},
            {"url": "https://notes.example/1", "summary": "CVE-2024-X と", "source": "関連文書"},
        ],
        "products": [
            {
                "vname": "霞ネットワークス",
                "pname": "SR-200 ファームウェア",
                "version": "2.0",
                "product_ids": {"cpe": CPE.replace("sr-200_", "sr-200_%28x%29_")},
            }
        ],
        "metrics": [{"content": {"cvss_v3": {"vectorString": V30, "baseScore": 9.8}}}],
        "cwes": [{"id": "CWE-78", "name": "命令", "url": "https://cwe.example/78"}],
    }


def feed(*entries: dict[str, Any]) -> dict[str, Any]:
    """An overview feed."""
    return {"$schema": "x", "feed": {"title": "x", "entry": list(entries)}, "status": {"retCd": 0}}


PAYLOADS = [
    vuldef(vulinfo(), vulinfo(cves="")),
    rss(item()),
    raw(detail()),
    raw(stix(detail(), several())),
    raw(feed(overview())),
]
