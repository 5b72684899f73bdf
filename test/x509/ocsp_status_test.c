/* SPDX-License-Identifier: Apache-2.0 */
/* Rule 8: nonces, statuses, several answers, several certificates. */
#include "x509/ocsp_scene.h"

/* Used by rows about status and nonce together. */
SCENE(one_second_late)
{
    s->answer[0].single[0].this_update = MADE_AT - DAY - 1;
}

/* Nonces. */
SCENE(nonce_required)
{
    s->rules.nonce = GA_OCSP_NONCE_REQUIRE;
}
SCENE(nonce_good)
{
    s->rules.nonce = GA_OCSP_NONCE_REQUIRE;
    s->our_nonce = OUR_NONCE;
    s->answer[0].nonce = OUR_NONCE;
}
SCENE(nonce_asked_missing)
{
    s->rules.nonce = GA_OCSP_NONCE_REQUIRE;
    s->our_nonce = OUR_NONCE;
}
SCENE(nonce_not_asked)
{
    s->rules.nonce = GA_OCSP_NONCE_REQUIRE;
    s->answer[0].nonce = OUR_NONCE;
}
SCENE(nonce_other)
{
    s->our_nonce = OUR_NONCE;
    s->answer[0].nonce = OTHER_NONCE;
}
SCENE(nonce_longer)
{
    s->our_nonce = OUR_NONCE;
    s->answer[0].nonce = OUR_NONCE "10";
}
SCENE(nonce_ignored)
{
    nonce_other(s);
    s->rules.nonce = GA_OCSP_NONCE_IGNORE;
}
SCENE(missing_ignored)
{
    s->rules.nonce = GA_OCSP_NONCE_IGNORE;
}

/* Statuses. */
SCENE(revoked)
{
    s->answer[0].single[0].status = 'r';
}
static void
revoke(struct single_plan *single, unsigned reason)
{
    single->status = 'r';
    single->has_reason = true;
    single->reason = reason;
}
SCENE(compromised)
{
    revoke(&s->answer[0].single[0], 1);
}
SCENE(removed)
{
    revoke(&s->answer[0].single[0], 8);
}
SCENE(reason_seven)
{
    revoke(&s->answer[0].single[0], 7);
}
SCENE(compromised_long_ago)
{
    compromised(s);
    s->answer[0].single[0].this_update = MADE_AT - 100 * DAY;
}
SCENE(compromised_later)
{
    compromised(s);
    s->answer[0].single[0].this_update = MADE_AT + 100 * DAY;
    s->answer[0].single[0].revoked_at = MADE_AT + 99 * DAY;
}
SCENE(compromised_old_responder)
{
    compromised_long_ago(s);
    s->responder.not_after = MADE_AT - 99 * DAY;
}
SCENE(superseded)
{
    revoke(&s->answer[0].single[0], 4);
    s->answer[0].single[0].revoked_at = MADE_AT;
}
SCENE(superseded_later)
{
    revoke(&s->answer[0].single[0], 4);
    s->answer[0].single[0].revoked_at = MADE_AT + 1;
}
SCENE(ceased)
{
    revoke(&s->answer[0].single[0], 5);
    s->answer[0].single[0].revoked_at = MADE_AT;
}
SCENE(ceased_later)
{
    revoke(&s->answer[0].single[0], 5);
    s->answer[0].single[0].revoked_at = MADE_AT + 1;
}
SCENE(held)
{
    revoke(&s->answer[0].single[0], 6);
}
SCENE(hold_allowed)
{
    held(s);
    s->rules.allow_hold = true;
}
SCENE(hold_allowed_revoked)
{
    compromised(s);
    s->rules.allow_hold = true;
}
SCENE(hold_allowed_stale)
{
    hold_allowed(s);
    one_second_late(s);
}
SCENE(held_nonce)
{
    held(s);
    nonce_required(s);
}
SCENE(unknown)
{
    s->answer[0].single[0].status = 'u';
}
SCENE(stale_and_nonce)
{
    one_second_late(s);
    nonce_required(s);
}

