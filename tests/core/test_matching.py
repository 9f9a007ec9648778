"""What a hit of the index is worth: basis, confidence, doubt, and what is no match at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.facets import Status
from noroshi.core.identity import parse_cpe
from noroshi.core.matching import CONFIDENCE, Basis, Doubt, Hit, Verdict, judge


def cpe(update="*", edition="*", language="*", sw_edition="*", target_sw="*", target_hw="*"):
    name = f"cpe:2.3:a:kasumi:sr:1.0:{update}:{edition}:{language}:{sw_edition}:{target_sw}"
    return parse_cpe(f"{name}:{target_hw}:*")


def hit(scheme="cpe", purl_type="", status=Status.AFFECTED, *, conditional=False, **more) -> Hit:
    at = more.pop("at", (1, 0, 0))
    return Hit(scheme, purl_type, status, conditional, at, **more)


def verdict(*hits: Hit, disputed=False) -> Verdict:
    found = judge(hits, disputed=disputed)
    assert found is not None
    return found


BASES = [
    (hit("purl", "npm"), Basis.PURL, 95, Doubt.NONE),
    (hit("purl", "deb"), Basis.PURL, 95, Doubt.NONE),
    (hit(), Basis.CPE, 85, Doubt.NONE),
    (hit(purl_type="generic"), Basis.CPE, 85, Doubt.NONE),
    (hit(purl_type="npm", criteria=cpe(target_sw="node.js")), Basis.CPE_TARGET, 70, Doubt.NONE),
    (hit(purl_type="npm", criteria=cpe()), Basis.CPE_ECOSYSTEM, 50, Doubt.IDENTITY),
    (hit(purl_type="npm"), Basis.CPE_ECOSYSTEM, 50, Doubt.IDENTITY),
    (hit(purl_type="swift", criteria=cpe()), Basis.CPE_ECOSYSTEM, 50, Doubt.IDENTITY),
    (hit("name"), Basis.NAME, 40, Doubt.IDENTITY),
    (hit("name", "npm"), Basis.NAME, 40, Doubt.IDENTITY),
    (hit(purl_type="deb"), Basis.CPE_DISTRIBUTION, 30, Doubt.BACKPORT),
    (hit(purl_type="rpm"), Basis.CPE_DISTRIBUTION, 30, Doubt.BACKPORT),
    (hit(purl_type="apk"), Basis.CPE_DISTRIBUTION, 30, Doubt.BACKPORT),
]


@pytest.mark.parametrize(("only", "basis", "confidence", "doubt"), BASES)
def test_the_basis_says_how_sure_the_identity_is(only, basis, confidence, doubt):
    assert verdict(only) == Verdict((1, 0, 0), basis, confidence, doubt)


def test_every_basis_has_its_confidence():
    assert set(CONFIDENCE) == set(Basis)
    assert {basis for _, basis, _, _ in BASES} == set(Basis)


class TestDoubts:
    def test_a_platform_that_is_not_known_to_be_there_is_to_be_confirmed(self):
        assert verdict(hit(conditional=True)).doubt is Doubt.PLATFORM
        assert verdict(hit(conditional=True)).confidence == 85 - 15

    def test_the_condition_of_an_ecosystems_own_statement_counts_too(self):
        assert verdict(hit("purl", "rpm", conditional=True)).doubt is Doubt.PLATFORM

    @pytest.mark.parametrize("against", [Status.NOT_AFFECTED, Status.FIXED])
    def test_another_sources_word_that_it_is_not_affected_is_a_contradiction(self, against):
        found = verdict(hit(), hit(status=against, at=(2, 0, 0)))
        assert (found.statement, found.doubt, found.confidence) == (
            (1, 0, 0),
            Doubt.CONTRADICTED,
            85 - 30,
        )

    def test_a_source_that_does_not_know_contradicts_nobody(self):
        assert verdict(hit(), hit(status=Status.UNKNOWN, at=(2, 0, 0))).doubt is Doubt.NONE

    def test_a_disputed_vulnerability_is_in_doubt_whatever_else_is(self):
        found = verdict(hit(), hit(status=Status.FIXED, at=(2, 0, 0)), disputed=True)
        assert (found.doubt, found.confidence) == (Doubt.DISPUTED, 85 - 20)

    @pytest.mark.parametrize("narrow", [{"edition": "enterprise"}, {"sw_edition": "pro"}])
    def test_a_statement_on_some_editions_leaves_an_unknown_edition_in_doubt(self, narrow):
        found = verdict(hit(cpe=cpe(), criteria=cpe(**narrow)))
        assert (found.doubt, found.confidence) == (Doubt.EDITION, 85 - 15)

    @pytest.mark.parametrize("edition", ["-", "*"])
    def test_a_statement_on_no_edition_leaves_none_in_doubt(self, edition):
        assert verdict(hit(cpe=cpe(), criteria=cpe(edition=edition))).doubt is Doubt.NONE

    def test_the_edition_that_is_named_is_in_no_doubt(self):
        same = cpe(edition="enterprise")
        assert verdict(hit(cpe=same, criteria=same)).doubt is Doubt.NONE


class TestNarrowing:
    @pytest.mark.parametrize(
        "attribute", ["edition", "language", "sw_edition", "target_sw", "target_hw"]
    )
    def test_two_different_values_are_two_different_things(self, attribute):
        mine, theirs = cpe(**{attribute: "one"}), cpe(**{attribute: "other"})
        assert judge([hit(cpe=mine, criteria=theirs)], disputed=False) is None
        assert judge([hit(cpe=mine, criteria=mine)], disputed=False) is not None

    def test_none_at_all_is_not_any(self):
        mine, theirs = cpe(target_sw="-"), cpe(target_sw="wordpress")
        assert judge([hit(cpe=mine, criteria=theirs)], disputed=False) is None

    def test_the_update_is_part_of_the_version_and_narrows_nothing(self):
        assert verdict(hit(cpe=cpe(update="p1"), criteria=cpe(update="p2"))).basis is Basis.CPE

    @pytest.mark.parametrize(
        ("purl_type", "target"), [("npm", "wordpress"), ("pypi", "node.js"), ("gem", "java")]
    )
    def test_software_for_another_ecosystem_is_another_software(self, purl_type, target):
        statement = hit(purl_type=purl_type, criteria=cpe(target_sw=target))
        assert judge([statement], disputed=False) is None

    @pytest.mark.parametrize("target", ["*", "-"])
    def test_software_for_no_named_ecosystem_may_be_of_this_one(self, target):
        found = verdict(hit(purl_type="npm", criteria=cpe(target_sw=target)))
        assert found.basis is Basis.CPE_ECOSYSTEM

    def test_a_denial_about_another_edition_contradicts_nothing(self):
        mine = cpe(edition="enterprise")
        denial = hit(
            status=Status.NOT_AFFECTED, at=(2, 0, 0), cpe=mine, criteria=cpe(edition="home")
        )
        assert verdict(hit(cpe=mine, criteria=mine), denial).doubt is Doubt.NONE


class TestSeveralStatements:
    def test_no_statement_is_no_match(self):
        assert judge([], disputed=False) is None

    @pytest.mark.parametrize("status", [Status.NOT_AFFECTED, Status.FIXED, Status.UNKNOWN])
    def test_only_affected_is_a_match(self, status):
        assert judge([hit(status=status)], disputed=False) is None

    def test_the_surest_statement_is_quoted(self):
        sure, unsure = hit(at=(2, 0, 0)), hit("name", at=(1, 0, 0))
        assert verdict(unsure, sure).statement == (2, 0, 0)

    def test_of_equally_sure_statements_the_earliest_is_quoted(self):
        first, second = hit(at=(1, 4, 0)), hit(at=(1, 3, 9))
        assert verdict(first, second).statement == (1, 3, 9)

    def test_a_statement_without_doubt_is_quoted_before_a_surer_one_with(self):
        doubtful = hit(conditional=True, at=(1, 0, 0))
        plain = hit(purl_type="", at=(2, 0, 0))
        assert verdict(doubtful, plain) == Verdict((2, 0, 0), Basis.CPE, 85, Doubt.NONE)

    def test_the_ecosystems_own_name_decides_over_a_cpe_name(self):
        denial = hit("purl", "npm", Status.NOT_AFFECTED)
        guess = hit(purl_type="npm", at=(2, 0, 0))
        assert judge([denial, guess], disputed=False) is None

    def test_a_cpe_names_denial_does_not_touch_the_ecosystems_word(self):
        word = hit("purl", "npm")
        denial = hit(purl_type="npm", status=Status.NOT_AFFECTED, at=(2, 0, 0))
        assert verdict(word, denial) == Verdict((1, 0, 0), Basis.PURL, 95, Doubt.NONE)


_attributes = st.sampled_from(["*", "-", "one", "node.js"])
_cpes = st.none() | st.builds(cpe, edition=_attributes, target_sw=_attributes)
_hits = st.lists(
    st.builds(
        Hit,
        scheme=st.sampled_from(["purl", "cpe", "name"]),
        purl_type=st.just("npm"),
        status=st.sampled_from(Status),
        conditional=st.booleans(),
        statement=st.tuples(st.integers(1, 3), st.integers(0, 2), st.integers(-1, 2)),
        cpe=_cpes,
        criteria=_cpes,
    ),
    max_size=6,
)


@given(_hits, st.booleans(), st.randoms())
def test_the_order_of_the_hits_does_not_matter(hits, disputed, random):
    shuffled = random.sample(hits, len(hits))
    assert judge(hits, disputed=disputed) == judge(shuffled, disputed=disputed)


@given(_hits, st.booleans())
def test_a_match_quotes_an_affirming_statement_and_its_confidence_is_a_share_of_a_hundred(
    hits, disputed
):
    found = judge(hits, disputed=disputed)
    if found is not None:
        quoted = [each.status for each in hits if each.statement == found.statement]
        assert Status.AFFECTED in quoted
        assert 0 < found.confidence <= CONFIDENCE[found.basis] <= 100
