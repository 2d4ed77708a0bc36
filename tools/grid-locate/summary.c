#include "summary.h"

#include <stdio.h>
#include <string.h>

#include "common/session.h"

void summary_report(const filter_counts *c) {
    json_t *by_status = json_object();
    for (int i = 0; i < ANSWER_STATUSES; i++)
        json_object_set_new(by_status, answer_status_name((answer_status)i),
                            json_integer((json_int_t)c->by_status[i]));
    json_object_set_new(tool_report(), "rows", json_integer((json_int_t)c->rows));
    json_object_set_new(tool_report(), "rows_by_status", by_status);
    if (c->patrols > 0)
        json_object_set_new(tool_report(), "unit_days_missed", json_integer((json_int_t)c->missed));
}

void summary_say(const filter_counts *c) {
    char words[256] = "";
    uint64_t located = 0;
    for (int i = 0; i < ANSWER_STATUSES; i++) {
        if (i <= ANSWER_NEAREST)
            located += c->by_status[i];
        if (i != ANSWER_INSIDE && c->by_status[i] > 0)
            snprintf(words + strlen(words), sizeof words - strlen(words), ", %llu %s",
                     (unsigned long long)c->by_status[i], answer_status_name((answer_status)i));
    }
    tool_say("%llu of %llu points located%s", (unsigned long long)located,
             (unsigned long long)c->rows, words);
    if (c->patrols > 0)
        tool_say("the rule was met on %llu of %llu days of units",
                 (unsigned long long)(c->patrols - c->missed), (unsigned long long)c->patrols);
}
