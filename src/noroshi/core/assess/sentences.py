"""Sentences for each reason and each contradiction, in Japanese and English.

``{voice}``, ``{voices}`` and ``{by}`` are filled with names for people, ``{facet}`` and ``{kind}``
with the words of `core.assess.phrases`, ``{maturity}`` with those of `MATURITIES`; all other places
with the facts as they are.
"""

from __future__ import annotations

REASONS: dict[str, tuple[str, str]] = {
    # exploitation
    "listed": (
        "{by} に、{since} から悪用が確認された脆弱性として掲載されています。",
        "{by} lists it as known to be exploited since {since}.",
    ),
    "ssvc-active": (
        "{by} は、攻撃での悪用があると判断しています(SSVC: active)。",
        "{by} judges that it is used in attacks (SSVC: active).",
    ),
    "ssvc-poc": (
        "{by} は、実証コードが公開されていると判断しています(SSVC: poc)。",
        "{by} judges that a proof of concept is public (SSVC: poc).",
    ),
    "ssvc-none": (
        "{by} は、悪用も実証コードも把握していません(SSVC: none)。",
        "{by} knows of neither attacks nor a proof of concept (SSVC: none).",
    ),
    "exploit-poc": (
        "{by} に{maturity} {name}({since} 付)が掲載されています(全 {count} 件)。",
        "{by} lists {maturity}: {name}, dated {since} ({count} in all).",
    ),
    "exploit-poc-undated": (
        "{by} に{maturity} {name} が掲載されています(全 {count} 件)。",
        "{by} lists {maturity}: {name} ({count} in all).",
    ),
    "exploit-ready": (
        "{by} に、すぐに使える攻撃コード {name}({since} 付、{maturity})があります(全 {count} 件)。",
        "{by} has an exploit ready to use: {name}, dated {since}, {maturity} ({count} in all).",
    ),
    "exploit-ready-undated": (
        "{by} に、すぐに使える攻撃コード {name}({maturity})があります(全 {count} 件)。",
        "{by} has an exploit ready to use: {name}, {maturity} ({count} in all).",
    ),
    "exploit-check": (
        "{by} に、有無を調べる検査 {name} があります(全 {count} 件)。攻撃コードではありません。",
        "{by} has a check that finds it: {name} ({count} in all). A check is no exploit.",
    ),
    "exploit-reference": (
        "攻撃コードとされる参照先が {count} 件あります。",
        "{count} of its references are tagged as exploits.",
    ),
    "epss": (
        "EPSS は、30 日以内に悪用される確率を {probability} と推定しています({date} 時点)。",
        "EPSS estimates a probability of {probability} of attacks within 30 days (as of {date}).",
    ),
    "no-word-of-attacks": (
        "悪用について述べた情報源はありません。",
        "No source says anything about attacks.",
    ),
    # reliability
    "rejected": (
        "この識別番号は登録機関によって取り下げられています。",
        "The registry has rejected this identifier.",
    ),
    "disputed": (
        "{voices} が、脆弱性であることに異議を唱えています。",
        "{voices} disputes that this is a vulnerability.",
    ),
    "contradicted": (
        "{kind}について、情報源の間に食い違いがあります。",
        "The sources contradict each other on {kind}.",
    ),
    "contradicted-score": (
        "基本値が、添えられたベクタから計算した値と一致しない情報源があります。",
        "A source states a score that its own vector does not give.",
    ),
    "confirmed": (
        "{facet}は、互いに独立した {count} つの情報源で一致しています。",
        "{count} independent sources agree on the {facet}.",
    ),
    "single-voice": (
        "内容を述べているのは {voice} だけで、他の情報源による確認はありません。",
        "Only {voice} describes it; no other source has confirmed it.",
    ),
    "copies": (
        "{voices} は他の情報源の内容を転載しているため、確認としては数えていません。",
        "{voices} repeats what another source says and is not counted as a confirmation.",
    ),
    "nothing-stated": (
        "判断の材料となる内容がまだ公表されていません。",
        "Nothing that could be judged has been published yet.",
    ),
    "source": (
        "最も信頼できる情報源は {voice} です(評価 {letter})。",
        "The most reliable source is {voice} (rated {letter}).",
    ),
    "first-hand": (
        "製品の提供元である {voice} が自ら公表しています。",
        "{voice}, who makes the product, published it.",
    ),
    "detail": (
        "深刻度・弱点・製品・説明文の {asked} 項目のうち {stated} 項目が示されています。",
        "{stated} of {asked} facets (severity, weakness, products, description) are stated.",
    ),
}
"""Code of a `Reason` → (Japanese, English)."""

CONTRADICTIONS: dict[str, tuple[str, str]] = {
    "state": (
        "識別番号の状態が情報源によって異なります: {quotes}。",
        "The sources give the identifier different states: {quotes}.",
    ),
    "severity": (
        "{subject} の深刻度が情報源によって異なります: {quotes}。",
        "The sources rate the severity differently in {subject}: {quotes}.",
    ),
    "score": (
        "{subject} の基本値とベクタが一致しません: {quotes}。",
        "Score and vector do not match in {subject}: {quotes}.",
    ),
    "weakness": (
        "弱点の種類に共通するものがありません: {quotes}。",
        "The sources have no weakness in common: {quotes}.",
    ),
    "ranges": (
        "{subject} の影響を受けるバージョンが情報源によって異なります: {quotes}。",
        "The sources give different affected versions of {subject}: {quotes}.",
    ),
    "affected": (
        "{subject} が影響を受けるかどうかで、情報源の見解が分かれています: {quotes}。",
        "The sources disagree whether {subject} is affected: {quotes}.",
    ),
    "exploited": (
        "悪用の有無について、情報源の見解が分かれています: {quotes}。",
        "The sources disagree whether it is exploited: {quotes}.",
    ),
}
"""Kind of a `Contradiction` → (Japanese, English)."""

MATURITIES: dict[str, tuple[str, str]] = {
    "poc": ("実証コード", "a proof of concept"),
    "functional": ("動作する段階", "working"),
    "high": ("安定して動作する段階", "working reliably"),
}
"""`Maturity` of an exploit, as it stands in its sentences → (Japanese, English)."""
