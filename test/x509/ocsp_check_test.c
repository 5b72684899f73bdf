/* SPDX-License-Identifier: Apache-2.0 */
/* Rule 8 on answers that the test makes: of whom, by whom, of when. */
#include "x509/ocsp_scene.h"

/* Good ones. */
SCENE(as_it_is)
{
    (void)s;
}
SCENE(by_name)
{
    s->answer[0].by_name = true;
}
SCENE(sha1)
{
    s->answer[0].single[0].hash = "sha1";
}
SCENE(sha384)
{
    s->answer[0].single[0].hash = "sha384";
}
SCENE(sha256_null)
{
    s->answer[0].single[0].hash = "sha256";
    s->answer[0].single[0].hash_null = true;
}
SCENE(by_issuer)
{
    s->answer[0].responder = &world.issuer;
}
SCENE(by_issuer_bare)
{
    s->answer[0].responder = &world.issuer;
    s->bare[0] = true;
}
SCENE(by_issuer_name)
{
    s->answer[0].responder = &world.issuer;
    s->answer[0].by_name = true;
}
SCENE(no_usage)
{
    s->responder.usage = NULL;
}
SCENE(more_purposes)
{
    s->responder.purposes = "serverAuth,OCSPSigning";
}
SCENE(no_next_update)
{
    s->answer[0].single[0].next_update = -1;
}
SCENE(second_single)
{
    s->answer[0].singles = 2;
    s->answer[0].single[0].cert = &world.stranger;
    s->answer[0].single[1] =
        (struct single_plan){ .cert = &world.leaf, .issuer = &world.issuer };
}
SCENE(unknown_extensions)
{
    s->answer[0].extensions = "300806032a030404010a";
    s->answer[0].single[0].extensions = "300806032a030404010a";
}
SCENE(simulated)
{
    s->responder.simulator = true;
    s->simulator_anchor = true;
}
SCENE(second_certificate)
{
    s->stranger_first = true;
}

/* CertID. */
SCENE(sha512)
{
    s->answer[0].single[0].hash = "sha512";
}
SCENE(odd_parameters)
{
    s->answer[0].single[0].hash_odd = true;
}
SCENE(wrong_name)
{
    s->answer[0].single[0].wrong_name = true;
}
SCENE(wrong_key)
{
    s->answer[0].single[0].wrong_key = true;
}
SCENE(wrong_serial)
{
    s->answer[0].single[0].wrong_serial = true;
}
SCENE(wrong_issuer)
{
    s->answer[0].single[0].issuer = &world.stranger;
}
SCENE(twin_issuer)
{
    s->answer[0].single[0].issuer = &world.twin;
}

/* Signature and responder. */
SCENE(broken_signature)
{
    s->answer[0].broken_signature = true;
}
SCENE(other_signer)
{
    s->answer[0].signer = &world.stranger;
}
SCENE(broken_by_issuer)
{
    by_issuer(s);
    s->answer[0].broken_signature = true;
}
SCENE(bare_answer)
{
    s->bare[0] = true;
}
SCENE(named_other)
{
    s->answer[0].responder = &world.stranger;
    s->bare[0] = true;
}
SCENE(misnamed)
{
    s->misnamed = true;
}
SCENE(misnamed_by_name)
{
    s->misnamed = true;
    s->answer[0].by_name = true;
}
SCENE(of_stranger)
{
    s->responder_issuer = &world.stranger;
}
SCENE(of_twin)
{
    s->responder_issuer = &world.twin;
}
SCENE(of_root)
{
    s->responder_issuer = &world.root;
}
SCENE(stranger_itself)
{
    s->answer[0].responder = &world.stranger;
}
SCENE(leaf_responds)
{
    s->answer[0].responder = &world.leaf;
}
SCENE(no_purpose)
{
    s->responder.purposes = NULL;
}
SCENE(any_purpose)
{
    s->responder.purposes = "anyExtendedKeyUsage";
}
SCENE(only_no_check)
{
    s->responder.purposes = "1.3.6.1.5.5.7.48.1.5";
}
SCENE(only_server)
{
    s->responder.purposes = "serverAuth";
}
SCENE(a_ca)
{
    s->responder.ca = true;
}
SCENE(cert_sign)
{
    s->responder.usage = "critical,keyCertSign";
}
SCENE(flawed)
{
    s->responder.unknown_critical = true;
}
SCENE(own_key)
{
    s->responder.key = world.leaf.key;
}
SCENE(its_own_issuer)
{
    s->own_issuer = true;
    s->answer[0].responder = &world.leaf;
    s->answer[0].single[0].issuer = &world.leaf;
}
SCENE(simulator)
{
    s->responder.simulator = true;
}
SCENE(simulator_no_anchor)
{
    s->responder.simulator = true;
    s->no_anchor = true;
}
SCENE(with_null)
{
    s->answer[0].algorithm = "300c06082a8648ce3d0403030500";
}
SCENE(sha256_algorithm)
{
    s->answer[0].algorithm = "300a06082a8648ce3d040302";
}
SCENE(no_integers)
{
    s->answer[0].signature = "00300402020001";
}
SCENE(responder_ended)
{
    s->responder.not_after = MADE_AT - 1;
}
SCENE(responder_ends)
{
    s->responder.not_after = MADE_AT;
}
SCENE(responder_begins)
{
    s->responder.not_before = MADE_AT;
}
SCENE(responder_not_begun)
{
    s->responder.not_before = MADE_AT + 1;
}
SCENE(responder_never_valid)
{
    s->responder.not_after = MADE_AT - 2 * HOUR;
}

