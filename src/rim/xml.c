/* SPDX-License-Identifier: Apache-2.0 */
/* The expat driver: what XML is admitted at all, and where events go. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/escape.h"
#include "rim/read.h"

/* Stands between the parts of expat's names.  No XML 1.0 document can hold it,
 * not even as a character reference. */
#define SEPARATOR '\x01'

void
ga_grow_put(void *grow, const char *ptr, size_t len)
{
    struct ga_grow *g = grow;

    if (g->failed || len == 0)
        return;
    if (len > g->cap - g->len) {
        size_t cap = g->cap > 0 ? g->cap : 1024;
        char *more;

        while (cap - g->len < len)
            cap *= 2;
        more = realloc(g->ptr, cap);
        g->failed = more == NULL;
        if (g->failed)
            return;
        g->ptr = more;
        g->cap = cap;
    }
    memcpy(&g->ptr[g->len], ptr, len);
    g->len += len;
}

void
ga_grow_done(struct ga_grow *grow)
{
    free(grow->ptr);
    *grow = (struct ga_grow){ 0 };
}

void
ga_rim_stop(struct ga_rim_reader *r, enum ga_rc code, const char *fmt, ...)
{
    va_list ap;
    XML_Index at = XML_GetCurrentByteIndex(r->parser);

    if (r->stopped)
        return;
    va_start(ap, fmt);
    ga_rim_problem(r->rim, false, code, at < 0 ? 0 : (size_t)at, fmt, ap);
    va_end(ap);
    r->stopped = true;
    XML_StopParser(r->parser, XML_FALSE);
}

void
ga_rim_note(struct ga_rim_reader *r, bool of_signature, enum ga_rc code,
            const char *fmt, ...)
{
    va_list ap;
    XML_Index at = XML_GetCurrentByteIndex(r->parser);

    va_start(ap, fmt);
    ga_rim_problem(r->rim, of_signature, code, at < 0 ? 0 : (size_t)at, fmt,
                   ap);
    va_end(ap);
}

static struct ga_span
span(const char *text)
{
    return (struct ga_span){ text, strlen(text) };
}

/* expat's names are local, or uri SEP local, or uri SEP local SEP prefix. */
static struct ga_xml_name
split(const char *name)
{
    struct ga_span part[3] = { span(name), { "", 0 }, { "", 0 } };

    for (size_t i = 0; i < 2; i++) {
        const char *at = memchr(part[i].ptr, SEPARATOR, part[i].len);

        if (at == NULL)
            break;
        part[i + 1] = span(&at[1]);
        part[i].len -= part[i + 1].len + 1;
    }
    if (part[1].len == 0)
        return (struct ga_xml_name){ .uri = part[1],
                                     .local = part[0],
                                     .prefix = part[2] };
    return (struct ga_xml_name){ .uri = part[0],
                                 .local = part[1],
                                 .prefix = part[2] };
}

static bool
name_fits(struct ga_rim_reader *r, const struct ga_xml_name *name)
{
    size_t n = name->local.len;

    n = name->uri.len > n ? name->uri.len : n;
    n = name->prefix.len > n ? name->prefix.len : n;
    if (n <= GA_XML_TEXT_MAX)
        return true;
    ga_rim_stop(r, GA_E_TOO_LARGE, "name of %zu bytes, at most %d", n,
                GA_XML_TEXT_MAX);
    return false;
}

static bool
take_attribute(struct ga_rim_reader *r, const char *name, const char *value)
{
    struct ga_xml_attribute *a = &r->element.attribute[r->element.count];

    *a = (struct ga_xml_attribute){ split(name), span(value) };
    if (!name_fits(r, &a->name))
        return false;
    if (ga_span_is(a->name.prefix, "xml")) {
        ga_rim_stop(r, GA_E_SYNTAX, "attribute xml:%.*s is not admitted",
                    GA_NAME(a->name.local));
        return false;
    }
    if (a->value.len > GA_XML_TEXT_MAX) {
        ga_rim_stop(r, GA_E_TOO_LARGE,
                    "attribute %.*s: value of %zu bytes, at most %d",
                    GA_NAME(a->name.local), a->value.len, GA_XML_TEXT_MAX);
        return false;
    }
    r->element.count++;
    return true;
}

