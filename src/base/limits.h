/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_BASE_LIMITS_H
#define GA_BASE_LIMITS_H

/*
 * Every bound on input, in one place, each with its reason.  Sizes are bytes
 * and are checked before anything is parsed.
 */

/* NVML's and NSCQ's report buffers are 0x2000 bytes. */
#define GA_REPORT_MAX 0x2000
/* Five real certificates are 5 KiB of PEM; NVML's buffer is 0x1400. */
#define GA_CHAIN_MAX (64 * 1024)
/* A real answer is 1 KiB, with its responder's certificate. */
#define GA_OCSP_MAX (64 * 1024)
/* The largest of 45 real RIMs is 26 KiB. */
#define GA_RIM_MAX (256 * 1024)
/* 80 devices of 12 KiB each: ten HGX boards in one file. */
#define GA_EVIDENCE_MAX (1024 * 1024)
/* PEM files of anchors: a hundred certificates. */
#define GA_ANCHOR_FILE_MAX (256 * 1024)
/* Configuration files hold a line per setting. */
#define GA_CONFIG_MAX (64 * 1024)

/* Devices in one set: more than any board or file above can hold. */
#define GA_DEVICES_MAX 128
/* Threads that ask GPUs at one time: an HGX board has eight. */
#define GA_DEVICE_THREADS_MAX 8
/* Threads of one verification: the GPUs of a board. */
#define GA_THREADS_MAX 8
/* Certificates in one PEM file: real device chains and RIMs have five. */
#define GA_CERTS_MAX 8
/* Bytes of one certificate in DER: real ones have 600 to 1,100. */
#define GA_CERT_MAX (8 * 1024)
/* Extensions of one certificate: real ones have at most 8. */
#define GA_EXTENSIONS_MAX 32
/* Octets of a serial number, RFC 5280 4.1.2.2. */
#define GA_SERIAL_MAX 20
/* Nesting of DER: a certificate's deepest, an attribute of a name, is 6; an
 * OCSP answer's certificates lie 4 deeper. */
#define GA_DER_DEPTH_MAX 16
/* RDNs of one name, and attributes of one RDN: real names have 3 to 5 RDNs of
 * one attribute. */
#define GA_NAME_PARTS_MAX 16
/* Verified signatures that are remembered: 15 for a device's certificates and
 * RIMs with their OCSP answers, most of them shared; 256 bytes each. */
#define GA_FACTS_MAX 4096
/* Parsed certificates that are kept: five for each of a hundred devices; some
 * 4 KiB each. */
#define GA_CERT_CACHE_MAX 512
/* Single responses of one OCSP answer: real ones have one; a responder that is
 * asked for a whole chain gives one per certificate. */
#define GA_OCSP_SINGLES_MAX 16
/* Octets of an OCSP nonce.  Source: rfc8954 */
#define GA_OCSP_NONCE_MAX 32
/* Trust anchors of one kind: built-in ones, and those of a user. */
#define GA_ANCHORS_MAX 64
/* Measurement blocks: the index is one byte, 0 and 255 are reserved
 * (DSP0274 1.1, table "Measurement block format"). */
#define GA_BLOCKS_MAX 254
/* Bytes of one measurement: SHA-384; room for SHA-512. */
#define GA_MEASUREMENT_MAX 64
/* Opaque fields: ids seen go up to 36; unknown ones are kept too. */
#define GA_OPAQUE_FIELDS_MAX 128

/* JSON values in one input, counted before jansson builds them: 128 devices of
 * 6 values, in the largest form, and room for unknown keys. */
#define GA_JSON_VALUES_MAX 20000
/* Nesting of JSON: evidence needs 4, jsonpickle 6. */
#define GA_JSON_DEPTH_MAX 32
/* JSON inside a JSON string, base64 of JSON, and so on: layers to peel. */
#define GA_EVIDENCE_LAYERS_MAX 4
/* Bytes of an item's arch or nonce as text: a nonce has 66. */
#define GA_EVIDENCE_WORD_MAX 256

/* XML of a RIM: real ones have depth 6 (Signature/KeyInfo/X509Data). */
#define GA_XML_DEPTH_MAX 16
/* Elements: 64 resources and 30 others in real ones. */
#define GA_XML_ELEMENTS_MAX 4096
/* Attributes of one element: the root has 10. */
#define GA_XML_ATTRIBUTES_MAX 64
/* Namespace declarations in scope at one time: real ones have 6. */
#define GA_XML_NAMESPACES_MAX 32
/* Bytes of one name or attribute value. */
#define GA_XML_TEXT_MAX 4096
/* Bytes of text in one element that is read: a certificate in base64 with line
 * ends (GA_CERT_MAX * 4 / 3 and a line end every 64). */
#define GA_XML_CONTENT_MAX (12 * 1024)
/* Golden values: index is at most 253, as for blocks. */
#define GA_RIM_RESOURCES_MAX 254
/* Alternatives of one golden value: real ones have 1 to 6. */
#define GA_RIM_ALTERNATIVES_MAX 32
/* Problems of one RIM that are kept; the others are counted. */
#define GA_RIM_PROBLEMS_MAX 16
/* RIMs that can stand under one id in all directories together. */
#define GA_RIMS_PER_ID_MAX 16
/* Files in one --rim-dir or --ocsp-dir. */
#define GA_DIR_FILES_MAX 4096
/* Bytes in all files of the OCSP directories together: they are read whole. */
#define GA_OCSP_DIR_BYTES_MAX (16 * 1024 * 1024)
/* Length of a RIM id, docs/rules.md 9. */
#define GA_RIM_ID_MAX 96

