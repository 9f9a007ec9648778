"""Title, summary and sentences by grammar: the structured result in Japanese and English.

Only what the assessment holds is said, and both languages are made from the same `Outline`, so they
cannot say different things; only a title that cannot be made is a source's own, where one gives it
in that language (`core.assess.titles`). A machine's estimate is always called one (推定). No
language model is involved.
"""

from __future__ import annotations

from types import ModuleType

from noroshi.core.assess import english, japanese
from noroshi.core.assess.assessment import Assessment, Contradiction, Reason
from noroshi.core.assess.outline import Outline, clip, outline
from noroshi.core.assess.phrases import (
    CONTRADICTION_KINDS,
    FACETS,
    VOICES,
    Lang,
    phrase,
)
from noroshi.core.assess.sentences import CONTRADICTIONS, MATURITIES, REASONS
from noroshi.core.facets import State

_GRAMMARS: dict[Lang, ModuleType] = {"ja": japanese, "en": english}


def title(assessment: Assessment, lang: Lang) -> str:
    """Return one line: 「〈製品〉における〈弱点〉の脆弱性」, "〈Weakness〉 in 〈product〉"."""
    ja = lang == "ja"
    told = outline(assessment, lang)
    made: str = japanese.title(told) if ja else english.title(told)
    line = next((one.text for one in assessment.titles if one.lang == lang), made)
    if assessment.state is State.REJECTED:
        return f"【取り下げ】{line}" if ja else f"[Rejected] {line}"
    if assessment.disputed:
        return f"【係争中】{line}" if ja else f"[Disputed] {line}"
    return line


def summary(assessment: Assessment, lang: Lang) -> str:
    """Return a few sentences: what it is, how it is attacked, how bad, how likely, what to do."""
    told = outline(assessment, lang)
    sentences = [*_warnings(assessment, lang), *_told(told, lang)]
    return ("" if lang == "ja" else " ").join(sentence for sentence in sentences if sentence)


def _told(told: Outline, lang: Lang) -> list[str]:
    grammar = _GRAMMARS[lang]
    return [
        grammar.flaw(told),
        grammar.attack(told),
        grammar.severity(told),
        grammar.exploitation(told),
        grammar.fixed(told),
        grammar.trust(told),
    ]


def _warnings(assessment: Assessment, lang: Lang) -> list[str]:
    """Return what must be read first: rejected, disputed."""
    warnings = []
    if assessment.state is State.REJECTED:
        warnings.append(Reason("rejected"))
    if assessment.disputed:
        warnings.append(Reason("disputed", (("voices", ", ".join(assessment.disputed)),)))
    return [reason_text(warning, lang) for warning in warnings]


def reason_text(reason: Reason, lang: Lang) -> str:
    """Return the sentence for a reason."""
    facts = dict(reason.facts)
    code = reason.code
    if code == "contradicted" and facts["kind"] == "score":
        code = "contradicted-score"
    spoken = {name: _spoken(name, value, lang) for name, value in facts.items()}
    return phrase(REASONS, code, lang).format_map(spoken)


def contradiction_text(contradiction: Contradiction, lang: Lang) -> str:
    """Return the sentence for a contradiction, with what each voice says in quotation marks."""
    form, joint = ("{}「{}」", "、") if lang == "ja" else ("{} “{}”", "; ")
    quotes = joint.join(
        form.format(phrase(VOICES, one.voice, lang), one.text) for one in contradiction.quotes
    )
    sentence = phrase(CONTRADICTIONS, contradiction.kind.value, lang)
    return sentence.format(subject=clip(contradiction.subject), quotes=quotes)


def _spoken(name: str, value: str, lang: Lang) -> str:
    if name in {"by", "voice"}:
        return phrase(VOICES, value, lang)
    if name == "voices":
        return ", ".join(phrase(VOICES, one, lang) for one in value.split(", "))
    if name == "facet":
        return phrase(FACETS, value, lang)
    if name == "maturity":
        return phrase(MATURITIES, value, lang)
    return phrase(CONTRADICTION_KINDS, value, lang) if name == "kind" else value