static bool
take_element(struct ga_rim_reader *r, const char *name,
             const char *const *attribute)
{
    size_t n = 0;

    while (attribute[n] != NULL)
        n += 2;
    if (r->depth == GA_XML_DEPTH_MAX)
        ga_rim_stop(r, GA_E_TOO_LARGE, "elements nested deeper than %d",
                    GA_XML_DEPTH_MAX);
    else if (r->elements == GA_XML_ELEMENTS_MAX)
        ga_rim_stop(r, GA_E_TOO_LARGE, "more than %d elements",
                    GA_XML_ELEMENTS_MAX);
    else if (n / 2 > GA_XML_ATTRIBUTES_MAX)
        ga_rim_stop(r, GA_E_TOO_LARGE,
                    "element with %zu attributes, at most %d", n / 2,
                    GA_XML_ATTRIBUTES_MAX);
    if (r->stopped)
        return false;
    r->element.name = split(name);
    r->element.count = 0;
    if (!name_fits(r, &r->element.name))
        return false;
    for (size_t i = 0; i < n; i += 2)
        if (!take_attribute(r, attribute[i], attribute[i + 1]))
            return false;
    return true;
}

static void XMLCALL
on_start(void *user, const char *name, const char **attribute)
{
    struct ga_rim_reader *r = user;
    enum ga_rim_kind kind;

    if (r->stopped || !take_element(r, name, attribute))
        return;
    r->depth++;
    r->elements++;
    r->open[r->depth] = (struct ga_rim_open){ 0 };
    ga_rim_start(r);
    kind = r->open[r->depth].kind;
    if (kind == GA_RIM_SIGNATURE)
        r->signature = r->depth;
    if (kind == GA_RIM_SIGNED_INFO)
        r->signed_one = r->depth;
    if (r->signature == 0)
        ga_canon_start(&r->document, &r->element, &r->scope, r->depth,
                       r->depth == 1);
    if (r->signed_one > 0)
        ga_canon_start(&r->signed_info, &r->element, &r->scope, r->depth,
                       r->depth == r->signed_one);
}

static void XMLCALL
on_end(void *user, const char *name)
{
    struct ga_rim_reader *r = user;
    struct ga_xml_name n = split(name);

    if (r->stopped)
        return;
    ga_rim_end(r);
    if (r->signed_one > 0)
        ga_canon_end(&r->signed_info, &n);
    if (r->signed_one == r->depth)
        r->signed_one = 0;
    if (r->signature == 0)
        ga_canon_end(&r->document, &n);
    if (r->signature == r->depth)
        r->signature = 0;
    ga_xml_scope_pop(&r->scope, r->depth);
    r->depth--;
}

static void XMLCALL
on_text(void *user, const char *text, int len)
{
    struct ga_rim_reader *r = user;
    struct ga_span s = { text, len > 0 ? (size_t)len : 0 };

    if (r->stopped)
        return;
    ga_rim_text(r, s);
    if (r->signed_one > 0)
        ga_canon_text(&r->signed_info, s);
    if (r->signature == 0)
        ga_canon_text(&r->document, s);
}

#define ALPHA "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define OTHER "0123456789+-."

/* Canonical XML fails for relative namespace names (c14n11 1.3); what has a
 * scheme is none. */
static bool
is_absolute(const char *uri)
{
    size_t n = strspn(uri, ALPHA OTHER);

    return n > 0 && strchr(OTHER, uri[0]) == NULL && uri[n] == ':';
}

/* The characters of a URI, but for those around an address of IPv6.
 * Source: rfc3986, appendix A. */