SCENE(responder_within_skew)
{
    s->answer[0].single[0].this_update = MADE_AT + 100;
    s->responder.not_before = MADE_AT + 50;
}

/* Times. */
SCENE(from_future)
{
    s->answer[0].single[0].this_update = MADE_AT + 301;
}
SCENE(within_skew)
{
    s->answer[0].single[0].this_update = MADE_AT + 300;
}
SCENE(produced_in_future)
{
    s->answer[0].produced_at = MADE_AT + 301;
}
SCENE(produced_before)
{
    s->answer[0].produced_at = MADE_AT - HOUR - 1;
}
SCENE(last_second)
{
    s->answer[0].single[0].this_update = MADE_AT - DAY;
}
SCENE(one_second_late)
{
    s->answer[0].single[0].this_update = MADE_AT - DAY - 1;
}
SCENE(no_next_last_second)
{
    last_second(s);
    no_next_update(s);
}
SCENE(no_next_late)
{
    one_second_late(s);
    no_next_update(s);
}
SCENE(ends_before)
{
    s->answer[0].single[0].next_update = MADE_AT - HOUR - 1;
}
SCENE(ends_before_ahead)
{
    s->answer[0].single[0].this_update = MADE_AT + 100;
    s->answer[0].single[0].next_update = MADE_AT + 50;
    s->rules.grace = DAY;
}
SCENE(oldest)
{
    s->answer[0].single[0].this_update = MADE_AT - 7 * DAY;
    s->answer[0].single[0].next_update = MADE_AT + DAY;
}
SCENE(too_old)
{
    oldest(s);
    s->answer[0].single[0].this_update--;
}
SCENE(graced)
{
    s->rules.grace = 65 * DAY;
    s->answer[0].single[0].this_update = MADE_AT - 66 * DAY;
}
SCENE(past_grace)
{
    graced(s);
    s->answer[0].single[0].this_update--;
}
SCENE(grace_of_age)
{
    oldest(s);
    s->answer[0].single[0].this_update = MADE_AT - 8 * DAY;
    s->rules.grace = DAY;
}
SCENE(past_grace_of_age)
{
    grace_of_age(s);
    s->answer[0].single[0].this_update--;
}
SCENE(graced_responder_ended)
{
    graced(s);
    s->responder.not_after = MADE_AT - 65 * DAY;
}
SCENE(graced_responder_young)
{
    graced(s);
    s->responder.not_before = MADE_AT - 66 * DAY + 1;
}
SCENE(fresh_responder_graced)
{
    responder_ended(s);
    s->rules.grace = 1;
}

