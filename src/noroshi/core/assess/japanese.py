"""The Japanese grammar: each part of an `Outline` as a sentence, or nothing."""

from __future__ import annotations

from noroshi.core.assess.assessment import ExploitationLevel
from noroshi.core.assess.exploits import READY
from noroshi.core.assess.outline import Outline


def title(told: Outline) -> str:
    """「〈製品〉における〈弱点〉の脆弱性」."""
    subject = _subject(told)
    if subject and told.weakness:
        return f"{subject}における{_spaced(told.weakness)}の脆弱性"
    if subject or told.weakness:
        return f"{subject or _spaced(told.weakness).lstrip()}の脆弱性"
    return f"{told.name} の脆弱性(製品・弱点の情報なし)"


def flaw(told: Outline) -> str:
    """Say which product has which weakness."""
    subject = _subject(told)
    if not subject and not told.weakness:
        return "製品と弱点は、まだどの情報源からも示されていません。"
    where = f"{subject}には、" if subject else "製品名が示されていないソフトウェアに、"
    if not told.weakness:
        return f"{where}種類の示されていない脆弱性があります。"
    number = "" if told.cwe in told.weakness else f"({told.cwe})"
    weakness = f"{told.weakness}{number}" if number else _spaced(told.weakness).lstrip()
    return f"{where}{weakness}の脆弱性があります。"


def attack(told: Outline) -> str:
    """Say from where, by whom and with what result it can be attacked."""
    if not told.reach:
        return ""
    user = "、利用者の操作を介して" if told.needs_user else ""
    result = f"、{'、'.join(told.impacts)}につながる" if told.impacts else ""
    return f"{told.reach}、{told.privileges}{user}悪用され{result}おそれがあります。"


def severity(told: Outline) -> str:
    """Say how bad it is and who says so; an estimate is called one."""
    rating = told.rating
    if rating is None:
        return "深刻度は示されていません。"
    if rating.estimated:
        return (
            f"深刻度はどの情報源からも示されておらず、「{rating.word}」"
            f"(CVSS {rating.version} 基本値 {rating.score:.1f}、"
            f"幅 {rating.low:.1f}〜{rating.high:.1f})と推定しています(推定:モデル {rating.by})。"
        )
    if rating.said:
        return (
            f"深刻度は、{rating.by} 独自の尺度で「{rating.said}」とされています"
            f"({rating.word}に相当)。CVSS のベクタを示した情報源はなく、"
            f"基本値では {rating.low:.1f}〜{rating.high:.1f} に当たります。"
        )
    return (
        f"深刻度は「{rating.word}」です"
        f"(CVSS {rating.version} 基本値 {rating.score:.1f}、{rating.by} による)。"
    )


def exploitation(told: Outline) -> str:
    """Say what is known about attacks."""
    known = told.exploitation
    parts = [_LEVELS[known.level]]
    if known.maturity in READY:
        ready = "すぐに使える攻撃コードが公開されています。"
        parts = [ready] if known.level is ExploitationLevel.POC else [*parts, ready]
    if known.ransomware:
        parts.append("ランサムウェアによる攻撃でも使われています。")
    if known.epss is not None:
        parts.append(f"EPSS による 30 日以内の悪用確率の推定値は {known.epss:.1%} です。")
    return "".join(parts)


def fixed(told: Outline) -> str:
    """Name the versions without the flaw."""
    if not told.fixed:
        return ""
    more = f"、ほか {told.more_fixed} 件" if told.more_fixed else ""
    return f"修正されたバージョンは {'、'.join(told.fixed)}{more} です。"


def trust(told: Outline) -> str:
    """Say how far the information can be trusted."""
    known = told.reliability
    confidence = "" if known.confidence is None else f"(確度 {known.confidence})"
    return f"この情報の信頼度は {known.admiralty}{confidence}です。"


_LEVELS = {
    ExploitationLevel.ACTIVE: "すでに攻撃での悪用が確認されています。",
    ExploitationLevel.POC: "実証コードまたは攻撃コードが公開されています。",
    ExploitationLevel.NONE: "悪用は把握されていません。",
    ExploitationLevel.UNKNOWN: "",
}


def _subject(told: Outline) -> str:
    """Return the product with what stands between it and a particle."""
    if not told.product:
        return ""
    return f"{told.product} など" if told.more_products else f"{told.product} "


def _spaced(text: str) -> str:
    """Put a space between Japanese and words in Latin letters, as notices do."""
    before, after = text[:1].isascii(), text[-1:].isascii()
    return f"{' ' if before else ''}{text}{' ' if after else ''}"
