# SPDX-License-Identifier: Apache-2.0
"""Calls nvattest with the words, and in the order, of NVIDIA's ppcie-verifier.

Usage: replay.py gpu|nvswitch NONCE LOG-LEVEL [--gpu-evidence FILE] [WORDS...]

WORDS go to attest.  Prints one line: what came back, read as that program reads
it: the last object whose braces balance, counted from the end.
"""
import base64
import json
import subprocess
import sys
import tempfile


def last_object(text):
    depth, end = 0, None
    for at in range(len(text) - 1, -1, -1):
        if text[at] == "}":
            end = at if end is None else end
            depth += 1
        elif text[at] == "{" and depth > 0:
            depth -= 1
            if depth == 0:
                return json.loads(text[at : end + 1])
    raise ValueError("no object")


def nvattest(level, *words):
    done = subprocess.run(
        ["nvattest", "--log-level", level, *words],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return done.stdout, done.returncode


def main(device, nonce, level, *words):
    level = level.lower()
    if words[:1] == ("--gpu-evidence",):
        file, words = words[1], words[2:]
        with open(file, encoding="utf-8") as f:
            items = json.load(f)
    else:
        out, code = nvattest(level, "collect-evidence", "--device", device,
                             "--format", "json", "--nonce", nonce)
        if code != 0:
            print(f"{device}: collect-evidence {code}")
            return
        items = last_object(out)["evidences"]
        with tempfile.NamedTemporaryFile("w", suffix=".json", dir=".",
                                         delete=False) as f:
            json.dump(items, f)
            file = f.name
    reports = [base64.b64decode(i["evidence"], validate=True) for i in items]
    out, code = nvattest(level, "attest", "--device", device, "--format", "json",
                         "--nonce", nonce, f"--{device}-evidence-source", "file",
                         f"--{device}-evidence-file", file, *words)
    claims = last_object(out)["claims"]
    print(f"{device}: {len(reports)} reports, attest {code}, "
          f"{len(claims)} claims")


main(*sys.argv[1:])