/* Several answers. */
static void
two(struct scene *s)
{
    s->answers = 2;
    s->answer[1].single[0].this_update = MADE_AT - 2 * HOUR;
}
SCENE(newest_held)
{
    two(s);
    held(s);
}
SCENE(older_held)
{
    two(s);
    revoke(&s->answer[1].single[0], 6);
}
SCENE(older_unknown)
{
    two(s);
    s->answer[1].single[0].status = 'u';
}
SCENE(newest_unknown)
{
    two(s);
    unknown(s);
}
SCENE(older_compromised)
{
    two(s);
    revoke(&s->answer[1].single[0], 1);
}
SCENE(forged_compromise)
{
    two(s);
    revoke(&s->answer[1].single[0], 1);
    s->answer[1].broken_signature = true;
}
SCENE(forged_beside_stale)
{
    two(s);
    s->answer[0].broken_signature = true;
    s->answer[1].single[0].this_update = MADE_AT - 2 * DAY;
}
SCENE(same_second_worse)
{
    two(s);
    s->answer[1].single[0].this_update = 0;
    s->answer[1].single[0].status = 'u';
}
SCENE(same_second_worse_first)
{
    two(s);
    s->answer[1].single[0].this_update = 0;
    s->answer[0].single[0].status = 'u';
}
SCENE(same_second_nonce)
{
    two(s);
    s->answer[1].single[0].this_update = 0;
    nonce_good(s);
    s->answer[0].nonce = NULL;
    s->answer[1].nonce = OUR_NONCE;
}
SCENE(same_second_no_nonce)
{
    two(s);
    s->answer[1].single[0].this_update = 0;
    s->answer[0].nonce = OTHER_NONCE;
}
SCENE(same_second_longer)
{
    two(s);
    s->answer[1].single[0].this_update = 0;
    s->answer[0].single[0].next_update = MADE_AT - 1;
}
SCENE(same_second_shorter)
{
    two(s);
    s->answer[1].single[0].this_update = 0;
    s->answer[1].single[0].next_update = MADE_AT - 1;
}
SCENE(future_and_forged)
{
    two(s);
    s->answer[0].single[0].this_update = MADE_AT + DAY;
    s->answer[1].broken_signature = true;
}
SCENE(newest_stale)
{
    two(s);
    s->answer[0].single[0].next_update = MADE_AT - 1;
}
SCENE(future_beside_good)
{
    two(s);
    s->answer[0].single[0].this_update = MADE_AT + DAY;
}
SCENE(superseded_beside_good)
{
    two(s);
    superseded_later(s);
}
SCENE(twice)
{
    s->answer[0].singles = 2;
    s->answer[0].single[1] = s->answer[0].single[0];
    s->answer[0].single[1].status = 'u';
}
SCENE(twice_other)
{
    s->answer[0].singles = 3;
    s->answer[0].single[1].cert = &world.issuer;
    s->answer[0].single[1].issuer = &world.root;
    s->answer[0].single[2] = s->answer[0].single[1];
}
SCENE(twice_by_two_hashes)
{
    s->answer[0].singles = 2;
    s->answer[0].single[1] = s->answer[0].single[0];
    s->answer[0].single[1].hash = "sha384";
}
SCENE(critical_extension)
{
    s->answer[0].extensions = "300b06032a03040101ff04010a";
}
SCENE(critical_single)
{
    s->answer[0].single[0].extensions = "300b06032a03040101ff04010a";
}
SCENE(nonce_in_single)
{
    s->answer[0].single[0].extensions =
        "301406092b06010505073001020101ff040404020102";
}

/* Nobody says anything. */
SCENE(nothing)
{
    s->answers = 0;
}
SCENE(try_later)
{
    s->raw[0] = "30030a0103";
}
SCENE(unauthorized)
{
    s->raw[0] = "30030a0106";
}
SCENE(not_an_answer)
{
    s->raw[0] = "3082";
}
SCENE(later_and_malformed)
{
    s->answers = 2;
    try_later(s);
    s->raw[1] = "3082";
}
SCENE(malformed_beside_good)
{
    s->answers = 2;
    s->raw[1] = "3082";
}
SCENE(no_issuer)
{
    s->no_issuer_key = true;
}
SCENE(none_to_ask)
{
    s->to_ask = 0;
}
SCENE(too_many_to_ask)
{
    s->to_ask = 4;
}