/* Bytes of one policy file: real ones have 4 KiB. */
#define GA_POLICY_MAX (256 * 1024)
/* Policy files that are loaded together. */
#define GA_POLICY_MODULES_MAX 64
/* Memory of one loaded policy, and of one evaluation: 8 devices' claims and a
 * real policy need 200 KiB. */
#define GA_POLICY_LOAD_BYTES_MAX (32 * 1024 * 1024)
#define GA_POLICY_EVAL_BYTES_MAX (32 * 1024 * 1024)
/* Steps (a visited value, expression or statement, an allocation): a real
 * policy over 8 devices needs 5,000; a million take a tenth of a second. */
#define GA_POLICY_STEPS_MAX 2000000
/* Nesting of terms, bodies and brackets in the text of a policy; each is a few
 * hundred bytes of stack in the parser and the compiler. */
#define GA_POLICY_NESTING_MAX 100
/* Nesting of expressions, bodies and calls in an evaluation; each is a few
 * hundred bytes of stack. */
#define GA_POLICY_DEPTH_MAX 1000
/* Nesting of a value: a claim's is 4. */
#define GA_POLICY_VALUE_DEPTH_MAX 64
/* Variables of one rule, made-up ones included. */
#define GA_POLICY_SLOTS_MAX 2048
/* Variables that are in use at one time, over all calls. */
#define GA_POLICY_STACK_MAX 16384
/* Bytes of a regular expression, and of the text it is matched with: POSIX
 * matching may take the product of both. */
#define GA_POLICY_REGEX_MAX      512
#define GA_POLICY_REGEX_TEXT_MAX 16384
/* Times that a regular expression may repeat a part: the compiled form holds
 * as many copies. */
#define GA_POLICY_REGEX_REPEAT_MAX 128
/* Width and precision of one verb of sprintf. */
#define GA_POLICY_WIDTH_MAX 1000
/* Bytes of a RIM service's reply: base64 of GA_RIM_MAX and the other keys. */
#define GA_RIM_REPLY_MAX (GA_RIM_MAX / 3 * 4 + 4096)
/* Bytes of its list of ids: 20,000 (GA_JSON_VALUES_MAX) of 50 bytes each. */
#define GA_RIM_IDS_MAX (1024 * 1024)
/* Requests that run at one time: a board of 8 GPUs and 4 switches asks 40. */
#define GA_NET_PARALLEL_MAX 48
/* Attempts at one request, and the pauses between them in milliseconds: at
 * most FIRST before the second one, twice that before each further one. */
#define GA_NET_TRIES_MAX      5
#define GA_NET_PAUSE_FIRST_MS 100
#define GA_NET_PAUSE_MAX_MS   30000
/* Milliseconds that a connection may take: a lost SYN is sent three times. */
#define GA_NET_CONNECT_MS 10000
/* Seconds that the setting timeout can give. */
#define GA_NET_TIMEOUT_MAX 3600
/* Entries and bytes of the cache in memory: a fleet's RIMs and a day's answers
 * for 200 devices. */
#define GA_CACHE_ENTRIES_MAX 1024
#define GA_CACHE_BYTES_MAX   (16 * 1024 * 1024)
/* The same on disk. */
#define GA_CACHE_FILES_MAX      2048
#define GA_CACHE_FILES_SIZE_MAX (64 * 1024 * 1024)
/* Names in a cache directory that one tidying looks at. */
#define GA_CACHE_NAMES_MAX 8192
/* Milliseconds between two questions for a JWKS: made-up kids ask nothing. */
#define GA_JWKS_PAUSE_MS 30000
/* Milliseconds that a JWKS is kept: NRAS shows a key for two days. */
#define GA_JWKS_AGE_MS (3600 * 1000)
/* Bytes of one cached answer: a RIM is the largest. */
#define GA_CACHE_BODY_MAX GA_RIM_MAX

/* Bytes of a token in any form: 128 devices of 6 KiB, twice in a result. */
#define GA_TOKEN_MAX (2 * 1024 * 1024)
/* Bytes of one JWS: a real device's has 3 KiB, one with 64 mismatches 30. */
#define GA_JWS_MAX        (128 * 1024)
#define GA_JWS_HEADER_MAX 1024 /* in base64url: a real one has 130 */
#define GA_EATS_MAX       8 /* in one token: GPUs and switches, local and remote */
/* Bytes of a JWKS: 32 keys of 3 KiB, and room for more. */
#define GA_JWKS_MAX (1024 * 1024)
/* Keys of a JWKS: NRAS shows 32 or so, each for two days. */
#define GA_JWKS_KEYS_MAX 256
#define GA_KID_MAX       128 /* bytes of a key's name: NRAS's has 66 */
/* Certificates behind one key: leaf, intermediate; its CA and root at most. */
#define GA_X5C_MAX 4
/* Bytes of a file with a private key and its certificates. */
#define GA_SIGNER_FILE_MAX (64 * 1024)
#define GA_LEEWAY_MAX      3600 /* seconds, for the clock of a token's issuer */
/* Seconds that a token lives at the longest: NRAS's live an hour. */
#define GA_TOKEN_LIFETIME_MAX (24 * 3600)
/* Seconds before a pin's end in which it is warned about. */
#define GA_PIN_WARNING (180 * 24 * 3600)
/* Bytes, entries and bytes of a name of a bundle: a fleet's 50 RIMs, and three
 * answers for each of 1,000 devices, are 7 MiB; an issuer's URL is a name. */
#define GA_BUNDLE_MAX         (16 * 1024 * 1024)
#define GA_BUNDLE_ENTRIES_MAX 4096
#define GA_BUNDLE_NAME_MAX    255

/* Repeatable options: directories, relaxations, anchors. */
#define GA_LIST_MAX 64
/* Length of one option's value. */
#define GA_VALUE_MAX 4096

#endif