static bool
is_uri(const char *uri)
{
    return uri[strspn(uri, ALPHA OTHER "_~:/?#@!$&'()*,;=%")] == '\0';
}

static void XMLCALL
on_namespace(void *user, const char *prefix, const char *uri)
{
    struct ga_rim_reader *r = user;

    if (r->stopped)
        return;
    if (prefix != NULL && strcmp(prefix, "xml") == 0)
        ga_rim_stop(r, GA_E_SYNTAX, "declaration of xml is not admitted");
    else if (uri != NULL && *uri != '\0' && !is_absolute(uri))
        ga_rim_stop(r, GA_E_SYNTAX, "namespace %.60s is not absolute", uri);
    else if (uri != NULL && !is_uri(uri))
        ga_rim_stop(r, GA_E_SYNTAX, "namespace %.60s is not a URI", uri);
    else if (strlen(uri != NULL ? uri : "") > GA_XML_TEXT_MAX)
        ga_rim_stop(r, GA_E_TOO_LARGE, "namespace of %zu bytes, at most %d",
                    strlen(uri), GA_XML_TEXT_MAX);
    else if (!ga_xml_scope_push(&r->scope, r->depth + 1, prefix, uri))
        ga_rim_stop(r, GA_E_TOO_LARGE, "more than %d namespaces in scope",
                    GA_XML_NAMESPACES_MAX);
}

static void XMLCALL
on_declaration(void *user, const char *version, const char *encoding,
               int standalone)
{
    struct ga_rim_reader *r = user;

    (void)standalone; /* speaks of a DTD, and there is none */
    if (r->stopped)
        return;
    if (version == NULL || strcmp(version, "1.0") != 0)
        ga_rim_stop(r, GA_E_SYNTAX, "XML version %.20s, not 1.0",
                    version != NULL ? version : "unknown");
    else if (encoding != NULL && strcasecmp(encoding, "UTF-8") != 0)
        ga_rim_stop(r, GA_E_SYNTAX, "encoding %.40s, not UTF-8", encoding);
}

static void XMLCALL
on_doctype(void *user, const char *name, const char *system, const char *public,
           int internal)
{
    (void)name;
    (void)system;
    (void)public;
    (void)internal;
    ga_rim_stop(user, GA_E_SYNTAX, "DOCTYPE is not admitted");
}

static void XMLCALL
on_instruction(void *user, const char *target, const char *data)
{
    (void)data;
    ga_rim_stop(user, GA_E_SYNTAX,
                "processing instruction %.40s is not admitted", target);
}

static void XMLCALL
on_comment(void *user, const char *text)
{
    (void)text;
    ga_rim_stop(user, GA_E_SYNTAX, "comment is not admitted");
}

static void XMLCALL
on_cdata(void *user)
{
    ga_rim_stop(user, GA_E_SYNTAX, "CDATA section is not admitted");
}

static void
set_handlers(struct ga_rim_reader *r)
{
    XML_Parser p = r->parser;

    XML_SetUserData(p, r);
    XML_SetReturnNSTriplet(p, XML_TRUE);
    XML_SetParamEntityParsing(p, XML_PARAM_ENTITY_PARSING_NEVER);
    XML_SetXmlDeclHandler(p, on_declaration);
    XML_SetStartDoctypeDeclHandler(p, on_doctype);
    XML_SetProcessingInstructionHandler(p, on_instruction);
    XML_SetCommentHandler(p, on_comment);
    XML_SetStartCdataSectionHandler(p, on_cdata);
    XML_SetStartNamespaceDeclHandler(p, on_namespace);
    XML_SetElementHandler(p, on_start, on_end);
    XML_SetCharacterDataHandler(p, on_text);
}