/* Chains of two. */
static void
chain(struct scene *s)
{
    s->to_ask = 2;
    s->answers = 2;
    s->answer[1].responder = &world.root;
    s->answer[1].single[0].cert = &world.issuer;
    s->answer[1].single[0].issuer = &world.root;
}
SCENE(both_good)
{
    chain(s);
    s->answer[1].single[0].this_update = MADE_AT - 2 * HOUR;
}
SCENE(both_absent)
{
    chain(s);
    s->answers = 0;
}
SCENE(second_absent)
{
    chain(s);
    s->answers = 1;
}
SCENE(both_stale)
{
    chain(s);
    s->answer[0].single[0].this_update = MADE_AT - 2 * DAY;
    s->answer[1].single[0].this_update = MADE_AT - 3 * DAY;
}
SCENE(absent_and_revoked)
{
    chain(s);
    s->answer[0].single[0].cert = &world.stranger;
    revoke(&s->answer[1].single[0], 1);
}
SCENE(stale_and_unknown)
{
    chain(s);
    one_second_late(s);
    s->answer[1].single[0].status = 'u';
}
SCENE(depends_and_good)
{
    chain(s);
    s->no_issuer_key = true;
}
SCENE(hold_and_revoked)
{
    chain(s);
    hold_allowed(s);
    revoke(&s->answer[1].single[0], 4);
}
SCENE(hold_and_good)
{
    chain(s);
    hold_allowed(s);
}
SCENE(hold_and_graced)
{
    hold_and_good(s);
    s->answer[1].single[0].this_update = MADE_AT - 2 * DAY;
    s->rules.grace = 2 * HOUR + 24 * HOUR;
}

