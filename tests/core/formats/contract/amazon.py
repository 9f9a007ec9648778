"""Amazon Linux's advisories."""

from __future__ import annotations

from tests.core.formats.feed_samples import NAME


def update(name: str = NAME, kind: str = "security", advisory: str = "ALAS2023-2024-901") -> bytes:
    """An update: two packages on two architectures."""
    packages = "".join(
        f'<package arch="{arch}" epoch="{epoch}" name="{package}" release="1.amzn2023.0.2"'
        f' version="2.4"><filename>Packages/{package}-2.4-1.{arch}.rpm</filename></package>'
        for package, epoch in (("kasumid", "0"), ("kasumi-tools", "1"))
        for arch in ("x86_64", "aarch64")
    )
    return (
        f'<update author="x@kasumi.example" from="x@kasumi.example" status="final" type="{kind}"'
        f' version="1.4"><id>{advisory}</id><title>kasumid</title>'
        '<issued date="2024-07-09 10:00" /><updated date="2024-07-10 10:00" />'
        "<severity>important</severity><description>A neighbour can run commands.</description>"
        f'<references><reference href="https://cve.example/{name}" id="{name}" title=""'
        ' type="cve" /></references><pkglist><collection short="amazon-linux-2023">'
        f"<name>Amazon Linux 2023</name>{packages}</collection></pkglist></update>"
    ).encode()


def updates(*found: bytes) -> bytes:
    """The file."""
    return b'<?xml version="1.0" ?>\n<updates>' + b"\n".join(found) + b"</updates>\n"


PAYLOADS = [updates(update()), updates(update(), update("CVE-2024-99990002"))]
BAD = (updates(b"%s", b"%s", b"%s"), update())
