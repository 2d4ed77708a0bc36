/*
 * policy.h - what is done about the cases that no rule of numbers decides.
 */
#ifndef GRID_PARTITION_POLICY_H
#define GRID_PARTITION_POLICY_H

#include <grid/base.h>

#include "common/options.h"

/** The first of each is what happens unless --policy says otherwise. */
typedef struct policies {
    /** A community below one grid's minimum: a finding with advice, or no finding at all. */
    enum { SMALL_ADVISE, SMALL_ACCEPT } small_community;
    /** Part of a community that a barrier cuts off: a grid of its own if large enough, or not. */
    enum { PART_OWN, PART_JOIN } community_part;
    /** An extended area: given back where a rule breaks without it, never, or no grid of its own.
     */
    enum { EXTENDED_GIVE_BACK, EXTENDED_OWN, EXTENDED_IGNORE } extended;
    /** A grid that one other goes all round: a warning, or nothing. */
    enum { ENCLAVE_WARN, ENCLAVE_ACCEPT } enclave;
} policies;

/** Reads "small-community=accept" and the like. */
grid_status policies_read(const tool_list *texts, policies *out, grid_error *err);

#endif