/* clang-format off */
static struct row rows[] = {
    { "nonce required", nonce_required, GA_FAILED, GA_R_NONCE_MISSING,
      LEAF "answer has no nonce (a.der); --ocsp-nonce accept-missing accepts it",
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "nonce good", nonce_good, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 1, 1, 1), GA_R_NONE, false },
    { "nonce asked missing", nonce_asked_missing, GA_FAILED, GA_R_NONCE_MISSING,
      LEAF "answer has no nonce (a.der); --ocsp-nonce accept-missing accepts it",
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "nonce not asked", nonce_not_asked, GA_FAILED, GA_R_NONCE_OTHER,
      LEAF "answer has another nonce than ours (a.der); --ocsp-nonce ignore accepts it",
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "nonce other", nonce_other, GA_FAILED, GA_R_NONCE_OTHER,
      LEAF "answer has another nonce than ours (a.der); --ocsp-nonce ignore accepts it",
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "nonce longer", nonce_longer, GA_FAILED, GA_R_NONCE_OTHER,
      LEAF "answer has another nonce than ours (a.der); --ocsp-nonce ignore accepts it",
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "nonce ignored", nonce_ignored, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "missing ignored", missing_ignored, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "revoked", revoked, GA_FAILED, GA_R_REVOKED,
      LEAF "revoked at 2025-10-06T08:53:20Z, no reason given (a.der)",
      FACTS(REVOKED, -1, 1, 0, 1, 0), GA_R_NONE, false },
    { "compromised", compromised, GA_FAILED, GA_R_REVOKED,
      LEAF "revoked at 2025-10-06T08:53:20Z, keyCompromise (a.der)",
      FACTS(REVOKED, 1, 1, 0, 1, 0), GA_R_NONE, false },
    { "removed", removed, GA_FAILED, GA_R_REVOKED,
      LEAF "revoked at 2025-10-06T08:53:20Z, removeFromCRL (a.der)",
      FACTS(REVOKED, 8, 1, 0, 1, 0), GA_R_NONE, false },
    { "reason seven", reason_seven, GA_FAILED, GA_R_REVOKED,
      LEAF "revoked at 2025-10-06T08:53:20Z, reason 7 (a.der)",
      FACTS(REVOKED, 7, 1, 0, 1, 0), GA_R_NONE, false },
    { "compromised long ago", compromised_long_ago, GA_FAILED, GA_R_REVOKED,
      LEAF "revoked at 2025-10-06T08:53:20Z, keyCompromise (a.der)",
      FACTS(REVOKED, 1, 1, 0, 0, 0), GA_R_NONE, false },
    { "compromised later", compromised_later, GA_FAILED, GA_R_REVOKED,
      LEAF "revoked at 2026-01-16T08:53:20Z, keyCompromise (a.der)",
      FACTS(REVOKED, 1, 1, 0, 1, 0), GA_R_NONE, false },
    { "compromised old responder", compromised_old_responder, GA_FAILED, GA_R_REVOKED,
      LEAF "revoked at 2025-10-06T08:53:20Z, keyCompromise (a.der)",
      FACTS(REVOKED, 1, 1, 0, 0, 0), GA_R_NONE, false },
    { "superseded", superseded, GA_FAILED, GA_R_REVOKED,
      LEAF "revoked at 2025-10-09T08:53:20Z, superseded (a.der)",
      FACTS(REVOKED, 4, 1, 0, 1, 0), GA_R_NONE, false },
    { "superseded later", superseded_later, GA_FAILED, GA_R_FUTURE,
      ASIDE "it revokes at 2025-10-09T08:53:21Z, after the verification time",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "ceased", ceased, GA_FAILED, GA_R_REVOKED,
      LEAF "revoked at 2025-10-09T08:53:20Z, cessationOfOperation (a.der)",
      FACTS(REVOKED, 5, 1, 0, 1, 0), GA_R_NONE, false },
    { "ceased later", ceased_later, GA_FAILED, GA_R_FUTURE,
      ASIDE "it revokes at 2025-10-09T08:53:21Z, after the verification time",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "held", held, GA_FAILED, GA_R_HOLD,
      LEAF "on hold since 2025-10-06T08:53:20Z (a.der)",
      FACTS(REVOKED, 6, 1, 0, 1, 0), GA_R_NONE, false },
    { "hold allowed", hold_allowed, GA_PASSED, GA_R_HOLD,
      "0 certificates good; oldest answer from 2025-10-09T07:53:20Z; O=OCSP test,CN=leaf is on hold, which is allowed",
      FACTS(REVOKED, 6, 1, 0, 1, 0), GA_R_NONE, false },
    { "hold allowed revoked", hold_allowed_revoked, GA_FAILED, GA_R_REVOKED,
      LEAF "revoked at 2025-10-06T08:53:20Z, keyCompromise (a.der)",
      FACTS(REVOKED, 1, 1, 0, 1, 0), GA_R_NONE, false },
    { "hold allowed stale", hold_allowed_stale, GA_FAILED, GA_R_STALE,
      LEAF "answer of 2025-10-08T08:53:19Z ended at 2025-10-09T08:53:19Z (a.der)",
      FACTS(REVOKED, 6, 1, 0, 0, 0), GA_R_NONE, false },
    { "held nonce", held_nonce, GA_FAILED, GA_R_HOLD,
      LEAF "on hold since 2025-10-06T08:53:20Z (a.der); O=OCSP test,CN=leaf: answer has no nonce (a.der); --ocsp-nonce accept-missing accepts it",
      FACTS(REVOKED, 6, 1, 0, 1, 0), GA_R_NONCE_MISSING, false },
    { "unknown", unknown, GA_FAILED, GA_R_UNKNOWN,
      LEAF "unknown to the responder (a.der)",
      FACTS(UNKNOWN, -1, 1, 0, 1, 0), GA_R_NONE, false },
    { "stale and nonce", stale_and_nonce, GA_FAILED, GA_R_STALE,
      LEAF "answer of 2025-10-08T08:53:19Z ended at 2025-10-09T08:53:19Z (a.der); O=OCSP test,CN=leaf: answer has no nonce (a.der); --ocsp-nonce accept-missing accepts it",
      FACTS(GOOD, -1, 1, 0, 0, 1), GA_R_NONCE_MISSING, false },
    { "newest held", newest_held, GA_FAILED, GA_R_HOLD,
      LEAF "on hold since 2025-10-06T08:53:20Z (a.der)",
      FACTS(REVOKED, 6, 1, 0, 1, 0), GA_R_NONE, false },
    { "older held", older_held, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "older unknown", older_unknown, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "newest unknown", newest_unknown, GA_FAILED, GA_R_UNKNOWN,
      LEAF "unknown to the responder (a.der)",
      FACTS(UNKNOWN, -1, 1, 0, 1, 0), GA_R_NONE, false },
    { "older compromised", older_compromised, GA_FAILED, GA_R_REVOKED,
      LEAF "revoked at 2025-10-06T08:53:20Z, keyCompromise (b.der)",
      FACTS(REVOKED, 1, 1, 0, 1, 0), GA_R_NONE, false },
    { "forged compromise", forged_compromise, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "forged beside stale", forged_beside_stale, GA_FAILED, GA_R_STALE,
      LEAF "answer of 2025-10-07T08:53:20Z ended at 2025-10-08T08:53:20Z (b.der); answer a.der does not count: its signature does not verify",
      FACTS(GOOD, -1, 1, 0, 0, 1), GA_R_NONE, false },
    { "same second worse", same_second_worse, GA_FAILED, GA_R_UNKNOWN,
      LEAF "unknown to the responder (b.der)",
      FACTS(UNKNOWN, -1, 1, 0, 1, 0), GA_R_NONE, false },
    { "same second worse first", same_second_worse_first, GA_FAILED, GA_R_UNKNOWN,
      LEAF "unknown to the responder (a.der)",
      FACTS(UNKNOWN, -1, 1, 0, 1, 0), GA_R_NONE, false },
    { "same second nonce", same_second_nonce, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 1, 1, 1), GA_R_NONE, false },
    { "same second no nonce", same_second_no_nonce, GA_PASSED, GA_R_NONE,
      GOOD, FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "same second longer", same_second_longer, GA_PASSED, GA_R_NONE,
      GOOD, FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "same second shorter", same_second_shorter, GA_PASSED, GA_R_NONE,
      GOOD, FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "future and forged", future_and_forged, GA_FAILED, GA_R_BAD_SIGNATURE,
      LEAF "answer b.der does not count: its signature does not verify",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "newest stale", newest_stale, GA_FAILED, GA_R_STALE,
      LEAF "answer of 2025-10-09T07:53:20Z ended at 2025-10-09T08:53:19Z (a.der)",
      FACTS(GOOD, -1, 1, 0, 0, 1), GA_R_NONE, false },
    { "future beside good", future_beside_good, GA_PASSED, GA_R_NONE,
      "1 certificate good; oldest answer from 2025-10-09T06:53:20Z",
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "superseded beside good", superseded_beside_good, GA_PASSED, GA_R_NONE,
      "1 certificate good; oldest answer from 2025-10-09T06:53:20Z",
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "twice", twice, GA_FAILED, GA_R_CONFLICT,
      ASIDE "two single responses for one certificate",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "twice other", twice_other, GA_FAILED, GA_R_CONFLICT,
      ASIDE "two single responses for one certificate",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "twice by two hashes", twice_by_two_hashes, GA_FAILED, GA_R_CONFLICT,
      ASIDE "two single responses for one certificate",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "critical extension", critical_extension, GA_FAILED, GA_R_EXTENSION,
      ASIDE "unknown critical extension in the answer",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "critical single", critical_single, GA_FAILED, GA_R_EXTENSION,
      ASIDE "unknown critical extension in the single response",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "nonce in single", nonce_in_single, GA_FAILED, GA_R_EXTENSION,
      ASIDE "unknown critical extension in the single response",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "nothing", nothing, GA_NOT_CHECKED, GA_R_ABSENT,
      LEAF "no answer",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "try later", try_later, GA_NOT_CHECKED, GA_R_UNREACHABLE,
      LEAF "no answer; a.der: OCSP answer: the responder says tryLater (3)",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "unauthorized", unauthorized, GA_NOT_CHECKED, GA_R_UNREACHABLE,
      LEAF "no answer; a.der: OCSP answer: the responder says unauthorized (6)",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "not an answer", not_an_answer, GA_FAILED, GA_R_MALFORMED,
      LEAF "no answer; a.der: OCSP answer: OCSPResponse: need 1 bytes at 2, have 0",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "later and malformed", later_and_malformed, GA_FAILED, GA_R_MALFORMED,
      LEAF "no answer; b.der: OCSP answer: OCSPResponse: need 1 bytes at 2, have 0",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "malformed beside good", malformed_beside_good, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "no issuer", no_issuer, GA_NOT_CHECKED, GA_R_DEPENDS,
      LEAF "its issuer did not verify",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "none to ask", none_to_ask, GA_NOT_CHECKED, GA_R_DEPENDS,
      "the chain names no certificate to ask for",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "too many to ask", too_many_to_ask, GA_NOT_CHECKED, GA_R_DEPENDS,
      "the chain names no certificate to ask for",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "both good", both_good, GA_PASSED, GA_R_NONE,
      "2 certificates good; oldest answer from 2025-10-09T06:53:20Z",
      FACTS(GOOD, -1, 1, 0, 1, 2), GA_R_NONE, false },
    { "both absent", both_absent, GA_NOT_CHECKED, GA_R_ABSENT,
      LEAF "no answer; the same for issuer",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "second absent", second_absent, GA_NOT_CHECKED, GA_R_ABSENT,
      ISSUER "no answer",
      FACTS(STATUS_NONE, -1, 1, 0, 0, 1), GA_R_NONE, false },
    { "both stale", both_stale, GA_FAILED, GA_R_STALE,
      LEAF "answer of 2025-10-07T08:53:20Z ended at 2025-10-08T08:53:20Z (a.der); the same for issuer",
      FACTS(GOOD, -1, 1, 0, 0, 2), GA_R_NONE, false },
    { "absent and revoked", absent_and_revoked, GA_FAILED, GA_R_REVOKED,
      ISSUER "revoked at 2025-10-06T08:53:20Z, keyCompromise (b.der)",
      FACTS(REVOKED, 1, 1, 0, 0, 0), GA_R_NONE, true },
    { "stale and unknown", stale_and_unknown, GA_FAILED, GA_R_UNKNOWN,
      ISSUER "unknown to the responder (b.der); O=OCSP test,CN=leaf: answer of 2025-10-08T08:53:19Z ended at 2025-10-09T08:53:19Z (a.der)",
      FACTS(UNKNOWN, -1, 1, 0, 0, 1), GA_R_STALE, false },
    { "depends and good", depends_and_good, GA_NOT_CHECKED, GA_R_DEPENDS,
      LEAF "its issuer did not verify",
      FACTS(STATUS_NONE, -1, 1, 0, 0, 1), GA_R_NONE, false },
    { "hold and revoked", hold_and_revoked, GA_FAILED, GA_R_REVOKED,
      ISSUER "revoked at 2025-10-06T08:53:20Z, superseded (b.der)",
      FACTS(REVOKED, 4, 1, 0, 1, 0), GA_R_NONE, false },
    { "hold and good", hold_and_good, GA_PASSED, GA_R_HOLD,
      GOOD "; O=OCSP test,CN=leaf is on hold, which is allowed",
      FACTS(REVOKED, 6, 1, 0, 1, 1), GA_R_NONE, false },
    { "hold and graced", hold_and_graced, GA_PASSED, GA_R_HOLD,
      "1 certificate good; oldest answer from 2025-10-07T08:53:20Z, past its end but within the grace of 26h; O=OCSP test,CN=leaf is on hold, which is allowed",
      FACTS(REVOKED, 6, 1, 0, 0, 1), GA_R_NONE, false },
};
/* clang-format on */

int
main(void)
{
    return run_rows(rows, COUNT(rows));
}