/* Offset of the first byte that is no UTF-8, or len. */
static size_t
utf8_end(const uint8_t *s, size_t len)
{
    size_t i = 0;

    while (i < len) {
        size_t n = 1;

        while (n <= 4 && n <= len - i && !ga_utf8_valid(&s[i], n))
            n++;
        if (n > 4 || n > len - i)
            break;
        i += n;
    }
    return i;
}

GA_PRINTF(4, 5)
static void
refuse(struct ga_rim_reader *r, enum ga_rc code, size_t offset, const char *fmt,
       ...)
{
    va_list ap;

    va_start(ap, fmt);
    ga_rim_problem(r->rim, false, code, offset, fmt, ap);
    va_end(ap);
    r->stopped = true;
}

/* What expat would admit, or would read as another encoding. */
static void
check_bytes(struct ga_rim_reader *r)
{
    const struct ga_buf *b = &r->rim->bytes;
    const uint8_t *nul = b->len > 0 ? memchr(b->ptr, 0, b->len) : NULL;
    size_t end = utf8_end(b->ptr, b->len);

    if (b->len >= 3 && memcmp(b->ptr, "\xef\xbb\xbf", 3) == 0)
        refuse(r, GA_E_SYNTAX, 0, "byte order mark is not admitted");
    else if (end < b->len)
        refuse(r, GA_E_SYNTAX, end, "not UTF-8");
    else if (nul != NULL)
        refuse(r, GA_E_SYNTAX, (size_t)(nul - b->ptr), "NUL byte");
}

static void
run(struct ga_rim_reader *r)
{
    const struct ga_buf *b = &r->rim->bytes;
    enum XML_Error error;

    if (XML_Parse(r->parser, (const char *)b->ptr, (int)b->len, XML_TRUE) ==
        XML_STATUS_OK) {
        r->rim->complete = !r->stopped;
        return;
    }
    error = XML_GetErrorCode(r->parser);
    if (error == XML_ERROR_NO_MEMORY)
        r->rc = GA_E_NOMEM;
    else
        ga_rim_stop(r, GA_E_SYNTAX, "not well-formed: %s",
                    XML_ErrorString(error));
}

static void
reader_done(struct ga_rim_reader *r)
{
    XML_ParserFree(r->parser);
    free(r->scope.pool);
    ga_grow_done(&r->text);
    ga_grow_done(&r->signed_text);
}

static bool
reader_init(struct ga_rim_reader *r)
{
    size_t n = r->rim->bytes.len + 1;

    r->parser = XML_ParserCreateNS("UTF-8", SEPARATOR);
    r->scope.pool = malloc(n);
    r->scope.pool_len = n;
    r->signed_info = (struct ga_sink){ ga_grow_put, &r->signed_text };
    r->rim->arena = malloc(n);
    if (r->parser == NULL || r->scope.pool == NULL || r->rim->arena == NULL)
        return false;
    set_handlers(r);
    return true;
}

enum ga_rc
ga_rim_scan(struct ga_rim *rim, const struct ga_sink *document,
            uint8_t digest_value[GA_SHA384_LEN], bool *has_digest,
            struct ga_error *err)
{
    __attribute__((cleanup(reader_done))) struct ga_rim_reader r = {
        .rim = rim, .document = *document
    };

    if (!reader_init(&r))
        return ga_nomem(err);
    check_bytes(&r);
    if (!r.stopped)
        run(&r);
    if (r.rc != GA_OK || r.text.failed || r.signed_text.failed)
        return ga_nomem(err);
    if (r.cert_problem)
        ga_certs_done(&rim->certs);
    rim->has_signature = rim->complete && r.has_value && r.signed_text.len > 0;
    if (rim->has_signature) {
        rim->signed_info =
            (struct ga_buf){ (uint8_t *)r.signed_text.ptr, r.signed_text.len };
        r.signed_text = (struct ga_grow){ 0 };
    }
    memcpy(digest_value, r.digest, GA_SHA384_LEN);
    *has_digest = r.has_digest;
    return GA_OK;
}