/* clang-format off */
static struct row rows[] = {
    { "as it is", as_it_is, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "by name", by_name, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "sha1", sha1, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "sha384", sha384, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "sha256 null", sha256_null, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "by issuer", by_issuer, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "by issuer bare", by_issuer_bare, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "by issuer name", by_issuer_name, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "no usage", no_usage, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "more purposes", more_purposes, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "no next update", no_next_update, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "second single", second_single, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "unknown extensions", unknown_extensions, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "simulated", simulated, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "second certificate", second_certificate, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "sha512", sha512, GA_NOT_CHECKED, GA_R_ABSENT,
      LEAF "no answer",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "odd parameters", odd_parameters, GA_NOT_CHECKED, GA_R_ABSENT,
      LEAF "no answer",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "wrong name", wrong_name, GA_NOT_CHECKED, GA_R_ABSENT,
      LEAF "no answer",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "wrong key", wrong_key, GA_NOT_CHECKED, GA_R_ABSENT,
      LEAF "no answer",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "wrong serial", wrong_serial, GA_NOT_CHECKED, GA_R_ABSENT,
      LEAF "no answer",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "wrong issuer", wrong_issuer, GA_NOT_CHECKED, GA_R_ABSENT,
      LEAF "no answer",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "twin issuer", twin_issuer, GA_NOT_CHECKED, GA_R_ABSENT,
      LEAF "no answer",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "broken signature", broken_signature, GA_FAILED, GA_R_BAD_SIGNATURE,
      ASIDE "its signature does not verify",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "other signer", other_signer, GA_FAILED, GA_R_BAD_SIGNATURE,
      ASIDE "its signature does not verify",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "broken by issuer", broken_by_issuer, GA_FAILED, GA_R_BAD_SIGNATURE,
      ASIDE "its signature does not verify",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "bare answer", bare_answer, GA_FAILED, GA_R_RESPONDER,
      ASIDE "its responder's certificate is not among its certificates",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "named other", named_other, GA_FAILED, GA_R_RESPONDER,
      ASIDE "its responder's certificate is not among its certificates",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "misnamed", misnamed, GA_FAILED, GA_R_RESPONDER,
      ASIDE "its responder's certificate is not among its certificates",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "misnamed by name", misnamed_by_name, GA_FAILED, GA_R_RESPONDER,
      ASIDE "its responder's certificate is not among its certificates",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "responder within skew", responder_within_skew, GA_FAILED, GA_R_RESPONDER,
      LEAF "the responder's certificate is not valid at the verification time (a.der)",
      FACTS(GOOD, -1, 1, 0, 0, 1), GA_R_NONE, false },
    { "of stranger", of_stranger, GA_FAILED, GA_R_RESPONDER,
      ASIDE "its responder's certificate is from another issuer",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "of twin", of_twin, GA_FAILED, GA_R_RESPONDER,
      ASIDE "its responder's certificate is not signed by the issuer",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "of root", of_root, GA_FAILED, GA_R_RESPONDER,
      ASIDE "its responder's certificate is from another issuer",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "stranger itself", stranger_itself, GA_FAILED, GA_R_RESPONDER,
      ASIDE "its responder's certificate is from another issuer",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "leaf responds", leaf_responds, GA_FAILED, GA_R_RESPONDER,
      ASIDE "its responder's certificate lacks the purpose id-kp-OCSPSigning",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "no purpose", no_purpose, GA_FAILED, GA_R_RESPONDER,
      ASIDE "its responder's certificate lacks the purpose id-kp-OCSPSigning",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "any purpose", any_purpose, GA_FAILED, GA_R_RESPONDER,
      ASIDE "its responder's certificate lacks the purpose id-kp-OCSPSigning",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "only no check", only_no_check, GA_FAILED, GA_R_RESPONDER,
      ASIDE "its responder's certificate lacks the purpose id-kp-OCSPSigning",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "only server", only_server, GA_FAILED, GA_R_RESPONDER,
      ASIDE "its responder's certificate lacks the purpose id-kp-OCSPSigning",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "a ca", a_ca, GA_FAILED, GA_R_RESPONDER,
      ASIDE "its responder's certificate is a CA",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "cert sign", cert_sign, GA_FAILED, GA_R_RESPONDER,
      ASIDE "its responder's certificate lacks the key usage digitalSignature",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "flawed", flawed, GA_FAILED, GA_R_RESPONDER,
      ASIDE "its responder's certificate breaks the rules for certificates",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "own key", own_key, GA_FAILED, GA_R_RESPONDER,
      ASIDE "its responder's certificate has the key that is asked about",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "its own issuer", its_own_issuer, GA_FAILED, GA_R_RESPONDER,
      ASIDE "its responder's certificate has the key that is asked about",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "simulator", simulator, GA_FAILED, GA_R_SIMULATOR,
      ASIDE "its responder's certificate was made by the simulator",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "simulator no anchor", simulator_no_anchor, GA_FAILED, GA_R_SIMULATOR,
      ASIDE "its responder's certificate was made by the simulator",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "with null", with_null, GA_FAILED, GA_R_ALGORITHM,
      ASIDE "signature algorithm is not ecdsa-with-SHA384 without parameters",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "sha256 algorithm", sha256_algorithm, GA_FAILED, GA_R_ALGORITHM,
      ASIDE "signature algorithm is not ecdsa-with-SHA384 without parameters",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "no integers", no_integers, GA_FAILED, GA_R_BAD_SIGNATURE,
      ASIDE "signature is not two integers of P-384 in DER",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "responder ended", responder_ended, GA_FAILED, GA_R_RESPONDER,
      LEAF "the responder's certificate is not valid at the verification time (a.der)",
      FACTS(GOOD, -1, 1, 0, 0, 1), GA_R_NONE, false },
    { "responder ends", responder_ends, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "responder begins", responder_begins, GA_PASSED, GA_R_NONE,
      GOOD,
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "responder not begun", responder_not_begun, GA_FAILED, GA_R_RESPONDER,
      ASIDE "its responder's certificate was not valid when it was made",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "responder never valid", responder_never_valid, GA_FAILED, GA_R_RESPONDER,
      ASIDE "its responder's certificate was not valid when it was made",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "from future", from_future, GA_FAILED, GA_R_FUTURE,
      ASIDE "it is of 2025-10-09T08:58:21Z, after the verification time",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "within skew", within_skew, GA_PASSED, GA_R_NONE,
      "1 certificate good; oldest answer from 2025-10-09T08:58:20Z",
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "produced in future", produced_in_future, GA_FAILED, GA_R_FUTURE,
      ASIDE "it is of 2025-10-09T08:58:21Z, after the verification time",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "produced before", produced_before, GA_FAILED, GA_R_FUTURE,
      ASIDE "its thisUpdate is after producedAt",
      FACTS(STATUS_NONE, -1, 0, 0, 0, 0), GA_R_NONE, false },
    { "last second", last_second, GA_PASSED, GA_R_NONE,
      "1 certificate good; oldest answer from 2025-10-08T08:53:20Z",
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "one second late", one_second_late, GA_FAILED, GA_R_STALE,
      LEAF "answer of 2025-10-08T08:53:19Z ended at 2025-10-09T08:53:19Z (a.der)",
      FACTS(GOOD, -1, 1, 0, 0, 1), GA_R_NONE, false },
    { "no next last second", no_next_last_second, GA_PASSED, GA_R_NONE,
      "1 certificate good; oldest answer from 2025-10-08T08:53:20Z",
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "no next late", no_next_late, GA_FAILED, GA_R_STALE,
      LEAF "answer of 2025-10-08T08:53:19Z ended at 2025-10-09T08:53:19Z (a.der)",
      FACTS(GOOD, -1, 1, 0, 0, 1), GA_R_NONE, false },
    { "ends before", ends_before, GA_FAILED, GA_R_STALE,
      LEAF "answer of 2025-10-09T07:53:20Z ends before it begins (a.der)",
      FACTS(GOOD, -1, 1, 0, 0, 1), GA_R_NONE, false },
    { "ends before ahead", ends_before_ahead, GA_FAILED, GA_R_STALE,
      LEAF "answer of 2025-10-09T08:55:00Z ends before it begins (a.der)",
      FACTS(GOOD, -1, 1, 0, 0, 1), GA_R_NONE, false },
    { "oldest", oldest, GA_PASSED, GA_R_NONE,
      "1 certificate good; oldest answer from 2025-10-02T08:53:20Z",
      FACTS(GOOD, -1, 1, 0, 1, 1), GA_R_NONE, false },
    { "too old", too_old, GA_FAILED, GA_R_STALE,
      LEAF "answer of 2025-10-02T08:53:19Z is older than 7d (a.der)",
      FACTS(GOOD, -1, 1, 0, 0, 1), GA_R_NONE, false },
    { "graced", graced, GA_PASSED, GA_R_GRACE,
      "1 certificate good; oldest answer from 2025-08-04T08:53:20Z, past its end but within the grace of 65d",
      FACTS(GOOD, -1, 1, 0, 0, 1), GA_R_NONE, false },
    { "past grace", past_grace, GA_FAILED, GA_R_STALE,
      LEAF "answer of 2025-08-04T08:53:19Z ended at 2025-08-05T08:53:19Z (a.der)",
      FACTS(GOOD, -1, 1, 0, 0, 1), GA_R_NONE, false },
    { "grace of age", grace_of_age, GA_PASSED, GA_R_GRACE,
      "1 certificate good; oldest answer from 2025-10-01T08:53:20Z, past its end but within the grace of 1d",
      FACTS(GOOD, -1, 1, 0, 0, 1), GA_R_NONE, false },
    { "past grace of age", past_grace_of_age, GA_FAILED, GA_R_STALE,
      LEAF "answer of 2025-10-01T08:53:19Z is older than 7d (a.der)",
      FACTS(GOOD, -1, 1, 0, 0, 1), GA_R_NONE, false },
    { "graced responder ended", graced_responder_ended, GA_PASSED, GA_R_GRACE,
      "1 certificate good; oldest answer from 2025-08-04T08:53:20Z, past its end but within the grace of 65d",
      FACTS(GOOD, -1, 1, 0, 0, 1), GA_R_NONE, false },
    { "graced responder young", graced_responder_young, GA_FAILED, GA_R_STALE,
      LEAF "answer of 2025-08-04T08:53:20Z ended at 2025-08-05T08:53:20Z (a.der)",
      FACTS(GOOD, -1, 1, 0, 0, 1), GA_R_NONE, false },
    { "fresh responder graced", fresh_responder_graced, GA_PASSED, GA_R_GRACE,
      GOOD ", past its end but within the grace of 1s",
      FACTS(GOOD, -1, 1, 0, 0, 1), GA_R_NONE, false },
};
/* clang-format on */

int
main(void)
{
    return run_rows(rows, COUNT(rows));
}
