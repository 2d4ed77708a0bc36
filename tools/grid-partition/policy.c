#include "policy.h"

#include <stdio.h>
#include <string.h>

#include "base/base.h"

enum { CHOICES = 3 };

/* Keys in the order of the struct, with their values in the order of its enumerations. */
static const struct policy {
    const char *key, *value[CHOICES];
} known[] = {{"small-community", {"advise", "accept"}},
             {"community-part", {"own", "join"}},
             {"extended", {"give-back", "own", "ignore"}},
             {"enclave", {"warn", "accept"}}};

static grid_status refuse(const char *text, grid_error *err) {
    grid_fail(err, GRID_E_ARG, "", "--policy %s is not known", text);
    return grid_hint(err, GRID_E_ARG,
                     "small-community=advise|accept, community-part=own|join, "
                     "extended=give-back|own|ignore, enclave=warn|accept");
}

static grid_status read_one(const char *text, int chosen[4], grid_error *err) {
    size_t n = strcspn(text, "=");
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        for (int v = 0; v < CHOICES && known[k].value[v] != NULL; v++)
            if (strlen(known[k].key) == n && strncmp(text, known[k].key, n) == 0 &&
                text[n] == '=' && strcmp(text + n + 1, known[k].value[v]) == 0) {
                chosen[k] = v;
                return GRID_OK;
            }
    return refuse(text, err);
}

grid_status policies_read(const tool_list *texts, policies *out, grid_error *err) {
    int chosen[sizeof known / sizeof *known] = {0};
    for (size_t i = 0; i < texts->n; i++)
        GRID_TRY(read_one(texts->at[i], chosen, err));
    out->small_community = chosen[0];
    out->community_part = chosen[1];
    out->extended = chosen[2];
    out->enclave = chosen[3];
    return GRID_OK;
}
