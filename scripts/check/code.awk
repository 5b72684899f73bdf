# SPDX-License-Identifier: Apache-2.0
# awk: C without comments, and with the insides of strings and characters
# blanked, line by line.  Use with -f code.awk -f RULES: the rules get each line
# in the variable `code`, beside FILENAME and FNR.

function strip(line,   out, c, next_two) {
    out = ""
    while (line != "") {
        next_two = substr(line, 1, 2)
        c = substr(line, 1, 1)
        if (in_comment) {
            if (next_two == "*/") {
                in_comment = 0
                line = substr(line, 3)
            } else {
                line = substr(line, 2)
            }
        } else if (quote != "") {
            if (c == "\\") {
                line = substr(line, 3)
            } else {
                if (c == quote) {
                    out = out c
                    quote = ""
                }
                line = substr(line, 2)
            }
        } else if (next_two == "/*") {
            in_comment = 1
            out = out " "
            line = substr(line, 3)
        } else if (next_two == "//") {
            line = ""
        } else {
            if (c == "\"" || c == "'")
                quote = c
            out = out c
            line = substr(line, 2)
        }
    }
    # A string ends with its line, but for a continued one.
    quote = ""
    return out
}

FNR == 1 {
    in_comment = 0
    quote = ""
}

{ code = strip($0) }
