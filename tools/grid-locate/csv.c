#include "csv.h"

#include <string.h>

bool csv_put(bytes *out, const char *text, char after) {
    if (!bytes_reserve(out, 2 * strlen(text) + 3))
        return false;
    bool quoted = strpbrk(text, ",\"\r\n") != NULL;
    char *at = out->at + out->n;
    if (quoted)
        *at++ = '"';
    for (; *text != '\0'; text++) {
        if (*text == '"')
            *at++ = '"';
        *at++ = *text;
    }
    if (quoted)
        *at++ = '"';
    *at++ = after;
    out->n = (size_t)(at - out->at);
    return true;
}
