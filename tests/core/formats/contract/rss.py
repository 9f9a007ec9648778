"""RSS and Atom: a vendor's news about an invented router. Every sentence is ours."""

from __future__ import annotations

from tests.core.formats.feed_samples import NAME

OTHER = "CVE-2024-99990002"


def item(
    names: str = NAME, *, number: int = 1, text: str = "Install 2.4: commands can be run."
) -> str:
    """An item of RSS 2.0."""
    return f"""<item>
  <title>SR-200 firmware 2.4 closes {names}</title>
  <link>https://www.kasumi.example/news/{number}</link>
  <description><![CDATA[<p>{text}</p><script>x("CVE-2024-1")</script>]]></description>
  <category>Security</category>
  <dc:creator>Kasumi PSIRT</dc:creator>
  <guid isPermaLink="false">kasumi-{number}</guid>
  <pubDate>Tue, 09 Jul 2024 19:00:00 +0900</pubDate>
</item>"""


def rss(*items: str) -> bytes:
    """A feed in RSS 2.0."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- a feed with an <item> -->\n'
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>\n<title>Kasumi: news</title>\n'
        '<atom:link href="https://www.kasumi.example/news.xml" rel="self"/>\n'
        f"{''.join(items)}\n</channel>\n</rss>\n"
    ).encode()


def entry(names: str = NAME) -> str:
    """An entry of Atom."""
    return f"""<entry xml:lang="ja">
  <title>SR-200 の更新 2.4</title>
  <link rel="enclosure" href="https://files.kasumi.example/2.4.bin"/>
  <link href="https://kasumi.example/ja/2.4"/>
  <id>tag:kasumi.example,2024:2.4</id>
  <summary type="html">{names} を修正しました。&lt;b&gt;更新&lt;/b&gt;してください。</summary>
  <published>2024-07-09T10:00:00Z</published>
  <updated>2024-07-10T10:00:00+09:00</updated>
</entry>"""


def atom(*entries: str, prefix: str = "") -> bytes:
    """A feed in Atom; ``prefix``: what its elements have before their names."""
    space = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    inner = "".join(entries)
    if prefix:
        for name in ("entry", "title", "link", "id", "summary", "published", "updated"):
            inner = inner.replace(f"</{name}>", f"</{prefix}{name}>")
            for end in (" ", ">"):
                inner = inner.replace(f"<{name}{end}", f"<{prefix}{name}{end}")
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<{prefix}feed {space}='
        f'"http://www.w3.org/2005/Atom">\n{inner}\n</{prefix}feed>'
    ).encode()


RDF = f"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://kasumi.example/"><title>x</title><link>https://kasumi.example/</link>
<items><rdf:Seq><rdf:li rdf:resource="https://kasumi.example/3"/></rdf:Seq></items></channel>
<item rdf:about="https://kasumi.example/3"><title>Two at once: {NAME} and {OTHER}</title>
<link>https://kasumi.example/3</link><dc:date>2024-07-11</dc:date></item>
</rdf:RDF>""".encode()

PAYLOADS = [rss(item(), item(OTHER, number=2)), atom(entry()), RDF]
BAD = (rss("%s", "%s", "%s"), item().encode())
